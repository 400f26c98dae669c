"""tests/golden/onnx/: graphs as PyTorch's two exporters write them, and operators over their versions (onnx_nodes.py), each
with an input and what ONNX Runtime makes of it. tests/fuzz/corpus/onnx/: small ones, and files made to do harm.

    python onnx_graphs.py          a Python with torch, timm, onnx, onnxscript, onnxruntime
    python onnx_graphs.py keras    one with tensorflow and tf2onnx
"""

import os
import shutil
import sys

import numpy as np

from golden import FOLDER, GoldenFile

CORPUS = os.path.join(FOLDER, "..", "fuzz", "corpus", "onnx")
GOLDEN = os.path.join(FOLDER, "onnx")


def write_golden(name, x, y, channels_last, versions=()):
    """x as thaw takes it; y, of which thaw has no batch of more than x has. Of graphs that have a form with channels last
    and no transposes it is noted."""
    golden = GoldenFile()
    for module in versions:
        golden.text(module.__name__, module.__version__)
    golden.text("channels_last", "yes" if channels_last else "no")
    golden.array("x", x)
    golden.array("y", y)
    golden.write(f"onnx/{name}.golden.gz")


def as_thaw_takes(x):
    return np.ascontiguousarray(np.moveaxis(x, 1, -1)) if x.ndim == 4 and x.shape[1] == 3 else x


# --- operators ---


def build(case, opset):
    """z is flattened, so that the order of its numbers is the graph's whatever the layout."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = []
    domains = {}
    for number, (op, inputs, outputs, attributes) in enumerate(case.nodes):
        domain, _, word = op.rpartition(":")
        if domain:
            domains[domain] = 1
        attributes = {k: numpy_helper.from_array(v) if isinstance(v, np.ndarray) else v for k, v in attributes.items()}
        nodes.append(helper.make_node(word, inputs, outputs.split(","), f"{word}_{number}", domain=domain, **attributes))
    nodes.append(helper.make_node("Flatten", ["z"], ["y"], "flatten", axis=1))
    constants = [numpy_helper.from_array(np.asarray(value), name) for name, value in case.constants.items()]
    batch = "batch" if case.shape[0] == 2 else 1
    graph = helper.make_graph(
        nodes, case.name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, *case.shape[1:]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], constants)
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(d, v) for d, v in domains.items())]
    return helper.make_model(graph, opset_imports=imports, ir_version=10)


def computed(model, x):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def write_operators():
    import onnx
    import onnx.reference
    import onnxruntime

    import onnx_nodes

    for case in onnx_nodes.cases():
        for opset in case.opsets:
            model = build(case, opset)
            x = np.random.default_rng(3).uniform(case.low, case.high, case.shape).astype("float32")
            try:
                y = computed(model, x)
            except Exception as error:  # operators that the runtime lacks
                print(case.name, opset, "by the reference:", str(error)[:100].replace("\n", " "))
                y = onnx.reference.ReferenceEvaluator(model).run(None, {"x": x})[0]
            name = f"node_{case.name}_{opset}"
            onnx.save(model, os.path.join(GOLDEN, f"{name}.onnx"))
            write_golden(name, as_thaw_takes(x), y, False, (onnx, onnxruntime))


# --- networks ---


def networks():
    """name: (network, image size, whether it has a form without transposes)"""
    import timm
    import torch
    from timm.models.convnext import ConvNeXt
    from timm.models.densenet import DenseNet
    from timm.models.mlp_mixer import MlpMixer
    from timm.models.resnet import BasicBlock, ResNet
    from timm.models.swin_transformer import SwinTransformer
    from timm.models.vision_transformer import VisionTransformer
    from torch import nn

    def unit(inputs, outputs, kernel=3, stride=1, groups=1, activation=nn.ReLU):
        return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
                             nn.BatchNorm2d(outputs), activation())

    class Excited(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.reduce, self.expand = nn.Conv2d(channels, 4, 1), nn.Conv2d(4, channels, 1)

        def forward(self, x):
            y = self.expand(torch.relu(self.reduce(x.mean((2, 3), keepdim=True))))
            return x * nn.functional.hardsigmoid(y)

    class Shuffled(nn.Module):
        def forward(self, x):
            n, c, h, w = x.shape
            return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)

    class Residual(nn.Module):
        def __init__(self, *layers):
            super().__init__()
            self.layers = nn.Sequential(*layers)

        def forward(self, x):
            return x + self.layers(x)

    mobile = nn.Sequential(unit(3, 8, 3, 2, 1, nn.Hardswish),
                           Residual(unit(8, 16, 1, activation=nn.Hardswish), unit(16, 16, 5, 1, 16, nn.Hardswish),
                                    Excited(16), unit(16, 8, 1, activation=nn.Identity)),
                           unit(8, 12, 3, 2, 4, nn.SiLU), Shuffled(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                           nn.Linear(12, 5))
    flat = nn.Sequential(unit(3, 6), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3), nn.GELU(), nn.AvgPool2d(2, 2, ceil_mode=True),
                         nn.Flatten(), nn.Linear(8 * 3 * 3, 12), nn.LeakyReLU(0.1), nn.Dropout(), nn.Linear(12, 5),
                         nn.Softmax(1))
    grouped = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.GroupNorm(4, 8), nn.SiLU(), nn.Upsample(scale_factor=2),
                            nn.InstanceNorm2d(8, affine=True), nn.Mish(), nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(8, 8, 3, 2),
                            nn.PReLU(8), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 5))
    return {
        "resnet": (ResNet(BasicBlock, (1, 1, 1, 1), 5, channels=(4, 8, 8, 16)), 32, True),
        "densenet": (DenseNet(4, (1, 1, 1, 1), num_classes=5), 32, True),
        "convnext": (ConvNeXt(num_classes=5, depths=(1, 1, 1, 1), dims=(4, 8, 8, 8)), 32, True),
        "vit": (VisionTransformer(16, 8, num_classes=5, embed_dim=12, depth=1, num_heads=3), 16, False),
        "swin": (SwinTransformer(28, 4, num_classes=5, embed_dim=8, depths=(2,), num_heads=(2,), window_size=4), 28, False),
        "mixer": (MlpMixer(5, 16, patch_size=8, num_blocks=1, embed_dim=12), 16, False),
        "mobile": (mobile, 16, True),
        "flat": (flat, 16, True),
        "grouped": (grouped, 16, True),
    }


def randomize(network):
    """So that nothing is 0 or 1 where an error would not show."""
    import torch

    generator = torch.Generator().manual_seed(1)
    for name, tensor in list(network.named_parameters()) + list(network.named_buffers()):
        if tensor.numel() > 1 and tensor.is_floating_point() and float(tensor.std()) == 0:
            low, high = (0.6, 1.2) if float(tensor.mean()) != 0 else (-0.2, 0.2)
            tensor.data.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)


def write_networks():
    import torch

    torch.manual_seed(0)
    for name, (network, size, channels_last) in networks().items():
        network.eval()
        randomize(network)
        x = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(2)) * 2 - 1
        with torch.no_grad():
            y = network(x).numpy()
        files = {}
        for opset in (9, 11, 13, 17):
            path = os.path.join(GOLDEN, f"{name}_script_{opset}.onnx")
            dynamic = {"x": {0: "batch"}, "y": {0: "batch"}} if opset != 11 else None
            try:
                torch.onnx.export(network, x[:1], path, dynamo=False, opset_version=opset, input_names=["x"],
                                  output_names=["y"], dynamic_axes=dynamic, do_constant_folding=opset != 13)
                files[f"{name}_script_{opset}"] = path
            except Exception as error:
                print(name, opset, str(error)[:100].replace("\n", " "))
        for kind in ("fixed", "dynamic"):
            path = os.path.join(GOLDEN, f"{name}_dynamo_{kind}.onnx")
            shapes = ({0: torch.export.Dim("batch")},) if kind == "dynamic" else None
            torch.onnx.export(network, (x,) if shapes else (x[:1],), path, dynamo=True, external_data=False, verbose=False,
                              dynamic_shapes=shapes)
            files[f"{name}_dynamo_{kind}"] = path
        for file in files:
            write_golden(file, as_thaw_takes(x.numpy()), y, channels_last, (torch,))


# --- what only files have: functions, branches, weights elsewhere ---


def write_forms():
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    import onnx_nodes

    x = np.random.default_rng(3).uniform(-1, 1, (2, 3, 6, 8)).astype("float32")
    info = helper.make_tensor_value_info
    value_x, value_y = info("x", TensorProto.FLOAT, ["batch", 3, 6, 8]), info("y", TensorProto.FLOAT, None)
    w = onnx_nodes.numbers(4, 3, 3, 3)

    def save(name, nodes, constants, **more):
        functions = more.pop("functions", [])
        graph = helper.make_graph([*nodes, helper.make_node("Flatten", ["z"], ["y"])], name, [value_x], [value_y],
                                  [numpy_helper.from_array(v, k) for k, v in constants.items()])
        domains = [helper.make_opsetid("", 17)] + ([helper.make_opsetid("own", 1)] if functions else [])
        model = helper.make_model(graph, opset_imports=domains, functions=functions, ir_version=10)
        y = computed(model, x)
        onnx.save(model, os.path.join(GOLDEN, f"form_{name}.onnx"), **more)
        write_golden(f"form_{name}", as_thaw_takes(x), y, False, (onnx,))

    node = helper.make_node
    scaled = helper.make_function("own", "Scaled", ["a"], ["b"],
                                  [node("Constant", [], ["c"], value_float=0.5), node("Mul", ["a", "c"], ["m"]),
                                   node("LeakyRelu", ["m"], ["b"])], [helper.make_opsetid("", 17)], ["alpha"])
    scaled.node[2].attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="alpha", type=onnx.AttributeProto.FLOAT))
    twice = helper.make_function("own", "Twice", ["a", "k"], ["b"],
                                 [node("Conv", ["a", "k"], ["m"]), node("Scaled", ["m"], ["b"], domain="own", alpha=0.3)],
                                 [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)])
    save("functions", [node("Scaled", ["x"], ["s"], "first", domain="own", alpha=0.2),
                       node("Twice", ["s", "w"], ["z"], "second", domain="own")], {"w": w}, functions=[scaled, twice])

    def branch(op):
        return helper.make_graph([node(op, ["x"], ["out"])], op, [], [info("out", TensorProto.FLOAT, None)])

    save("branches", [node("If", ["no"], ["i"], then_branch=branch("Neg"), else_branch=branch("Abs")),
                      node("If", ["yes"], ["j"], then_branch=branch("Neg"), else_branch=branch("Abs")),
                      node("Sub", ["i", "j"], ["z"])], {"no": np.array(False), "yes": np.array(True)})
    save("elsewhere", [node("Conv", ["x", "w"], ["z"])], {"w": w}, save_as_external_data=True,
         location="form_elsewhere.data", size_threshold=0)
    save("typed_fields", [node("Conv", ["x", "w"], ["z"])], {"w": w})
    model = onnx.load(os.path.join(GOLDEN, "form_typed_fields.onnx"))
    model.graph.initializer[0].CopyFrom(helper.make_tensor("w", TensorProto.FLOAT, w.shape, w.ravel().tolist()))
    model.graph.input.append(info("w", TensorProto.FLOAT, w.shape))  # as the first years' files
    onnx.save(model, os.path.join(GOLDEN, "form_typed_fields.onnx"))


# --- files made to do harm ---


def field(number, content):
    """One of protobuf's, with its length."""
    length = len(content)
    varint = b""
    while length > 127:
        varint += bytes([length & 127 | 128])
        length >>= 7
    return bytes([number << 3 | 2]) + varint + bytes([length]) + content


def write_corpus():
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    os.makedirs(CORPUS, exist_ok=True)
    node, info = helper.make_node, helper.make_tensor_value_info
    w = numpy_helper.from_array(np.ones((2, 3, 1, 1), "float32"), "w")

    def write(name, nodes, constants=(w,), shape=(1, 3, 4, 4), opset=17, functions=(), change=None):
        graph = helper.make_graph(nodes, name, [info("x", TensorProto.FLOAT, shape)], [info("y", TensorProto.FLOAT, None)],
                                  list(constants))
        imports = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
        model = helper.make_model(graph, opset_imports=imports, functions=functions, ir_version=10)
        if change:
            change(model)
        with open(os.path.join(CORPUS, f"{name}.onnx"), "wb") as file:
            file.write(model.SerializeToString())

    conv = node("Conv", ["x", "w"], ["y"], "conv")

    def tensor(kind, dims, raw=b"", **more):
        return onnx.TensorProto(name="w", data_type=kind, dims=dims, raw_data=raw, **more)

    def elsewhere(location, **more):
        return onnx.TensorProto(name="w", data_type=1, dims=[2, 3, 1, 1], data_location=1, external_data=[
            onnx.StringStringEntryProto(key=k, value=str(v)) for k, v in {"location": location, **more}.items()])

    write("good_conv", [conv])
    write("good_dense", [node("Flatten", ["x"], ["f"]), node("Gemm", ["f", "m"], ["y"])],
          [numpy_helper.from_array(np.ones((48, 3), "float32"), "m")])
    write("good_attention", [node("MatMul", ["x", "m"], ["q"]), node("Transpose", ["q"], ["t"], perm=[0, 2, 1]),
                             node("MatMul", ["q", "t"], ["s"]), node("Softmax", ["s"], ["p"]),
                             node("MatMul", ["p", "q"], ["a"]), node("Reshape", ["a", "shape"], ["y"])],
          [numpy_helper.from_array(np.ones((4, 4), "float32"), "m"),
           numpy_helper.from_array(np.array([0, 2, 2, -1]), "shape")], (1, 5, 4))
    for name in ("node_slice_13", "node_resize_linear_sizes_13", "node_pad_13", "node_split_13", "node_einsum_scores_12",
                 "node_where_expand_13", "node_range_positions_13", "node_group_normalization_21", "node_deconv_pads_11",
                 "node_attention_23", "form_functions", "form_branches"):
        shutil.copy(os.path.join(GOLDEN, f"{name}.onnx"), os.path.join(CORPUS, f"good_{name}.onnx"))
    write("huge_tensor", [conv], [tensor(1, [2**20, 2**20, 1, 1])])
    write("huge_product", [conv], [tensor(1, [2**40, 2**40, 2**40, 1])])
    write("negative_size", [conv], [tensor(1, [-2, -3, 1, 1], bytes(24))])
    write("short_tensor", [conv], [tensor(1, [2, 3, 1, 1], bytes(20))])
    write("texts", [conv], [onnx.TensorProto(name="w", data_type=8, dims=[1], string_data=[b"a"])])
    write("eight_bit_floats", [conv], [tensor(17, [2, 3, 1, 1], bytes(6))])
    write("leads_out", [conv], [elsewhere("../good_conv.onnx")])
    write("absolute", [conv], [elsewhere("/etc/passwd")])
    write("past_the_end", [conv], [elsewhere("good_conv.onnx", offset=2**62, length=24)])
    write("cycle", [node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])])
    write("itself", [node("Add", ["y", "x"], ["y"])])
    write("made_twice", [node("Relu", ["x"], ["y"]), node("Neg", ["x"], ["y"])])
    write("unknown", [node("Loop", ["", "", "x"], ["a"], "loop"), node("NonZero", ["a"], ["b"], "places"),
                      node("Magic", ["b"], ["y"], "magic", domain="own")])
    write("quantized", [node("DequantizeLinear", ["w", "s"], ["v"], "dequantize"), node("Conv", ["x", "v"], ["y"])],
          [numpy_helper.from_array(np.ones((2, 3, 1, 1), "int8"), "w"), numpy_helper.from_array(np.float32(0.1), "s")])
    write("old_opset", [conv], opset=6)
    write("future_opset", [conv], opset=1000)
    write("chosen_by_input", [node("ReduceMax", ["x"], ["m"], keepdims=0), node("Cast", ["m"], ["c"], to=9),
                              node("If", ["c"], ["y"], "choice", then_branch=helper.make_graph([], "t", [], []),
                                   else_branch=helper.make_graph([], "e", [], []))])
    once = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    write("calls_itself", [node("F", ["x"], ["y"], domain="own")],
          functions=[helper.make_function("own", "F", ["a"], ["b"], [node("F", ["a"], ["b"], domain="own")], once)])
    bomb = [helper.make_function("own", f"F{i}", ["a"], ["b"],
                                 [node(f"F{i + 1}" if i < 40 else "Relu", ["a"], ["m"], domain="own" if i < 40 else ""),
                                  node(f"F{i + 1}" if i < 40 else "Relu", ["m"], ["b"], domain="own" if i < 40 else "")],
                                 once) for i in range(41)]
    write("doubling_calls", [node("F0", ["x"], ["y"], domain="own")], functions=bomb)
    big = numpy_helper.from_array(np.array([2**30, 2**30, 2**30]), "s")
    write("huge_constant", [node("ConstantOfShape", ["s"], ["c"]), node("Add", ["x", "c"], ["y"])], [big])
    write("huge_expand", [node("Expand", ["o", "s"], ["c"]), node("Add", ["x", "c"], ["y"])],
          [big, numpy_helper.from_array(np.ones((1, 1, 1), "float32"), "o")])
    write("huge_range", [node("Range", ["a", "b", "c"], ["r"]), node("Add", ["x", "r"], ["y"])],
          [numpy_helper.from_array(np.array(v), k) for k, v in (("a", 0), ("b", 2**60), ("c", 1))])
    write("huge_pad", [node("Pad", ["x", "p"], ["y"])], [numpy_helper.from_array(np.array([0, 0, 0, 0, 0, 0, 2**50, 0]), "p")])
    write("no_shape", [conv], change=lambda model: model.graph.input[0].type.tensor_type.ClearField("shape"))
    write("strange_axes", [node("ReduceMean", ["x"], ["y"], axes=[0, 9])])
    write("strange_kernel", [node("Conv", ["x", "w"], ["y"], strides=[0, 0])])
    # As bytes, which no library writes: an If in a branch of an If, a hundred times.
    nested = helper.make_graph([node("Relu", ["x"], ["o"])], "leaf", [], [info("o", TensorProto.FLOAT, None)]).SerializeToString()
    for _ in range(100):
        choice = node("If", ["yes"], ["o"]).SerializeToString()
        attribute = field(1, b"then_branch") + field(6, nested) + bytes([0xA0, 1, 5])
        nested = field(1, choice + field(5, attribute)) + field(12, info("o", TensorProto.FLOAT, None).SerializeToString())
    with open(os.path.join(CORPUS, "deep_branches.onnx"), "wb") as file:
        file.write(bytes([8, 10]) + field(7, nested) + field(8, bytes([16, 17])))
    with open(os.path.join(CORPUS, "good_conv.onnx"), "rb") as file:
        whole = file.read()
    with open(os.path.join(CORPUS, "cut.onnx"), "wb") as file:
        file.write(whole[: len(whole) // 2])


# --- what tf2onnx writes of Keras ---


def write_keras():
    import keras
    import onnx
    import tensorflow as tf
    import tf2onnx
    from keras import layers

    keras.utils.set_random_seed(6)
    image = keras.Input((16, 16, 3), name="image")
    x = layers.Rescaling(2.0, -1.0)(image)
    x = layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False, name="stem")(x)
    x = layers.BatchNormalization(name="stem_norm")(x)
    y = layers.ReLU(6.0)(x)
    y = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(y)
    y = layers.Activation("hard_swish")(y)
    z = layers.GlobalAveragePooling2D(keepdims=True)(y)
    z = layers.Conv2D(6, 1, activation="sigmoid", name="gate")(z)
    x = layers.Add()([x, layers.Multiply()([y, z])])
    x = layers.LayerNormalization(name="norm")(x)
    x = layers.Activation(lambda v: keras.activations.gelu(v, approximate=True))(layers.Conv2D(8, 1, name="project")(x))
    x = layers.MaxPooling2D(2)(x)
    wide = layers.Dense(5, activation="softmax", name="top")(layers.Flatten()(x))
    model = keras.Model(image, wide, name="small")
    for weight in model.weights:
        weight.assign(weight + np.random.default_rng(4).uniform(-0.1, 0.1, weight.shape))
    given = np.random.default_rng(3).uniform(0, 1, (2, 16, 16, 3)).astype("float32")
    expected = np.asarray(model(given))
    for opset in (9, 13, 18):
        function = tf.function(lambda value: model(value, training=False),
                               input_signature=[tf.TensorSpec([None, 16, 16, 3], tf.float32, name="image")])
        for first in (False, True):
            name = f"keras_{'first' if first else 'last'}_{opset}"
            made, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=opset,
                                                    inputs_as_nchw=["image:0"] if first else None)
            onnx.save(made, os.path.join(GOLDEN, f"{name}.onnx"))
            write_golden(name, given, expected, True, (tf2onnx, onnx))


if __name__ == "__main__":
    os.makedirs(GOLDEN, exist_ok=True)
    if sys.argv[1:] == ["keras"]:
        write_keras()
    else:
        for write in (write_operators, write_networks, write_forms, write_corpus):
            if not sys.argv[1:] or write.__name__ in sys.argv[1:]:
                write()
