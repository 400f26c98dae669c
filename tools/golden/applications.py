"""Asks Keras for the layers, shapes and parameters of every network: tests/golden/applications/.

One file a network. Its records are `text CASE.options …` (how to build it), `text CASE.model NAME
PARAMETERS TRAINABLE OUTPUT_SHAPE` and `text CASE.layers`: CLASS NAME SHAPE of each layer, `;`
between them. Layers are written where the case is the first of its kind; the others carry the MD5 of
that text, which keeps the files small.
"""

import hashlib

from golden import GoldenFile  # first: sets the environment
import keras
from keras import layers

SIZES = [(224, 224), (96, 128), (75, 33)]


def squeezenet(input_shape, include_top, pooling, classes, weights, **_):
    """Iandola et al. 2016 as version 1.1. Keras 3 allows no "/" in names: "|" stands for it."""
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


def shape_of(tensor):
    return ",".join(str(size) for size in tensor.shape[1:])


def describe(model):
    return ";".join(f"{type(layer).__name__} {layer.name.replace('|', '/')} {shape_of(layer.output)}"
                    for layer in model.layers)


def main():
    for name, (build, variants) in NETWORKS.items():
        file = GoldenFile()
        cases = []
        for own in variants:
            for height, width in SIZES:
                for top in ({"include_top": True, "classes": 1000}, {"include_top": True, "classes": 7},
                            {"include_top": False}, {"include_top": False, "pooling": "avg"},
                            {"include_top": False, "pooling": "max"}):
                    cases.append({"height": height, "width": width, **own, **top})
        for index, case in enumerate(cases):
            options = {"pooling": None, "classes": 1000, **case}
            height, width = options.pop("height"), options.pop("width")
            keras.backend.clear_session()
            model = build(input_shape=(height, width, 3), weights=None, **options)
            trainable = sum(weight.shape.num_elements() if hasattr(weight.shape, "num_elements")
                            else int(keras.ops.size(weight)) for weight in model.trainable_weights)
            file.text(f"{index}.options", " ".join(f"{k}={v}" for k, v in case.items()))
            file.text(f"{index}.model",
                      f"{model.name} {model.count_params()} {trainable} {shape_of(model.output)}")
            text = describe(model)
            file.text(f"{index}.digest", hashlib.md5(text.encode()).hexdigest())
            if index == 0:
                file.text("0.layers", text)
        file.text("cases", str(len(cases)))
        file.write(f"applications/{name}.golden.gz")


if __name__ == "__main__":
    main()
