"""tests/golden/applications/: the layers, shapes, weights and parameters of every network, as Keras builds it.

One file a network, with `text cases N` and for each case

    text I.options KEY=VALUE …                            how to build it
    text I.model NAME PARAMETERS TRAINABLE OUTPUT_SHAPE
    text I.layers CLASS NAME SHAPE WEIGHT=SHAPE …;…       in Keras's order
    text I.configs JSON                                   of each layer what is a number, a text or a list of them;
                                                          for the first case alone
    text I.weights NAME ADDRESS MD5                       the file that weights="imagenet" fetches; none: not there

SqueezeNet (Iandola et al. 2016, version 1.1) is none of keras.applications; it is written out here with Keras's
layers, under the names of the weights that were published for Keras 1 (R. Malli, "keras-squeezenet", MIT).
"""

import json
import sys

from golden import GoldenFile  # first: sets the environment
import keras
from keras import layers
from keras.src.utils import file_utils

SIZES = [(224, 224, 3), (96, 128, 3), (75, 33, 3), (160, 160, 3), (32, 32, 1)]
TOPS = [{"include_top": True, "classes": 1000}, {"include_top": True, "classes": 7}, {"include_top": False},
        {"include_top": False, "pooling": "avg"}, {"include_top": False, "pooling": "max"}]


def squeezenet(input_shape, include_top, pooling, classes, weights, **_):
    # Keras 3 allows no "/" in names: "|" stands for it.
    image = x = layers.Input(input_shape)
    x = layers.Conv2D(64, 3, strides=2, name="conv1")(x)
    x = layers.Activation("relu", name="relu_conv1")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)

    def convolve(x, filters, size, path, name):
        x = layers.Conv2D(filters, size, padding="same", name=path + name)(x)
        return layers.Activation("relu", name=path + "relu_" + name)(x)

    for index in range(2, 10):
        path = f"fire{index}|"
        squeeze = 16 * (index // 2)
        x = convolve(x, squeeze, 1, path, "squeeze1x1")
        left = convolve(x, 4 * squeeze, 1, path, "expand1x1")
        right = convolve(x, 4 * squeeze, 3, path, "expand3x3")
        x = layers.Concatenate(name=path + "concat")([left, right])
        if index in (3, 5):
            x = layers.MaxPooling2D(3, strides=2, name=f"pool{index}")(x)
    if include_top:
        x = layers.Dropout(0.5, name="drop9")(x)
        x = convolve(x, classes, 1, "", "conv10")
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Activation("softmax", name="loss")(x)
    elif pooling:
        x = (layers.GlobalAveragePooling2D if pooling == "avg" else layers.GlobalMaxPooling2D)()(x)
    return keras.Model(image, x, name="squeezenet")


NETWORKS = {
    "mobilenet": (keras.applications.MobileNet, [
        {"alpha": a} for a in (0.25, 0.35, 0.5, 0.75, 1.0, 1.3)] + [{"alpha": 0.5, "depth_multiplier": 2}]),
    "mobilenet_v2": (keras.applications.MobileNetV2, [
        {"alpha": a} for a in (0.1, 0.35, 0.5, 0.75, 1.0, 1.3, 1.4)]),
    "resnet50_v2": (keras.applications.ResNet50V2, [{}]),
    "resnet101_v2": (keras.applications.ResNet101V2, [{}]),
    "resnet152_v2": (keras.applications.ResNet152V2, [{}]),
    "squeezenet": (squeezenet, [{}]),
}


def words(shape):
    return ",".join(str(size) for size in shape) or "-"


def describe(layer):
    name = layer.name.replace("|", "/")
    weights = [f" {weight.name}={words(weight.shape)}" for weight in layer.weights]
    return f"{type(layer).__name__} {name} {words(layer.output.shape[1:])}{''.join(weights)}"


def plain_config(layer):
    """Without what says how training or another back end would do it."""
    config = {key: value for key, value in layer.get_config().items()
              if key not in ("name", "trainable", "dtype", "batch_shape", "data_format", "sparse", "ragged")
              and value is not None and not isinstance(value, dict)}
    return {"name": layer.name.replace("|", "/"), "config": config}


def official_weights(build, shape, options):
    """What Keras would fetch, asked without fetching it."""
    asked = []

    def get_file(fname, origin, file_hash=None, **_):
        asked.append(f"{fname} {origin} {file_hash or ''}")
        raise InterruptedError

    original, file_utils.get_file = file_utils.get_file, get_file
    try:
        build(input_shape=shape, weights="imagenet", **options)
    except (InterruptedError, ValueError):
        pass
    file_utils.get_file = original
    return asked


def record(name):
    build, variants = NETWORKS[name]
    golden = GoldenFile()
    cases = [{"height": height, "width": width, "channels": channels, **own, **top}
             for own in variants for height, width, channels in SIZES for top in TOPS]
    golden.text("cases", len(cases))
    for index, case in enumerate(cases):
        options = {"pooling": None, "classes": 1000, **case}
        shape = tuple(options.pop(key) for key in ("height", "width", "channels"))
        keras.backend.clear_session()  # automatic names start anew
        model = build(input_shape=shape, weights=None, **options)
        trainable = sum(keras.ops.size(weight) for weight in model.trainable_weights)
        golden.text(f"{index}.options", " ".join(f"{key}={value}" for key, value in case.items()))
        golden.text(f"{index}.model",
                    f"{model.name} {model.count_params()} {trainable} {words(model.output.shape[1:])}")
        golden.text(f"{index}.layers", ";".join(describe(layer) for layer in model.layers))
        if build is not squeezenet:
            for file in official_weights(build, shape, options):
                golden.text(f"{index}.weights", file)
        if index == 0:
            golden.text("0.configs", json.dumps([plain_config(layer) for layer in model.layers]))
    golden.write(f"applications/{name}.golden.gz")


if __name__ == "__main__":
    for network in NETWORKS:
        if len(sys.argv) == 1 or network in sys.argv[1:]:
            record(network)
