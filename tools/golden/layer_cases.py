"""What each layer of tests/golden/layers/ is made with and called on; layers.py records what Keras computes of it."""

import keras

L = keras.layers
# Layers that are in training what they are otherwise, or are tested only where nothing is drawn (random_changes.py has the rest).
PASSING = ("ActivityRegularization", "AlphaDropout", "AugMix", "CutMix", "Equalization", "MaxNumBoundingBoxes", "MixUp",
           "Pipeline", "RandAugment", "RandomColorDegeneration", "RandomColorJitter", "RandomElasticTransform",
           "RandomErasing", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective",
           "RandomPosterization", "RandomSaturation", "RandomSharpness", "RandomShear", "Solarization")
IMAGE = (7, 8, 3)  # odd and even


def case(arguments, *shapes, training=False, low=-1.0, high=1.0):
    return {"arguments": arguments, "shapes": shapes or (IMAGE,), "training": training,
            "low": low, "high": high}


def activations():
    names = ["linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "softmax", "elu", "selu",
             "softplus", "softsign", "silu", "swish", "gelu", "exponential", "hard_sigmoid",
             "hard_silu", "hard_swish"]
    # ±8 crosses every kink there is: 0, ±3 and 6.
    bounds = {"exponential": 2.0}
    return [case({"activation": name}, (3, 4, 5), low=-bounds.get(name, 8.0), high=bounds.get(name, 8.0))
            for name in names] + [case({"activation": "softmax"}, (6,), low=-3.0, high=3.0)] + [
            case({"activation": name}, (3, 4, 5), low=-3.0, high=3.0)
            for name in ("hard_tanh", "mish", "celu", "log_sigmoid", "tanh_shrink", "soft_shrink", "hard_shrink", "squareplus", "log_softmax")]


def pooling():
    return [case({"pool_size": 2}),
            case({"pool_size": 2}, (8, 6, 2)),
            case({"pool_size": 3, "strides": 2}),
            case({"pool_size": 3, "strides": 2, "padding": "same"}),
            case({"pool_size": 3, "strides": 2, "padding": "same"}, (8, 9, 2)),
            case({"pool_size": 3, "strides": 1, "padding": "same"}),
            case({"pool_size": [2, 3], "strides": [3, 1], "padding": "same"}),
            case({"pool_size": [3, 2], "strides": [1, 3]})]


def convolutions():
    return [case({"filters": 4, "kernel_size": 1}),
            case({"filters": 4, "kernel_size": 3}),
            case({"filters": 4, "kernel_size": 3, "padding": "same", "use_bias": False}),
            case({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}, (8, 8, 3)),
            case({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}, (7, 7, 3)),
            case({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}),
            case({"filters": 5, "kernel_size": 3, "strides": 2}, (9, 8, 3)),
            case({"filters": 4, "kernel_size": 1, "strides": 2, "padding": "same"}),
            case({"filters": 4, "kernel_size": 1, "strides": 2}),
            case({"filters": 3, "kernel_size": 7, "strides": 2, "padding": "same"}, (12, 11, 3)),
            case({"filters": 3, "kernel_size": 7}, (9, 8, 2)),
            case({"filters": 4, "kernel_size": 3, "dilation_rate": 2}, (9, 8, 3)),
            case({"filters": 4, "kernel_size": 3, "dilation_rate": [2, 1], "padding": "same"}),
            case({"filters": 6, "kernel_size": 3, "groups": 2, "padding": "same"}, (6, 7, 4)),
            case({"filters": 8, "kernel_size": 3, "groups": 4, "strides": 2, "use_bias": False}, (7, 7, 8)),
            case({"filters": 4, "kernel_size": [1, 3], "strides": [2, 1], "padding": "same"}),
            case({"filters": 4, "kernel_size": [5, 2], "padding": "same"}),
            case({"filters": 4, "kernel_size": 3, "activation": "relu"}),
            case({"filters": 4, "kernel_size": 3, "activation": "softmax"}, (5, 5, 3)),
            # More channels than a vector register holds, and a remainder.
            case({"filters": 19, "kernel_size": 1}, (5, 4, 17)),
            case({"filters": 8, "kernel_size": 1, "activation": "swish"}, (4, 3, 3)),
            case({"filters": 8, "kernel_size": 1, "activation": "hard_sigmoid"}, (4, 3, 3)),
            case({"filters": 8, "kernel_size": 1, "activation": "hard_swish"}, (4, 3, 3)),
            case({"filters": 8, "kernel_size": 1, "activation": "gelu"}, (4, 3, 3))]


def transposed():
    return [case({"filters": 4, "kernel_size": 3}, (4, 5, 3)),
            case({"filters": 4, "kernel_size": 3, "padding": "same", "use_bias": False}, (4, 5, 3)),
            case({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}, (4, 5, 3)),
            case({"filters": 4, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "tanh"}, (4, 5, 3)),
            case({"filters": 4, "kernel_size": 2, "strides": 2}, (4, 5, 3)),
            case({"filters": 4, "kernel_size": 2, "strides": 3}, (4, 3, 3)),
            case({"filters": 4, "kernel_size": 2, "strides": 3, "padding": "same"}, (4, 3, 3)),
            case({"filters": 4, "kernel_size": [2, 3], "strides": [1, 2]}, (4, 3, 3)),
            case({"filters": 4, "kernel_size": 3, "strides": 2, "output_padding": 1}, (4, 3, 3)),
            case({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, (4, 3, 3)),
            case({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0}, (4, 3, 3)),
            case({"filters": 16, "kernel_size": 3, "strides": 2, "padding": "same"}, (4, 3, 8))]


def resizing():
    sizes = [({"height": 5, "width": 11}, IMAGE), ({"height": 14, "width": 16}, IMAGE), ({"height": 3, "width": 2}, (9, 8, 3))]
    return ([case(size | {"interpolation": way}, shape) for way in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
             for size, shape in sizes] +
            [case(sizes[2][0] | {"interpolation": way, "antialias": True}, (9, 8, 3))
             for way in ("bilinear", "bicubic", "lanczos3", "nearest")] +
            [case({"height": 4, "width": 6, "crop_to_aspect_ratio": True}, shape) for shape in ((9, 8, 3), (5, 12, 3), (3, 2, 3))] +
            [case({"height": 4, "width": 6, "pad_to_aspect_ratio": True, "fill_value": value}, shape)
             for value in (0.0, 0.5) for shape in ((9, 8, 3), (5, 12, 3))])


def depthwise():
    return [case({"kernel_size": 3}),
            case({"kernel_size": 3, "padding": "same", "use_bias": False}),
            case({"kernel_size": 3, "strides": 2, "padding": "same"}, (8, 8, 3)),
            case({"kernel_size": 3, "strides": 2, "padding": "same"}, (7, 7, 3)),
            case({"kernel_size": 3, "strides": 2, "use_bias": False}, (9, 8, 3)),
            case({"kernel_size": 3, "depth_multiplier": 2, "padding": "same"}),
            case({"kernel_size": 3, "depth_multiplier": 2, "strides": 2, "padding": "same"}, (8, 7, 3)),
            case({"kernel_size": 3, "dilation_rate": 2}, (9, 8, 3)),
            case({"kernel_size": 3, "dilation_rate": 2, "padding": "same"}),
            case({"kernel_size": [2, 5], "padding": "same", "activation": "relu6"}),
            case({"kernel_size": 3, "padding": "same"}, (5, 4, 17))]


def separable():
    return [case({"filters": 4, "kernel_size": 3}),
            case({"filters": 4, "kernel_size": 3, "padding": "same", "use_bias": False}),
            case({"filters": 5, "kernel_size": 3, "strides": 2, "padding": "same"}, (8, 8, 3)),
            case({"filters": 4, "kernel_size": 3, "depth_multiplier": 2, "padding": "same"}),
            case({"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same",
                  "activation": "relu"})]


def batch_normalization():
    return [case(arguments, shape, training=training)
            for training in (False, True)
            for arguments, shape in (({}, (5, 4, 3)),
                                     ({"momentum": 0.9, "epsilon": 1.001e-5}, (5, 4, 3)),
                                     ({"scale": False}, (5, 4, 3)),
                                     ({"center": False}, (5, 4, 3)),
                                     ({"scale": False, "center": False}, (5, 4, 3)),
                                     ({"momentum": 0.999}, (5, 4, 17)),
                                     ({}, (6,)))]


def merging():
    return [case({}, IMAGE, IMAGE), case({}, IMAGE, IMAGE, IMAGE), case({}, (6,), (6,)),
            case({}, (5, 4, 3), (1, 1, 3)), case({}, (1, 1, 3), (5, 4, 3)), case({}, (5, 4, 3), (5, 4, 1))]


def sample_normalization(arguments):
    return [case(arguments | more, shape, low=-2.0, high=3.0)
            for more, shape in (({}, (5, 4, 8)), ({"epsilon": 1e-6}, (5, 4, 8)), ({"scale": False}, (5, 4, 8)),
                                ({"center": False}, (5, 4, 8)), ({"scale": False, "center": False}, (5, 4, 8)),
                                ({}, (3, 2, 40)), ({}, (16,)))]


def chance(class_name):
    """In training with a factor that leaves nothing to chance."""
    factors = {"RandomRotation": [{"factor": [0.07, 0.07]}, {"factor": [-0.4, -0.4]}, {"factor": [0.25, 0.25]}],
               "RandomZoom": [{"height_factor": [0.3, 0.3]}, {"height_factor": [-0.4, -0.4], "width_factor": [0.25, 0.25]},
                              {"height_factor": [0.9, 0.9], "width_factor": [0.9, 0.9]}],
               "RandomTranslation": [{"height_factor": [0.3, 0.3], "width_factor": [-0.2, -0.2]},
                                     {"height_factor": [-0.9, -0.9], "width_factor": [1.0, 1.0]}]}[class_name]
    first = {"RandomRotation": {"factor": 0.1}, "RandomZoom": {"height_factor": 0.2, "width_factor": [-0.1, 0.3]},
             "RandomTranslation": {"height_factor": 0.2, "width_factor": [-0.1, 0.3]}}[class_name]
    return [case(first)] + [case(factor | {"fill_mode": fill, "interpolation": way, "fill_value": 0.5}, training=True)
                            for factor in factors for fill in ("reflect", "wrap", "constant", "nearest")
                            for way in ("bilinear", "nearest")]


def slices(*parts):
    """A key as Keras writes it: None for a whole axis, "..." for an ellipsis, triples for slices, "new" for a new axis."""
    def write(part):
        if part == "...":
            return {"class_name": "__ellipsis__", "config": {}}
        if part == "new":
            return None
        if isinstance(part, int):
            return part
        start, stop, step = part or (None, None, None)
        return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}
    return {"key": [write(part) for part in parts]}


def reductions():
    return [case({"axis": [1, 2]}), case({"axis": [1, 2], "keepdims": True}), case({"axis": -1}), case({"axis": [2]}),
            case({"axis": [1, 2, 3], "keepdims": True}), case({"axis": 1}, (4, 5)), case({"axis": [-1], "keepdims": True}, (6,))]


def passing(class_name):
    arguments = {"ActivityRegularization": {"l2": 0.1}, "AlphaDropout": {"rate": 0.3}, "MaxNumBoundingBoxes": {"max_number": 3, "bounding_box_format": "xyxy"},
                 "RandomGaussianBlur": {}, "RandomGrayscale": {"factor": 0.5}, "RandomPosterization": {"factor": 4},
                 "Pipeline": {"layers": [L.RandomFlip(), L.RandomInvert()]},
                 "RandomSharpness": {"factor": 0.3}, "RandomSaturation": {"factor": 0.3}, "RandomHue": {"factor": 0.3},
                 "RandomColorDegeneration": {"factor": 0.3}, "RandomColorJitter": {"brightness_factor": 0.3}}
    return [case(arguments.get(class_name, {}), low=0.0, high=255.0)]


def sequences(**arguments):
    return [case({"pool_size": 2, **arguments}, (7, 3)), case({"pool_size": 3, "strides": 2, **arguments}, (8, 3)),
            case({"pool_size": 3, "strides": 2, "padding": "same", **arguments}, (8, 3))]


def attention():
    return [case({"num_heads": 2, "key_dim": 4}, (5, 6), (5, 6)),
            case({"num_heads": 3, "key_dim": 2, "value_dim": 5, "use_bias": False}, (5, 6), (4, 3)),
            case({"num_heads": 2, "key_dim": 4, "output_shape": 7, "dropout": 0.2}, (5, 6), (4, 3), (4, 2)),
            case({"num_heads": 2, "key_dim": 4, "use_causal_mask": True}, (5, 6), (5, 6)),
            case({"num_heads": 2, "key_dim": 3, "use_causal_mask": True, "dropout": 0.2}, (5, 6), (7, 4)),
            case({"num_heads": 2, "key_dim": 3, "sliding_window": 2}, (5, 6), (5, 6)),
            case({"num_heads": 1, "key_dim": 3, "sliding_window": 3, "use_causal_mask": True}, (6, 4), (6, 4))]


def grouped_attention():
    return [case({"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2}, (5, 6), (5, 6)),
            case({"head_dim": 3, "num_query_heads": 3, "num_key_value_heads": 1, "use_bias": False, "dropout": 0.3}, (5, 6), (4, 6), (4, 2)),
            case({"head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 2, "sliding_window": 2, "use_causal_mask": True}, (5, 6), (5, 6))]


CASES = {
    "Activation": activations(),
    "Add": merging(),
    "Average": merging(),
    "AveragePooling2D": pooling(),
    "BatchNormalization": batch_normalization(),
    "CenterCrop": [case({"height": 4, "width": 5}), case({"height": 7, "width": 3}), case({"height": 9, "width": 6}),
                   case({"height": 6, "width": 9}), case({"height": 9, "width": 10})],
    "Concatenate": [case({}, IMAGE, (7, 8, 2)), case({"axis": -1}, (4,), (3,)),
                    case({"axis": 3}, (3, 2, 2), (3, 2, 1), (3, 2, 4)),
                    case({"axis": 1}, (2, 4, 3), (3, 4, 3)), case({"axis": 2}, (4, 2, 3), (4, 3, 3)),
                    case({"axis": -2}, (4, 1, 3), (4, 2, 3)), case({}, (3, 3, 16), (3, 3, 16))],
    "Conv2D": convolutions(),
    "Conv2DTranspose": transposed(),
    "Cropping2D": [case({}), case({"cropping": 1}), case({"cropping": [1, 2]}), case({"cropping": [[0, 1], [2, 0]]}),
                   case({"cropping": [[1, 2], [0, 3]]}, (7, 8, 16))],
    "CustomScaleLayer": [case({"scale": 0.17}, IMAGE, IMAGE), case({"scale": 1.0}, (6,), (6,))],
    "Dense": [case({"units": 4}, (5,)), case({"units": 4, "use_bias": False}, (5,)),
              case({"units": 6, "activation": "softmax"}, (7,)),
              case({"units": 3, "activation": "relu"}, (4, 3, 5)), case({"units": 1, "activation": "sigmoid"}, (33,)),
              case({"units": 6, "activation": "swish"}, (7,)), case({"units": 6, "activation": "gelu"}, (7,)),
              case({"units": 6, "activation": "hard_silu"}, (7,))],
    "DepthwiseConv2D": depthwise(),
    "Dropout": [case({"rate": 0.5}, (5,)), case({"rate": 0.2}), case({"rate": 0.0}, training=True),
                case({"rate": 0.2, "noise_shape": [None, 1, 1, 1], "seed": 3})],
    "ELU": [case({}, low=-4.0, high=4.0), case({"alpha": 0.5}, low=-4.0, high=4.0)],
    "Flatten": [case({}), case({}, (5,))],
    "GaussianDropout": [case({"rate": 0.3}), case({"rate": 0.0}, training=True)],
    "GaussianNoise": [case({"stddev": 0.3}), case({"stddev": 0.0}, training=True)],
    "GlobalAveragePooling2D": [case({}), case({"keepdims": True}), case({}, (1, 1, 5))],
    "GlobalMaxPooling2D": [case({}), case({"keepdims": True}), case({}, (1, 1, 5))],
    "GroupNormalization": (sample_normalization({"groups": 4}) + sample_normalization({"groups": -1})[:6] +
                           sample_normalization({"groups": 1})[:1]),
    "InputLayer": [case({}, IMAGE), case({}, (5,))],
    "LayerNormalization": (sample_normalization({}) + sample_normalization({"axis": [1, 2, 3]})[:6] +
                           sample_normalization({"axis": [-1, -2]})[:1]),
    "LayerScale": [case({"init_values": 1e-6, "projection_dim": 3}), case({"init_values": 1.0, "projection_dim": 24}, (3, 2, 24)),
                   case({"init_values": 1.0, "projection_dim": 6}, (6,))],
    "LeakyReLU": [case({}, low=-4.0, high=4.0), case({"negative_slope": 0.1}, low=-4.0, high=4.0)],
    "MaxPooling2D": pooling(),
    "Maximum": merging(),
    "Minimum": merging(),
    "Multiply": merging(),
    "Normalization": [case({"mean": [0.1, -0.2, 0.3], "variance": [0.5, 2.0, 1.0]}),
                      case({"mean": [0.1, -0.2, 0.3], "variance": [0.5, 2.0, 1.0], "invert": True}),
                      case({"mean": 0.5, "variance": 0.25}), case({}), case({}, (6,)),
                      case({"axis": None, "mean": 0.5, "variance": 0.25}), case({"axis": None}),
                      case({"axis": [1, 2, 3]}, (2, 3, 2)), case({"axis": [1, 3], "invert": True}, (2, 3, 2)),
                      case({"axis": [1, 2], "mean": [[0.1, 0.2], [0.3, 0.4]], "variance": [[1.0, 2.0], [0.5, 0.25]]}, (2, 2, 3))],
    "PReLU": [case({}), case({"shared_axes": [1, 2]}), case({"shared_axes": [1]}), case({}, (6,)),
              case({"shared_axes": [1, 2]}, (3, 4, 16))],
    "Permute": [case({"dims": [3, 1, 2]}), case({"dims": [2, 1, 3]}), case({"dims": [1, 2, 3]}), case({"dims": [2, 1]}, (4, 5)),
                case({"dims": [1]}, (6,))],
    "RandomBrightness": [case({"factor": 0.2}), case({"factor": [0.1, 0.1]}, training=True, low=0.0, high=255.0),
                         case({"factor": [-0.3, -0.3], "value_range": [0.0, 1.0]}, training=True)],
    "RandomContrast": [case({"factor": 0.2}), case({"factor": [-0.3, 0.3]}, training=True, low=0.0, high=255.0),
                       case({"factor": [-0.6, 0.6], "value_range": [0.0, 1.0]}, training=True)],
    "RandomCrop": [case({"height": 14, "width": 16, "seed": 1}, training=True), case({"height": 7, "width": 8, "seed": 1}, training=True),
                   case({"height": 3, "width": 8, "seed": 1}, training=True)],
    "RandomFlip": [case({}), case({"mode": "horizontal", "seed": 1}), case({"mode": "vertical"})],
    "RandomRotation": chance("RandomRotation"),
    "RandomTranslation": chance("RandomTranslation"),
    "RandomZoom": chance("RandomZoom"),
    "ReLU": [case({}, low=-8.0, high=8.0), case({"max_value": 6.0}, low=-8.0, high=8.0),
             case({"negative_slope": 0.2}, low=-8.0, high=8.0), case({"threshold": 1.5}, low=-8.0, high=8.0),
             case({"max_value": 5.0, "negative_slope": 0.1}, low=-8.0, high=8.0),
             case({"max_value": 5.0, "threshold": 1.0}, low=-8.0, high=8.0),
             case({"negative_slope": 0.3, "threshold": 0.5}, low=-8.0, high=8.0),
             case({"max_value": 4.0, "negative_slope": 0.1, "threshold": 1.0}, low=-8.0, high=8.0)],
    "Rescaling": [case({"scale": 1 / 127.5, "offset": -1.0}, low=0.0, high=255.0),
                  case({"scale": 2.0}), case({"scale": [2.0, 0.5, -1.0], "offset": [0.1, 0.2, 0.3]}),
                  case({"scale": 2.0, "offset": [0.1, 0.2, 0.3]})],
    "Reshape": [case({"target_shape": [8, 21]}), case({"target_shape": [-1]}), case({"target_shape": [1, 1, 6]}, (6,)),
                case({"target_shape": [4, -1, 3]})],
    "Resizing": resizing(),
    "SeparableConv2D": separable(),
    "Softmax": [case({}, (7,), low=-3.0, high=3.0), case({}, (3, 4, 5), low=-3.0, high=3.0),
                case({"axis": 1}, (3, 4, 5), low=-3.0, high=3.0), case({"axis": -2}, (3, 4, 5), low=-3.0, high=3.0)],
    "SpatialDropout2D": [case({"rate": 0.3}), case({"rate": 0.0}, training=True)],
    "StochasticDepth": [case({"drop_path_rate": 0.3}), case({"drop_path_rate": 0.0}, training=True)],
    "Subtract": [one for one in merging() if len(one["shapes"]) == 2],
    "UpSampling2D": [case({}), case({"size": 3}), case({"size": [1, 4]}), case({"interpolation": "bilinear"}),
                     case({"size": [3, 2], "interpolation": "bilinear"}), case({"interpolation": "bicubic"})],
    "ZeroPadding2D": [case({}), case({"padding": 3}), case({"padding": [1, 2]}),
                      case({"padding": [[0, 1], [2, 0]]})],
    "Absolute": [case({}), case({}, (6,))],
    "Matmul": [case({}, (4, 5), (5, 3)), case({}, (3, 4, 5), (3, 5, 2)), case({}, (1, 6), (6, 1))],
    "AutoContrast": [case({}, low=10.0, high=200.0), case({"value_range": [0.0, 1.0]}, low=0.1, high=0.7)],
    "AveragePooling1D": sequences(),
    "Clip": [case({"x_min": -0.5, "x_max": 0.25}), case({"x_min": 0.0, "x_max": 6.0}, (6,), low=-8.0, high=8.0)],
    "Conv1D": [case({"filters": 4, "kernel_size": 3}, (9, 3)), case({"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}, (9, 3)),
               case({"filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}, (9, 3)),
               case({"filters": 6, "kernel_size": 2, "groups": 2, "activation": "relu", "use_bias": False}, (8, 4))],
    "Gelu": [case({"approximate": True}, low=-4.0, high=4.0), case({"approximate": False}, low=-4.0, high=4.0)],
    "GetItem": [case(slices("...", (None, None, -1))), case(slices(None, (1, -1, None), (1, -1, None), None)),
                case(slices("...", (None, 1, None))), case(slices(None, 2)), case(slices(None, (None, None, 2), (5, None, -2))),
                case(slices("...", "new")), case(slices(None, "new", -1, "...", 0))],
    "GlobalAveragePooling1D": [case({}, (7, 3)), case({"keepdims": True}, (7, 3))],
    "GlobalMaxPooling1D": [case({}, (7, 3)), case({"keepdims": True}, (7, 3))],
    "GroupQueryAttention": grouped_attention(),
    "Identity": [case({}), case({}, (6,))],
    "Floor": [case({}, low=-4.0, high=4.0)],
    "Log": [case({}, low=0.2, high=3.0)],
    "Max": reductions(),
    "MaxPooling1D": sequences(),
    "Mean": reductions(),
    "Min": reductions(),
    "MultiHeadAttention": attention(),
    "Pad": [case({"pad_width": [[0, 0], [1, 2], [0, 3], [0, 0]], "constant_values": None}),
            case({"pad_width": [[0, 0], [1, 2], [0, 3], [1, 0]], "constant_values": 0.5}),
            case({"pad_width": [[0, 0], [1, 2], [0, 3], [0, 0]], "mode": "reflect", "constant_values": None}),
            case({"pad_width": [[0, 0], [1, 2], [0, 3], [0, 2]], "mode": "symmetric", "constant_values": None})],
    "Power": [case({"exponent": 2.0}), case({"exponent": 0.5}, low=0.2, high=2.0), case({"exponent": -0.5}, low=0.2, high=2.0),
              case({"exponent": -1.0}, low=0.2, high=2.0), case({"exponent": 2.7}, low=0.2, high=2.0), case({"exponent": 3.0})],
    "Round": [case({}, low=-4.0, high=4.0)],
    "Sign": [case({})],
    "StopGradient": [case({})],
    "SpectralNormalization": [case({"layer": L.Dense(4, name="inner")}, (6,)), case({"layer": L.Conv2D(4, 3, name="inner")})],
    "Sum": reductions(),
    "TimeDistributed": [case({"layer": L.Dense(4, activation="tanh", name="inner")}, (5, 6)),
                        case({"layer": L.LayerNormalization(name="inner")}, (5, 6))],
    "UnitNormalization": [case({}), case({}, (6,)), case({"axis": 1}), case({"axis": [1, 2]})],
    **{class_name: passing(class_name) for class_name in PASSING},
}
