"""tests/golden/layers/: every layer's outputs and gradients, as Keras computes them."""

import json
import sys

import keras
import numpy as np
import tensorflow as tf

from golden import GoldenFile, range_of
from layer_cases import CASES, PASSING

from keras.src.applications.convnext import LayerScale, StochasticDepth
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer
from keras.src.ops import core as core_operations
from keras.src.ops import nn as nn_operations
from keras.src.ops import numpy as operations

L = keras.layers
# Layers of single networks.
OTHERS = {"LayerScale": LayerScale, "StochasticDepth": StochasticDepth, "CustomScaleLayer": CustomScaleLayer}
# Operations that are no layers; what each is called with beside the tensor.
OPERATIONS = {"Absolute": None, "Clip": None, "GetItem": "key", "Log": None, "Matmul": None, "Max": None, "Mean": None,
              "Min": None, "Floor": None, "Round": None, "Sign": None, "StopGradient": None,
              "Pad": "constant_values", "Power": "exponent", "Sum": None, "Gelu": None}
# Layers that behave differently in training.
BY_PHASE = ("BatchNormalization", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout2D", "StochasticDepth",
            "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomRotation", "RandomTranslation",
            "RandomZoom", "SpectralNormalization") + PASSING
# What these are told in their calls.
FLAG_OF_CALL = {"MultiHeadAttention": "use_causal_mask", "GroupQueryAttention": "use_causal_mask"}
# TensorFlow's gradients of these take the inverse map, ours are the exact ones.
AFFINE = ("RandomRotation", "RandomTranslation", "RandomZoom")



def make_layer(class_name, case_, shape):
    if class_name == "InputLayer":
        return L.InputLayer(shape=shape, name="layer")
    if class_name in OPERATIONS:
        own = {key: value for key, value in case_["arguments"].items() if key != OPERATIONS[class_name]}
        module = {"Gelu": nn_operations, "StopGradient": core_operations}.get(class_name, operations)
        return getattr(module, class_name)(name="layer", **own)
    own = {key: value for key, value in case_["arguments"].items() if key != FLAG_OF_CALL.get(class_name)}
    return (OTHERS.get(class_name) or getattr(L, class_name))(name="layer", **own)


def eval_key(value):
    """A key as it is handed to an operation; any other value as it is."""
    if not isinstance(value, list):
        return value
    parts = {"__ellipsis__": lambda part: Ellipsis,
             "__slice__": lambda part: slice(part["config"]["start"], part["config"]["stop"], part["config"]["step"])}
    return tuple(parts[part["class_name"]](part) if isinstance(part, dict) else part for part in value)


def weights_of(layer, class_name):
    """In the order that ours have them: what a wrapper adds comes last."""
    if class_name == "SpectralNormalization":
        return [*layer.layer.weights, layer.vector_u]
    return layer.weights


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
    is_operation = class_name in OPERATIONS
    if class_name in FLAG_OF_CALL:
        layer.build(inputs[0].shape, inputs[1].shape, inputs[-1].shape)
    elif class_name != "InputLayer" and not is_operation:
        layer.build([x.shape for x in inputs] if len(inputs) > 1 else inputs[0].shape)
    called_with = OPERATIONS.get(class_name)
    extra = {called_with: case_["arguments"][called_with]} if called_with else {}
    flags = {key: value for key, value in case_["arguments"].items() if key == FLAG_OF_CALL.get(class_name)}
    golden.text(prefix + "config", json.dumps({**layer.get_config(), **extra, **flags}))
    golden.text(prefix + "training", int(case_["training"]))
    weights = [] if is_operation else weights_of(layer, class_name)
    for i, weight in enumerate(weights):
        shape = tuple(weight.shape)
        name = "gamma" if class_name == "LayerScale" else weight.name  # Keras numbers that one
        if class_name in FLAG_OF_CALL:
            name = "/".join(weight.path.split("/")[-2:])
        values = golden.generated(f"{prefix}weight{i}", shape, *range_of(name, shape, class_name == "DepthwiseConv2D"),
                                  index + 1, 100 + i)
        golden.text(f"{prefix}weight{i}/name", name)
        weight.assign(values.astype(weight.dtype))
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()

    tensors = [tf.constant(x) for x in inputs]
    trainable = [weight.value for weight in weights if weight.trainable]
    with tf.GradientTape() as tape:
        for tensor in tensors:
            tape.watch(tensor)
        argument = tensors if len(tensors) > 1 else tensors[0]
        if class_name == "InputLayer":
            y = tf.identity(argument)
        elif is_operation:
            y = layer(*tensors, *[eval_key(value) for value in extra.values()])
        elif class_name in FLAG_OF_CALL:
            y = layer(*tensors, training=case_["training"], **flags)
        elif class_name == "ActivityRegularization":
            y = layer(argument)
        elif class_name in BY_PHASE:
            y = layer(argument, training=case_["training"])
        else:
            y = layer(argument)
        cotangent = golden.generated(prefix + "cotangent", tuple(y.shape), -1.0, 1.0, index + 1, 200)
        total = tf.reduce_sum(y * cotangent)
    gradients = tape.gradient(total, tensors + trainable, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    if class_name in AFFINE and case_["training"]:
        gradients = [gradient_of_linear(lambda x: layer(x, training=True), cotangent)]
    golden.array(prefix + "output", y)
    for i, gradient in enumerate(gradients[:len(tensors)]):
        golden.array(f"{prefix}input{i}/gradient", gradient)
    trains = [i for i, weight in enumerate(weights) if weight.trainable]
    for i, gradient in zip(trains, gradients[len(tensors):]):
        golden.array(f"{prefix}weight{i}/gradient", gradient)
    if case_["training"]:
        for i, weight in enumerate(weights):
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
