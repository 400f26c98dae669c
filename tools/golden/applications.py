"""tests/golden/applications/: the layers, shapes, weights and parameters of every network, as Keras builds it.

One file a network, with `text cases N` and for each case

    text I.options KEY=VALUE …                            how to build it
    text I.model NAME PARAMETERS TRAINABLE OUTPUT_SHAPE
    text I.layers J N CLASS NAME SHAPE WEIGHT=SHAPE …;…   in Keras's order, those of a nested model after it; the first
                                                          N are those of case J (−1: none)
    text I.configs JSON                                   of each layer what is a number, a text or a list of them;
                                                          for the first case alone
    text I.weights NAME ADDRESS HASH                      the file that weights="imagenet" fetches; none: not there
    text I.with_imagenet J N CLASS …;…                    the layers under weights="imagenet", where they are others

SqueezeNet (Iandola et al. 2016, version 1.1) is none of keras.applications; it is written out here with Keras's
layers, under the names of the weights that were published for Keras 1 (R. Malli, "keras-squeezenet", MIT). So is
EfficientNet-Lite (efficientnet_lite.py).
"""

import json
import sys

from golden import GoldenFile  # first: sets the environment
import keras
import tensorflow as tf
from keras import layers
from keras.src.utils import file_utils

import efficientnet_lite

# Weights are not looked at, and random ones of the largest networks would take minutes.
for function in ("uniform", "normal", "truncated_normal"):
    setattr(keras.src.backend.random, function, lambda shape, *_, **__: tf.zeros(shape))

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


A = keras.applications
SQUARES = {"xception": (A.Xception, 299, 71), "inception_v3": (A.InceptionV3, 299, 75),
           "inception_resnet_v2": (A.InceptionResNetV2, 299, 75), "nasnet_mobile": (A.NASNetMobile, 224, 32),
           "nasnet_large": (A.NASNetLarge, 331, 32)}
SQUARES |= {name.lower(): (getattr(A, name), 224, 32)
            for name in ("VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152",
                         "DenseNet121", "DenseNet169", "DenseNet201")}
SQUARES |= {f"efficientnet_b{i}": (getattr(A, f"EfficientNetB{i}"), size, 32)
            for i, size in enumerate((224, 240, 260, 300, 380, 456, 528, 600))}
SQUARES |= {f"efficientnet_v2_{name.lower()}": (getattr(A, f"EfficientNetV2{name}"), size, 32)
            for name, size in (("B0", 224), ("B1", 240), ("B2", 260), ("B3", 300), ("S", 384), ("M", 480), ("L", 480))}
SQUARES |= {f"convnext_{name.lower()}": (getattr(A, f"ConvNeXt{name}"), 224, 32)
            for name in ("Tiny", "Small", "Base", "Large", "XLarge")}
SQUARES |= {f"efficientnet_lite{i}": (efficientnet_lite.efficientnet_lite(i), scale[3], 32)
            for i, scale in enumerate(efficientnet_lite.SCALES)}


def all_cases(variants):
    return [{"height": height, "width": width, "channels": channels, **own, **top}
            for own in variants for height, width, channels in SIZES for top in TOPS]


def few_cases(size, least):
    """Each end once or twice; sizes that are no multiple of anything."""
    return [{"height": height, "width": width, "channels": channels, **top} for (height, width, channels), top in (
        ((size, size, 3), TOPS[0]), ((size, size, 3), TOPS[2]), ((least + 13, least + 46, 3), TOPS[1]),
        ((least + 13, least + 46, 3), TOPS[3]), ((least, least, 1), TOPS[4]))]


def with_own_options(cases, variants):
    return [{**case, **own} for own in variants for case in cases]


NETWORKS = {
    "mobilenet": (A.MobileNet, all_cases([
        {"alpha": a} for a in (0.25, 0.35, 0.5, 0.75, 1.0, 1.3)] + [{"alpha": 0.5, "depth_multiplier": 2}])),
    "mobilenet_v2": (A.MobileNetV2, all_cases([{"alpha": a} for a in (0.1, 0.35, 0.5, 0.75, 1.0, 1.3, 1.4)])),
    "resnet50_v2": (A.ResNet50V2, all_cases([{}])),
    "resnet101_v2": (A.ResNet101V2, all_cases([{}])),
    "resnet152_v2": (A.ResNet152V2, all_cases([{}])),
    "squeezenet": (squeezenet, all_cases([{}])),
}
NETWORKS |= {name: (build, few_cases(size, least)) for name, (build, size, least) in SQUARES.items()}
NETWORKS |= {f"mobilenet_v3_{size.lower()}": (getattr(A, f"MobileNetV3{size}"), with_own_options(
    few_cases(224, 32), [{}, {"alpha": 0.75}, {"minimalistic": True}, {"alpha": 1.3, "minimalistic": True},
                         {"alpha": 0.35}, {"include_preprocessing": False}, {"dropout_rate": 0}]))
    for size in ("Small", "Large")}
for name in NETWORKS:
    if name.startswith(("convnext", "efficientnet_v2")):
        build, cases = NETWORKS[name]
        NETWORKS[name] = build, cases + with_own_options(cases[1:2], [{"include_preprocessing": False}])


def words(shape):
    return ",".join(str(size) for size in shape) or "-"


def class_of(layer):
    """As thaw has it. Keras's operators between layers are none of its layers; thaw makes of them, with the layer
    beside them, one layer under that layer's name: a hard sigmoid (ReLU(6)(x + 3)/6) and a sum."""
    if layer.name.endswith("_identity"):
        return "Add"
    is_hard_sigmoid = isinstance(layer, layers.ReLU) and layer.max_value == 6 and layer.name.startswith("re_lu")
    return "Activation" if is_hard_sigmoid else type(layer).__name__


def describe(layer):
    name = layer.name.replace("|", "/")
    lines = [f"{class_of(layer)} {name} {words(layer.output.shape[1:])}"]
    if isinstance(layer, keras.Model):
        return lines + [line for inner in layer.layers for line in describe(inner)]
    lines[0] += "".join(f" {name_of(layer, weight)}={words(weight.shape)}" for weight in layer.weights)
    return lines


def name_of(layer, weight):
    """ConvNeXt's own layer leaves the naming of its weight to Keras, which says "variable"."""
    return "gamma" if type(layer).__name__ == "LayerScale" else weight.name


def describe_all(model):
    return [line for layer in model.layers for line in describe(layer)]


class Lists:
    """Written without what an earlier list begins with, too."""

    def __init__(self):
        self.earlier = []

    def text(self, lines):
        best, common = -1, 0
        for index, other in self.earlier:
            same = next((i for i, (a, b) in enumerate(zip(lines, other)) if a != b), min(len(lines), len(other)))
            if same > common:
                best, common = index, same
        return f"{best} {common} " + ";".join(lines[common:])

    def add(self, index, lines):
        self.earlier.append((index, lines))


def plain_config(layer):
    """Without what says how training or another back end would do it."""
    config = {key: value for key, value in layer.get_config().items()
              if key not in ("name", "trainable", "dtype", "batch_shape", "data_format", "sparse", "ragged")
              and value is not None and not isinstance(value, dict)}
    if isinstance(layer, keras.Model) or class_of(layer) != type(layer).__name__:
        config = {}
    return {"name": layer.name.replace("|", "/"), "config": config}


def with_imagenet(build, shape, options):
    """The model under weights="imagenet" and what Keras would fetch for it, without fetching it; None where it
    refuses."""
    asked = []

    def get_file(fname, origin, file_hash=None, **_):
        asked.append(f"{fname} {origin} {file_hash or ''}")
        return fname

    keras.backend.clear_session()
    original, file_utils.get_file = file_utils.get_file, get_file
    load, keras.Model.load_weights = keras.Model.load_weights, lambda *_, **__: None
    try:
        return build(input_shape=shape, weights="imagenet", **options), asked[0]
    except ValueError:
        return None, None
    finally:
        file_utils.get_file, keras.Model.load_weights = original, load


def record(name):
    build, cases = NETWORKS[name]
    golden = GoldenFile()
    golden.text("cases", len(cases))
    lists = Lists()
    for index, case in enumerate(cases):
        options = {"pooling": None, "classes": 1000, **case}
        shape = tuple(options.pop(key) for key in ("height", "width", "channels"))
        keras.backend.clear_session()  # automatic names start anew
        model = build(input_shape=shape, weights=None, **options)
        trainable = sum(keras.ops.size(weight) for weight in model.trainable_weights)
        golden.text(f"{index}.options", " ".join(f"{key}={value}" for key, value in case.items()))
        golden.text(f"{index}.model",
                    f"{model.name} {model.count_params()} {trainable} {words(model.output.shape[1:])}")
        lines = describe_all(model)
        golden.text(f"{index}.layers", lists.text(lines))
        lists.add(index, lines)
        if index == 0:
            golden.text("0.configs", json.dumps([plain_config(layer) for layer in model.layers]))
        # The file does not depend on the size, except where all sizes are recorded.
        if build is squeezenet or "lite" in name or (len(cases) < 20 and index > 1):
            continue
        official, file = with_imagenet(build, shape, options)
        if official is None:
            continue
        golden.text(f"{index}.weights", file)
        official_lines = describe_all(official)
        if official_lines != lines:
            golden.text(f"{index}.with_imagenet", lists.text(official_lines))
    golden.write(f"applications/{name}.golden.gz")


if __name__ == "__main__":
    for network in NETWORKS:
        if len(sys.argv) == 1 or network in sys.argv[1:]:
            record(network)
