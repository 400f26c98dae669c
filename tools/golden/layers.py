"""tests/golden/layers/: every layer's outputs and gradients, as Keras computes them."""

import json
import sys

import keras
import numpy as np
import tensorflow as tf

from golden import GoldenFile, range_of

from keras.src.applications.convnext import LayerScale, StochasticDepth
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

L = keras.layers
# Layers of single networks.
OTHERS = {"LayerScale": LayerScale, "StochasticDepth": StochasticDepth, "CustomScaleLayer": CustomScaleLayer}
# Layers that behave differently in training.
BY_PHASE = ("BatchNormalization", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout2D", "StochasticDepth",
            "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomRotation", "RandomTranslation",
            "RandomZoom")
# TensorFlow's gradients of these take the inverse map, ours are the exact ones.
AFFINE = ("RandomRotation", "RandomTranslation", "RandomZoom")
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
            for name in ("hard_tanh", "mish", "celu", "log_sigmoid", "tanh_shrink", "soft_shrink", "hard_shrink", "squareplus")]


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
                      case({"mean": 0.5, "variance": 0.25}), case({}), case({}, (6,))],
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
}


def make_layer(class_name, case_, shape):
    if class_name == "InputLayer":
        return L.InputLayer(shape=shape, name="layer")
    return (OTHERS.get(class_name) or getattr(L, class_name))(name="layer", **case_["arguments"])


def gradient_of_linear(function, cotangent):
    """The gradient of Σ cotangent·function(x) where each pixel of the result is the same sum of pixels of x."""
    rows, columns = cotangent.shape[1:3]
    unit = np.eye(rows * columns, dtype="float32").reshape(rows * columns, rows, columns, 1)
    response = np.asarray(function(unit)) - np.asarray(function(np.zeros_like(unit)))
    return np.einsum("pyxo,nyxc->npc", response, cotangent).reshape(cotangent.shape)


def record(golden, class_name, index, case_, batch=2):
    prefix = f"case{index}/"
    layer = make_layer(class_name, case_, case_["shapes"][0])
    inputs = [golden.generated(f"{prefix}input{i}", (batch, *shape), case_["low"], case_["high"], index + 1, i)
              for i, shape in enumerate(case_["shapes"])]
    if class_name != "InputLayer":
        layer.build([x.shape for x in inputs] if len(inputs) > 1 else inputs[0].shape)
    golden.text(prefix + "config", json.dumps(layer.get_config()))
    golden.text(prefix + "training", int(case_["training"]))
    for i, weight in enumerate(layer.weights):
        shape = tuple(weight.shape)
        name = "gamma" if class_name == "LayerScale" else weight.name  # Keras numbers that one
        values = golden.generated(f"{prefix}weight{i}", shape, *range_of(name, shape, class_name == "DepthwiseConv2D"),
                                  index + 1, 100 + i)
        golden.text(f"{prefix}weight{i}/name", name)
        weight.assign(values.astype(weight.dtype))
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()

    tensors = [tf.constant(x) for x in inputs]
    trainable = [weight.value for weight in layer.trainable_weights]
    with tf.GradientTape() as tape:
        for tensor in tensors:
            tape.watch(tensor)
        argument = tensors if len(tensors) > 1 else tensors[0]
        if class_name == "InputLayer":
            y = tf.identity(argument)
        elif class_name in BY_PHASE:
            y = layer(argument, training=case_["training"])
        else:
            y = layer(argument)
        cotangent = golden.generated(prefix + "cotangent", tuple(y.shape), -1.0, 1.0, index + 1, 200)
        total = tf.reduce_sum(y * cotangent)
    gradients = tape.gradient(total, tensors + trainable)
    if class_name in AFFINE and case_["training"]:
        gradients = [gradient_of_linear(lambda x: layer(x, training=True), cotangent)]
    golden.array(prefix + "output", y)
    for i, gradient in enumerate(gradients[:len(tensors)]):
        golden.array(f"{prefix}input{i}/gradient", gradient)
    trains = [i for i, weight in enumerate(layer.weights) if weight.trainable]
    for i, gradient in zip(trains, gradients[len(tensors):]):
        golden.array(f"{prefix}weight{i}/gradient", gradient)
    if case_["training"]:
        for i, weight in enumerate(layer.weights):
            if not weight.trainable:
                golden.array(f"{prefix}weight{i}/after", weight)


def main(names):
    for class_name in names or CASES:
        golden = GoldenFile()
        golden.text("cases", len(CASES[class_name]))
        for index, case_ in enumerate(CASES[class_name]):
            record(golden, class_name, index, case_)
        golden.write(f"layers/{class_name}.golden.gz")


if __name__ == "__main__":
    main(sys.argv[1:])
