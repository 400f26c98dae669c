"""Cases of single ONNX operators for onnx_graphs.py, over their versions: each a few nodes from "x" to "z"."""

import numpy as np

RANDOM = np.random.default_rng(5)


def numbers(*shape, low=-1.0, high=1.0):
    return RANDOM.uniform(low, high, shape).astype("float32")


def ints(*values):
    return np.array(values, "int64")


def node(op, *inputs, out="z", **attributes):
    """`out` may be several, separated by commas; so may a domain stand before the operation: "com.microsoft:Gelu"."""
    return (op, inputs, out, attributes)


class Case:
    def __init__(self, name, opsets, nodes, constants=None, shape=(2, 3, 6, 8), low=-1.0, high=1.0):
        self.name, self.opsets, self.nodes = name, opsets, nodes
        self.constants = constants or {}
        self.shape, self.low, self.high = shape, low, high


def convolutions():
    w, b = numbers(4, 3, 3, 3), numbers(4)
    conv = {"w": w, "b": b}
    yield Case("conv", (7, 11, 22), [node("Conv", "x", "w", "b")], conv)
    yield Case("conv_strides_pads", (11,), [node("Conv", "x", "w", "b", strides=[2, 1], pads=[1, 0, 2, 1])], conv)
    yield Case("conv_dilated", (11,), [node("Conv", "x", "w", dilations=[2, 2], pads=[2, 2, 2, 2])], conv)
    for padding in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        yield Case(f"conv_{padding.lower()}", (11,), [node("Conv", "x", "w", strides=[2, 2], auto_pad=padding)], conv,
                   (2, 3, 7, 8))
    six = [node("Conv", "x", "v", out="s")]
    yield Case("conv_groups", (11,), [*six, node("Conv", "s", "g", "b", group=2)],
               {"v": numbers(6, 3, 1, 1), "g": numbers(4, 3, 3, 3), "b": b})
    yield Case("conv_depthwise", (11,), [node("Conv", "x", "d", "b", group=3, pads=[1, 1, 1, 1])],
               {"d": numbers(3, 1, 3, 3), "b": numbers(3)})
    yield Case("conv_depthwise_multiplier", (11,), [node("Conv", "x", "d", group=3)], {"d": numbers(6, 1, 3, 2)})
    yield Case("conv_1d", (11,), [node("Conv", "x", "w", "b", strides=[2], pads=[1, 1])],
               {"w": numbers(4, 5, 3), "b": b}, (2, 5, 9))
    up = {"w": numbers(3, 4, 3, 3), "b": b}
    yield Case("deconv", (7, 11, 22), [node("ConvTranspose", "x", "w", "b", strides=[2, 2])], up)
    yield Case("deconv_pads", (11,), [node("ConvTranspose", "x", "w", "b", strides=[2, 2], pads=[1, 1, 1, 1],
                                           output_padding=[1, 1])], up)
    yield Case("deconv_shape", (11,), [node("ConvTranspose", "x", "w", "b", strides=[2, 2], output_shape=[12, 16])], up)
    yield Case("deconv_same", (11,), [node("ConvTranspose", "x", "w", "b", strides=[2, 2], auto_pad="SAME_UPPER")], up)


def poolings():
    for op in ("MaxPool", "AveragePool"):
        name = op.lower()
        square = {"kernel_shape": [3, 3], "strides": [2, 2]}
        yield Case(name, (7, 12), [node(op, "x", **square)])
        yield Case(f"{name}_pads", (11,), [node(op, "x", pads=[1, 1, 1, 1], **square)])
        yield Case(f"{name}_ceil", (12, 19), [node(op, "x", ceil_mode=1, pads=[1, 1, 0, 0], **square)], shape=(2, 3, 7, 8))
        yield Case(f"{name}_same", (11,), [node(op, "x", auto_pad="SAME_UPPER", **square)])
        yield Case(f"{name}_same_lower", (11,), [node(op, "x", auto_pad="SAME_LOWER", **square)])
        yield Case(f"{name}_1d", (11,), [node(op, "x", kernel_shape=[2], strides=[2])], shape=(2, 5, 8))
    yield Case("averagepool_counts", (11,), [node("AveragePool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1],
                                                  count_include_pad=1)])
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        yield Case(op.lower(), (7, 22), [node(op, "x")])


def normalizations():
    statistics = {"g": numbers(3, low=0.5), "b": numbers(3), "m": numbers(3), "v": numbers(3, low=0.5)}
    for opset in (7, 9, 14, 15):
        yield Case("batch_normalization", (opset,), [node("BatchNormalization", "x", "g", "b", "m", "v", epsilon=1e-3)],
                   statistics)
    yield Case("instance_normalization", (7, 22), [node("InstanceNormalization", "x", "g", "b")], statistics)
    groups = {"v": numbers(6, 3, 1, 1), "g": numbers(6, low=0.5), "b": numbers(6)}
    six = node("Conv", "x", "v", out="s")
    yield Case("group_normalization", (21,), [six, node("GroupNormalization", "s", "g", "b", num_groups=2)], groups)
    per_group = {"v": groups["v"], "g": numbers(2, low=0.5), "b": numbers(2)}
    yield Case("group_normalization", (18,), [six, node("GroupNormalization", "s", "g", "b", num_groups=2)], per_group)
    layer = {"g": numbers(8, low=0.5), "b": numbers(8)}
    yield Case("layer_normalization", (17,), [node("LayerNormalization", "x", "g", "b")], layer, (2, 5, 8))
    both = {"g": numbers(5, 8, low=0.5), "b": numbers(5, 8)}
    yield Case("layer_normalization_axes", (17,), [node("LayerNormalization", "x", "g", "b", axis=1)], both, (2, 5, 8))
    yield Case("root_mean_square_normalization", (23,), [node("RMSNormalization", "x", "g")], layer, (2, 5, 8))
    yield Case("local_response_normalization", (7, 13), [node("LRN", "x", size=3, alpha=0.3, beta=0.6, bias=1.5)])
    yield Case("unit_normalization", (7, 22), [node("LpNormalization", "x", axis=1)])


def products():
    flat = node("Flatten", "x", out="f")
    w, b = numbers(144, 5), numbers(5)
    yield Case("gemm", (7, 9, 13), [flat, node("Gemm", "f", "w", "b")], {"w": w, "b": b})
    yield Case("gemm_settings", (13,), [flat, node("Gemm", "f", "w", "b", transB=1, alpha=0.5, beta=2.0)],
               {"w": np.ascontiguousarray(w.T), "b": b})
    yield Case("gemm_alone", (13,), [flat, node("Gemm", "f", "w")], {"w": w})
    yield Case("gemm_one_bias", (13,), [flat, node("Gemm", "f", "w", "b")], {"w": w, "b": numbers(1)})
    yield Case("matmul", (9, 13), [node("MatMul", "x", "w", out="p"), node("Add", "p", "b")],
               {"w": numbers(8, 5), "b": b}, (2, 6, 8))
    yield Case("matmul_two", (13,), [node("Transpose", "x", out="t", perm=[0, 2, 1]), node("MatMul", "x", "t")],
               shape=(2, 6, 8))
    yield Case("einsum_dense", (12,), [node("Einsum", "x", "w", equation="bij,jk->bik")], {"w": numbers(8, 5)}, (2, 6, 8))
    yield Case("einsum_scores", (12,), [node("Einsum", "x", "x", equation="bhqd,bhkd->bhqk")], shape=(2, 3, 5, 8))
    yield Case("einsum_dots", (12,), [node("Einsum", "x", "w", equation="...ij, jk -> ...ki")], {"w": numbers(8, 5)},
               (2, 6, 8))
    yield Case("einsum_sum", (12,), [node("Einsum", "x", equation="bij->bj")], shape=(2, 6, 8))
    heads = {"w": numbers(8, 24)}
    parts = [node("MatMul", "x", "w", out="qkv"), node("Split", "qkv", out="q,k,v", axis=2, num_outputs=3)]
    yield Case("attention", (23,), [*parts, node("Attention", "q", "k", "v", q_num_heads=2, kv_num_heads=2)], heads,
               (2, 6, 8))
    yield Case("attention_causal", (23,), [*parts, node("Attention", "q", "k", "v", q_num_heads=2, kv_num_heads=2,
                                                        is_causal=1, scale=0.3)], heads, (2, 6, 8))


def activations():
    for op, opsets, settings in (
        ("Relu", (7, 14), {}), ("Sigmoid", (7,), {}), ("Tanh", (7,), {}), ("LeakyRelu", (7, 16), {"alpha": 0.2}),
        ("Elu", (7,), {"alpha": 0.7}), ("Selu", (7,), {}), ("Celu", (12,), {"alpha": 1.3}), ("Softplus", (7,), {}),
        ("Softsign", (7,), {}), ("HardSigmoid", (7,), {}), ("HardSwish", (14,), {}), ("Mish", (18,), {}),
        ("ThresholdedRelu", (10,), {"alpha": 0.4}), ("Gelu", (20,), {}), ("Exp", (7,), {}), ("Abs", (7,), {}),
        ("Neg", (7,), {}),
    ):
        yield Case(op.lower(), opsets, [node(op, "x", **settings)], low=-4, high=4)
    yield Case("selu_settings", (7,), [node("Selu", "x", alpha=1.2, gamma=1.1)])
    yield Case("hardsigmoid_sixth", (7,), [node("HardSigmoid", "x", alpha=1 / 6, beta=0.5)], low=-4, high=4)
    yield Case("gelu_tanh", (20,), [node("Gelu", "x", approximate="tanh")], low=-4, high=4)
    for op in ("Sqrt", "Log", "Reciprocal"):
        yield Case(op.lower(), (7,), [node(op, "x")], low=0.5, high=2)
    yield Case("prelu", (7, 9), [node("PRelu", "x", "a")], {"a": numbers(3, 1, 1, low=0)})
    yield Case("prelu_one", (9,), [node("PRelu", "x", "a")], {"a": numbers(1, low=0)})
    yield Case("clip", (7,), [node("Clip", "x", min=-0.3, max=0.6)])
    limits = {"low": np.float32(-0.3), "high": np.float32(0.6)}
    yield Case("clip", (11, 13), [node("Clip", "x", "low", "high")], limits)
    yield Case("clip_low", (13,), [node("Clip", "x", "low")], limits)
    yield Case("clip_high", (13,), [node("Clip", "x", "", "high")], limits)
    yield Case("clip_six", (13,), [node("Clip", "x", "zero", "six")], {"zero": np.float32(0), "six": np.float32(6)},
               low=-9, high=9)
    for op in ("Softmax", "LogSoftmax"):
        yield Case(f"{op.lower()}_flat", (7, 11), [node(op, "x", axis=1)])
        yield Case(f"{op.lower()}_axis", (13,), [node(op, "x", axis=1)])
        yield Case(f"{op.lower()}_last", (13,), [node(op, "x")])
    yield Case("dropout", (7, 10, 13), [node("Dropout", "x")])
    yield Case("binary_channels", (7,), [node("Add", "x", "a", out="s"), node("Mul", "s", "m", out="t"),
                                         node("Sub", "c", "t", out="u"), node("Div", "u", "m")],
               {"a": numbers(3, 1, 1), "m": numbers(1, 3, 1, 1, low=0.5), "c": numbers(1)})
    yield Case("binary_many", (8, 13), [node("Max", "x", "a", "c", out="s"), node("Min", "x", "s", out="t"),
                                        node("Sum", "s", "t", "x", out="u"), node("Mean", "u", "x")],
               {"a": numbers(3, 1, 1), "c": numbers(1)})
    yield Case("power", (7,), [node("Pow", "x", "two", out="s"), node("Pow", "s", "half")],
               {"two": np.float32(2), "half": np.float32(0.5)}, low=0.1)
    yield Case("gate", (13,), [node("ReduceMean", "x", out="m", axes=[2, 3]), node("Sigmoid", "m", out="g"),
                               node("Mul", "x", "g")])


def shapes():
    yield Case("reshape", (7, 14), [node("Reshape", "x", "s")], {"s": ints(0, -1, 8)})
    yield Case("reshape_groups", (13,), [node("Reshape", "x", "s", out="r"), node("Transpose", "r", perm=[0, 3, 1, 2, 4])],
               {"s": ints(0, 3, 2, 3, 8)})
    yield Case("shuffle", (13,), [node("Conv", "x", "v", out="c"), node("Reshape", "c", "s", out="r"),
                                  node("Transpose", "r", out="t", perm=[0, 2, 1, 3, 4]), node("Reshape", "t", "u")],
               {"v": numbers(6, 3, 1, 1), "s": ints(-1, 2, 3, 6, 8), "u": ints(-1, 6, 6, 8)})
    yield Case("flatten_two", (9,), [node("Flatten", "x", axis=1)])
    yield Case("transpose", (13,), [node("Transpose", "x", perm=[0, 2, 3, 1])])
    yield Case("squeeze", (7, 11), [node("GlobalAveragePool", "x", out="p"), node("Squeeze", "p", axes=[2, 3])])
    yield Case("squeeze", (13,), [node("GlobalAveragePool", "x", out="p"), node("Squeeze", "p", "a")], {"a": ints(2, -1)})
    yield Case("unsqueeze", (7,), [node("Unsqueeze", "x", axes=[2])])
    yield Case("unsqueeze", (13,), [node("Unsqueeze", "x", "a")], {"a": ints(-1, 1)})
    yield Case("expand", (8, 13), [node("GlobalAveragePool", "x", out="p"), node("Expand", "p", "s")],
               {"s": ints(1, 3, 6, 8)})
    yield Case("expand_mul", (13,), [node("GlobalAveragePool", "x", out="p"), node("Expand", "p", "s", out="e"),
                                     node("Mul", "x", "e")], {"s": ints(1, 1, 6, 8)})
    yield Case("tile", (7, 13), [node("Tile", "x", "r")], {"r": ints(1, 2, 1, 2)})
    for mode in ("DCR", "CRD"):
        yield Case(f"depth_to_space_{mode.lower()}", (11, 13), [node("Conv", "x", "v", out="c"),
                                                                 node("DepthToSpace", "c", blocksize=2, mode=mode)],
                   {"v": numbers(8, 3, 1, 1)})
    yield Case("space_to_depth", (7, 13), [node("SpaceToDepth", "x", blocksize=2)])
    yield Case("concat", (7, 13), [node("Concat", "x", "x", out="c", axis=1), node("Concat", "c", "c", axis=2)])
    yield Case("concat_known", (13,), [node("Concat", "t", "x", axis=1)], {"t": numbers(1, 1, 8)}, (1, 5, 8))
    yield Case("pad", (7,), [node("Pad", "x", pads=[0, 0, 1, 2, 0, 0, 0, 3])])
    yield Case("pad", (11, 13), [node("Pad", "x", "p", "v")], {"p": ints(0, 1, 1, 2, 0, 0, 0, 3), "v": np.float32(0.5)})
    yield Case("pad_axes", (18,), [node("Pad", "x", "p", "", "a")], {"p": ints(1, 2, 0, 3), "a": ints(2, -1)})
    for mode in ("reflect", "edge"):
        yield Case(f"pad_{mode}", (11,), [node("Pad", "x", "p", mode=mode)], {"p": ints(0, 0, 1, 2, 0, 0, 2, 3)})
    yield Case("slice", (7,), [node("Slice", "x", axes=[2, 3], starts=[1, -5], ends=[1000, -1])])
    slices = {"s": ints(1, -1), "e": ints(2**62, -(2**62)), "a": ints(2, 3), "t": ints(2, -2)}
    yield Case("slice", (10, 13), [node("Slice", "x", "s", "e", "a", "t")], slices)
    yield Case("split", (7,), [node("Split", "x", out="a,b", axis=3, split=[3, 5]), node("Concat", "b", "a", axis=3)])
    yield Case("split", (13,), [node("Split", "x", "s", out="a,b", axis=3), node("Concat", "b", "a", axis=3)],
               {"s": ints(3, 5)})
    yield Case("split_equal", (11,), [node("Split", "x", out="a,b", axis=2), node("Sub", "b", "a")])
    yield Case("split_uneven", (18,), [node("Split", "x", out="a,b,c", axis=3, num_outputs=3),
                                       node("Concat", "c", "b", "a", axis=3)])
    yield Case("gather", (7, 13), [node("Gather", "x", "i", axis=1)], {"i": ints(2, 0, -1)})
    yield Case("gather_one", (13,), [node("Gather", "x", "i", axis=1)], {"i": np.array(1, "int64")})
    yield Case("gather_tuples", (13,), [node("Transpose", "w", out="t"), node("GatherND", "t", "i", out="g"),
                                        node("Add", "x", "g")], {"w": numbers(8, 6), "i": ints(*range(6)).reshape(6, 1)})


def known_shapes():
    yield Case("shape_arithmetic", (11,), [
        node("Shape", "x", out="s"), node("Gather", "s", "zero", out="n"), node("Gather", "s", "two", out="h"),
        node("Mul", "h", "two", out="h2"), node("Unsqueeze", "n", out="nu", axes=[0]),
        node("Unsqueeze", "h2", out="hu", axes=[0]), node("Concat", "nu", "hu", "rest", out="t", axis=0),
        node("Reshape", "x", "t")],
        {"zero": np.array(0, "int64"), "two": np.array(2, "int64"), "rest": ints(-1)})
    yield Case("shape_ends", (15,), [node("Shape", "x", out="s", start=1, end=-1), node("ReduceProd", "s", out="p", keepdims=1),
                                     node("Concat", "b", "p", "e", out="t", axis=0), node("Reshape", "x", "t")],
               {"b": ints(-1), "e": ints(8)})
    yield Case("where_expand", (13,), [
        node("ConstantOfShape", "three", out="ones", value=ints(1)), node("Mul", "ones", "minus", out="m"),
        node("Equal", "wanted", "m", out="is"), node("Where", "is", "ones", "wanted", out="t"),
        node("Expand", "k", "t", out="e"), node("Add", "x", "e")],
        {"three": ints(3), "minus": ints(-1), "wanted": ints(-1, 5, -1), "k": numbers(1, 1, 8)}, (2, 5, 8))
    yield Case("where_mask", (13,), [node("Where", "mask", "x", "c")],
               {"mask": RANDOM.random((1, 1, 6, 8)) > 0.5, "c": np.float32(0.3)})
    yield Case("range_positions", (13,), [node("Range", "a", "b", "c", out="i"), node("Gather", "w", "i", out="p"),
                                          node("Cast", "p", out="f", to=1), node("Add", "x", "f")],
               {"a": np.array(0, "int64"), "b": np.array(10, "int64"), "c": np.array(2, "int64"), "w": numbers(12, 8)},
               (2, 5, 8))
    yield Case("constants", (13,), [node("Constant", out="a", value_float=0.5), node("Constant", out="b", value_ints=[0, -1]),
                                    node("Mul", "x", "a", out="m"), node("Identity", "m", out="i"), node("Reshape", "i", "b")])
    yield Case("cast", (13,), [node("Cast", "x", out="h", to=1), node("Cast", "i", out="f", to=1), node("Add", "h", "f")],
               {"i": np.array([1, 2, 3, 4, 5, 6, 7, 8], "int32")})
    for kind in ("float16", "float64"):
        yield Case(f"weights_{kind}", (13,), [node("Cast", "w", out="f", to=1), node("Conv", "x", "f")],
                   {"w": numbers(4, 3, 3, 3).astype(kind)})


def reductions():
    for op in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceSumSquare"):
        last = 13 if op == "ReduceSum" else 18
        yield Case(op.lower(), (7,), [node(op, "x", axes=[2, 3], keepdims=0)])
        yield Case(op.lower(), (last,), [node(op, "x", "a", keepdims=1)], {"a": ints(1)})
        yield Case(f"{op.lower()}_rows", (11,), [node(op, "x", axes=[-1])], shape=(2, 5, 8))


def resizing():
    def settings(**more):
        return {"mode": "linear", "coordinate_transformation_mode": "half_pixel"} | more

    twice = {"s": np.array([1, 1, 2, 2], "float32")}
    yield Case("upsample", (7,), [node("Upsample", "x", scales=[1.0, 1.0, 2.0, 3.0])])
    yield Case("upsample", (9,), [node("Upsample", "x", "s")], twice)
    yield Case("resize", (10,), [node("Resize", "x", "s")], twice)
    yield Case("resize_nearest", (11, 13), [node("Resize", "x", "", "s", coordinate_transformation_mode="asymmetric",
                                                 nearest_mode="floor")], twice)
    yield Case("resize_nearest_usual", (13,), [node("Resize", "x", "", "s")], twice)
    half = {"s": np.array([1, 1, 0.5, 0.5], "float32")}
    yield Case("resize_nearest_down", (13,), [node("Resize", "x", "", "s", coordinate_transformation_mode="asymmetric",
                                                   nearest_mode="floor")], half)
    yield Case("resize_linear", (11, 19), [node("Resize", "x", "", "s", **settings())], twice)
    sizes = {"n": ints(1, 3, 9, 5)}
    yield Case("resize_linear_sizes", (13,), [node("Resize", "x", "", "", "n", **settings())], sizes, (1, 3, 6, 8))
    yield Case("resize_torch", (13,), [node("Resize", "x", "", "", "n", **settings(
        coordinate_transformation_mode="pytorch_half_pixel"))], sizes, (1, 3, 6, 8))
    yield Case("resize_corners", (13,), [node("Resize", "x", "", "", "n", **settings(
        coordinate_transformation_mode="align_corners"))], sizes, (1, 3, 6, 8))
    yield Case("resize_axes", (18,), [node("Resize", "x", "", "s", axes=[2, 3], **settings())],
               {"s": np.array([2, 2], "float32")})


def microsoft():
    layer = {"g": numbers(8, low=0.5), "b": numbers(8)}
    yield Case("microsoft_gelu", (17,), [node("com.microsoft:Gelu", "x")], shape=(2, 5, 8))
    yield Case("microsoft_bias_gelu", (17,), [node("com.microsoft:BiasGelu", "x", "b")], layer, (2, 5, 8))
    yield Case("microsoft_skip", (17,), [node("com.microsoft:SkipLayerNormalization", "x", "x", "g", "b", epsilon=1e-5)],
               layer, (2, 5, 8))
    yield Case("microsoft_matmul", (17,), [node("com.microsoft:FusedMatMul", "x", "x", alpha=0.5, transB=1)],
               shape=(2, 5, 8))


def cases():
    for family in (convolutions, poolings, normalizations, products, activations, shapes, known_shapes, reductions, resizing,
                   microsoft):
        yield from family()
