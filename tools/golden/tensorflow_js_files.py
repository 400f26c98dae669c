"""tests/golden/tensorflow_js/: models that TensorFlow.js's converter wrote, and what tf-keras makes of them; and
tests/fuzz/corpus/tensorflow_js/.

Each case is a folder with model.json and its weights, beside it NAME.golden.gz with a batch and what the model says of it.
Needs tensorflowjs (`pip install --no-deps tensorflowjs tensorflow_hub`) and tf-keras; what else the converter imports it does
not use for these.
"""

import json
import os
import shutil
import sys
import types

os.environ["TF_USE_LEGACY_KERAS"] = "1"

from golden import FOLDER, GoldenFile, range_of
import numpy as np
import philox
import tensorflow as tf
import tf_keras
from tf_keras import layers

for name in ("tensorflow_decision_forests", "jax", "jax.experimental", "jax.experimental.jax2tf"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["jax.experimental"].jax2tf = sys.modules["jax.experimental.jax2tf"]

import tensorflowjs as tfjs
from tensorflowjs.converters import converter, tf_saved_model_conversion_v2

HOME = os.path.join(FOLDER, "tensorflow_js")
CORPUS = os.path.join(FOLDER, "..", "fuzz", "corpus", "tensorflow_js")
SHAPE = (8, 8, 3)


def sequential():
    return tf_keras.Sequential([
        layers.Conv2D(4, 3, activation="relu", input_shape=SHAPE, name="conv"),
        layers.Activation("hard_sigmoid", name="squash"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Flatten(name="flat"),
        layers.Dense(3, activation="softmax", name="head"),
    ], name="sequential")


def functional():
    image = tf_keras.Input(SHAPE, name="image")
    x = layers.Conv2D(6, 3, padding="same", use_bias=False, name="conv")(image)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU(6.0, name="relu")(x)
    y = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    y = layers.PReLU(shared_axes=[1, 2], name="prelu")(y)
    x = layers.Add(name="sum")([x, y])
    x = layers.SeparableConv2D(4, 3, strides=2, activation="tanh", name="separable")(x)
    x = layers.Concatenate(name="both")([x, layers.LeakyReLU(0.1, name="leaky")(x)])
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return tf_keras.Model(image, layers.Dense(3, activation="softmax", name="head")(x), name="functional")


def nested():
    """As Teachable Machine builds them: a Sequential of two."""
    image = tf_keras.Input(SHAPE, name="input_1")
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="Conv1_pad")(image)
    x = layers.Conv2D(4, 3, strides=2, use_bias=False, name="Conv1")(x)
    x = layers.BatchNormalization(name="bn_Conv1")(x)
    base = tf_keras.Model(image, layers.ReLU(6.0, name="out_relu")(x), name="model1")
    features = tf_keras.Sequential([base, layers.GlobalAveragePooling2D(name="global_average")], name="sequential_1")
    head = tf_keras.Sequential([
        layers.Dense(5, activation="relu", input_shape=(4,), name="dense_Dense1"),
        layers.Dense(3, activation="softmax", use_bias=False, name="dense_Dense2"),
    ], name="sequential_3")
    return tf_keras.Sequential([features, head], name="sequential_4")


def fill(model, seed):
    for index, weight in enumerate(model.weights):
        name = weight.name.split("/")[-1].split(":")[0]
        is_depthwise = "depthwise" in weight.name
        low, high = range_of(name, tuple(weight.shape), is_depthwise)
        weight.assign(philox.uniform(tuple(weight.shape), low, high, seed, index))


def fused():
    """What the converter fuses: convolutions with normalization, bias and activation."""
    image = tf_keras.Input(SHAPE, name="image")
    x = layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False, name="conv")(image)
    x = layers.ReLU(6.0, name="relu")(layers.BatchNormalization(name="norm")(x))
    y = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    y = layers.ReLU(6.0, name="relu2")(layers.BatchNormalization(name="norm2")(y))
    y = layers.PReLU(shared_axes=[1, 2], name="prelu")(layers.Conv2D(6, 1, name="project")(y))
    x = layers.ReLU(name="relu3")(layers.Add(name="sum")([x, y]))
    x = layers.AveragePooling2D(2, name="smaller")(layers.LeakyReLU(0.1, name="leaky")(layers.Conv2D(4, 3, dilation_rate=2, padding="same", name="dilated")(x)))
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(8, activation="relu", name="hidden")(x)
    return tf_keras.Model(image, layers.Dense(3, activation="softmax", name="head")(x), name="fused")


def javascript(folder):
    """What model.save() of JavaScript writes of the same: the topology by itself, and trainable weights first."""
    path = os.path.join(folder, "model.json")
    with open(path) as file:
        content = json.load(file)
    manifest = content["weightsManifest"][0]
    bytes_of = {}
    at = 0
    with open(os.path.join(folder, manifest["paths"][0]), "rb") as file:
        data = file.read()
    for weight in manifest["weights"]:
        size = 4 * int(np.prod(weight["shape"]))
        bytes_of[weight["name"]] = data[at:at + size]
        at += size
    weights = sorted(manifest["weights"], key=lambda weight: "moving" in weight["name"])
    text = json.dumps(content["modelTopology"]["model_config"]).replace('"Functional"', '"Model"')
    topology = {**json.loads(text), "keras_version": "tfjs-layers 1.7.4", "backend": "tensor_flow.js"}
    os.remove(os.path.join(folder, manifest["paths"][0]))
    with open(os.path.join(folder, "weights.bin"), "wb") as file:
        file.write(b"".join(bytes_of[weight["name"]] for weight in weights))
    with open(path, "w") as file:
        json.dump({"modelTopology": topology, "weightsManifest": [{"paths": ["./weights.bin"], "weights": weights}]}, file)
    with open(os.path.join(folder, "metadata.json"), "w") as file:
        json.dump({"tfjsVersion": "1.7.4", "tmVersion": "2.4.10", "packageVersion": "0.8.4-alpha2",
                   "packageName": "@teachablemachine/image", "timeStamp": "2026-02-07T16:29:30.569Z", "userMetadata": {},
                   "modelName": "tm-my-image-model", "labels": ["cat", "dog", "neither"], "imageSize": 8}, file)


def converted(model, folder, **how):
    tfjs.converters.save_keras_model(model, folder, **how)


def of_keras_file(model, folder):
    """The converter unpacks the file beside itself."""
    scratch = folder + ".scratch"
    os.makedirs(scratch)
    file = os.path.join(scratch, "model.keras")
    model.save(file)
    converter.dispatch_keras_keras_to_tfjs_layers_model_conversion(file, output_dir=folder)
    shutil.rmtree(scratch)


def as_graph(model, folder, **how):
    scratch = folder + ".scratch"
    model.export(scratch)
    tf_saved_model_conversion_v2.convert_tf_saved_model(scratch, folder, **how)
    shutil.rmtree(scratch)


def record(name, make, write, seed):
    model = make()
    fill(model, seed)
    folder = os.path.join(HOME, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    write(model, folder)
    if name in ("uint8", "uint16", "float16"):  # what the rounded weights say
        model = tfjs.converters.load_keras_model(os.path.join(folder, "model.json"))
    golden = GoldenFile()
    golden.text("tensorflowjs", tfjs.__version__)
    golden.text("tf_keras", tf_keras.__version__)
    x = golden.generated("x", (4, *SHAPE), -1.0, 1.0, 7, seed)
    golden.array("y", model.predict(x, verbose=0))
    golden.text("parameters", model.count_params())
    if name == "javascript":
        javascript(folder)
    golden.write(f"tensorflow_js/{name}.golden.gz")


def write_corpus():
    """model.json, a zero, weights.bin: small ones of the golden models, and some made to do harm."""
    os.makedirs(CORPUS, exist_ok=True)

    def put(name, model, weights):
        with open(os.path.join(CORPUS, name), "wb") as file:
            file.write(json.dumps(model).encode() + b"\0" + weights)

    good = {}
    for name in ("sequential", "uint8", "float16", "javascript", "graph"):
        with open(os.path.join(HOME, name, "model.json")) as file:
            model = json.load(file)
        group = model["weightsManifest"][0]
        with open(os.path.join(HOME, name, group["paths"][0]), "rb") as file:
            good[name] = model, file.read()
        group["paths"] = ["weights.bin"]
        put(f"good_{name}", *good[name])

    def hostile(name, change):
        model, weights = json.loads(json.dumps(good["sequential"][0])), good["sequential"][1]
        put(name, model, change(model, model["weightsManifest"][0]) or weights)

    hostile("huge", lambda model, group: group["weights"][0].update(shape=[2**30, 2**30, 2**30]))
    hostile("many", lambda model, group: group.update(paths=["weights.bin"] * 200))
    hostile("outside", lambda model, group: group.update(paths=["../../../../etc/passwd"]))
    hostile("cut", lambda model, group: good["sequential"][1][:50])
    hostile("texts", lambda model, group: group["weights"][0].update(dtype="string"))
    hostile("no_topology", lambda model, group: model.update(modelTopology=[[[[]]]]))
    hostile("other_scale", lambda model, group: group["weights"][0].update(quantization={"dtype": "uint8", "scale": {}}))


if __name__ == "__main__":
    CASES = {
        "sequential": (sequential, converted),
        "shards": (functional, lambda model, folder: converted(model, folder, weight_shard_size_bytes=300)),
        "uint8": (functional, lambda model, folder: converted(model, folder, quantization_dtype_map={"uint8": "*"})),
        "uint16": (nested, lambda model, folder: converted(model, folder, quantization_dtype_map={"uint16": "*"})),
        "float16": (nested, lambda model, folder: converted(model, folder, quantization_dtype_map={"float16": "*"})),
        "keras_file": (functional, of_keras_file),
        "keras_file_nested": (nested, of_keras_file),
        "javascript": (nested, converted),
        "graph": (fused, as_graph),
        "graph_nested": (nested, as_graph),
        "graph_uint16": (fused, lambda model, folder: as_graph(model, folder, quantization_dtype_map={"uint16": "*"})),
    }
    for index, (case, (make, write)) in enumerate(CASES.items()):
        if len(sys.argv) == 1 or case in sys.argv[1:]:
            record(case, make, write, index + 1)
    write_corpus()
