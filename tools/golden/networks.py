"""tests/golden/networks/: every network with weights from a seed, forward at two image sizes.

SqueezeNet (Iandola et al. 2016, version 1.1) is none of keras.applications; it is written out here with Keras's layers.
"""

import sys

import keras
import numpy as np

import philox
from golden import GoldenFile, range_of

L = keras.layers
A = keras.applications
SIZES = ((32, 32), (64, 48))
CLASSES = 10


def squeezenet(input_shape, include_top, weights, classes=CLASSES, pooling=None):
    # Keras 3 forbids "/" in names; set_weights() puts it back for "__".
    def conv(x, filters, size, name, **options):
        return L.Activation("relu")(L.Conv2D(filters, size, name=name, **options)(x))

    x = image = L.Input(input_shape)
    x = L.MaxPooling2D(3, 2)(conv(x, 64, 3, "conv1", strides=2))
    fires = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))
    for number, (squeeze, expand) in enumerate(fires, start=2):
        x = conv(x, squeeze, 1, f"fire{number}__squeeze1x1")
        x = L.Concatenate()([conv(x, expand, 1, f"fire{number}__expand1x1"),
                             conv(x, expand, 3, f"fire{number}__expand3x3", padding="same")])
        if number in (3, 5):
            x = L.MaxPooling2D(3, 2)(x)
    if include_top:
        x = conv(L.Dropout(0.5)(x), classes, 1, "conv10")
        x = L.Activation("softmax")(L.GlobalAveragePooling2D()(x))
    elif pooling == "avg":
        x = L.GlobalAveragePooling2D()(x)
    return keras.Model(image, x)


NETWORKS = {
    "mobilenet@alpha=0.25": lambda **o: A.MobileNet(alpha=0.25, **o),
    "mobilenet": A.MobileNet,
    "mobilenet_v2@alpha=0.35": lambda **o: A.MobileNetV2(alpha=0.35, **o),
    "mobilenet_v2": A.MobileNetV2,
    "mobilenet_v2@alpha=1.3": lambda **o: A.MobileNetV2(alpha=1.3, **o),
    "resnet50_v2": A.ResNet50V2,
    "resnet101_v2": A.ResNet101V2,
    "resnet152_v2": A.ResNet152V2,
    "squeezenet": squeezenet,
}


def set_weights(golden, model, seed, statistics):
    """In the order of layers; the golden file notes each weight under weight/layer/name."""
    index = -1
    for layer in model.layers:
        for weight in layer.weights:
            index += 1
            name = f"weight/{layer.name.replace('__', '/')}/{weight.name}"
            if name in statistics:
                golden.array(name, statistics[name])
                weight.assign(statistics[name])
                continue
            shape = tuple(weight.shape)
            is_depthwise = isinstance(layer, L.DepthwiseConv2D)
            low, high = range_of(weight.name, shape, is_depthwise)
            if layer.name.endswith("_3_conv") and weight.name == "kernel":
                # The end of a ResNet's residual branch. At full size the rounding of Keras's own float32 grows to
                # 2.6e-4 of ResNet152's largest output (against float64), past what is compared here.
                low, high = low / 4, high / 4
            weight.assign(golden.generated(name, shape, low, high, seed, index))


def measure_statistics(name, seed):
    """Moving means and variances as a batch has them.

    With random ones a deep network forgets its image: every layer adds the same to all images, and after fifty of
    them an error of the first is smaller than the rounding. Kept to 16 bits of mantissa, which compress better.
    """
    model = NETWORKS[name](input_shape=(64, 48, 3), weights=None, include_top=False)
    set_weights(GoldenFile(), model, seed, {})
    layers = [layer for layer in model.layers if isinstance(layer, L.BatchNormalization)]
    for layer in layers:
        layer.momentum = 0.0
    model(philox.uniform((8, 64, 48, 3), -1.0, 1.0, seed, 20000), training=True)
    return {f"weight/{layer.name}/{weight.name}": round_mantissa(np.asarray(weight))
            for layer in layers for weight in layer.weights if weight.name.startswith("moving")}


def round_mantissa(values):
    return ((values.view(np.uint32) + np.uint32(0x40)) & np.uint32(0xFFFFFF80)).view(np.float32)


def record(name, seed):
    golden = GoldenFile()
    golden.text("network", name)
    statistics = measure_statistics(name, seed)
    for number, size in enumerate(SIZES):
        prefix = f"size{number}/"
        for top in (False, True):
            options = dict(input_shape=(*size, 3), weights=None, include_top=top)
            if top:
                options["classes"] = CLASSES
            model = NETWORKS[name](**options)
            throwaway = GoldenFile()
            with_top = number == 0 and top
            set_weights(golden if with_top else throwaway, model, seed, statistics)
            x = throwaway.generated("x", (2, *size, 3), -1.0, 1.0, seed, 10000 + number)
            if not top:
                golden.generated(f"{prefix}x", (2, *size, 3), -1.0, 1.0, seed, 10000 + number)
            y = np.asarray(model(x, training=False))
            golden.array(prefix + ("top" if top else "features"), y)
            # How much of the output is the image's doing: a weight's error must show.
            print(name, size, top, y.shape, f"largest {np.max(np.abs(y)):.3g}",
                  f"deviation {np.std(y):.3g}, between images {np.std(y, axis=0).mean():.3g}", flush=True)
            if with_top:
                if name != "squeezenet":  # whose names are nobody's
                    golden.text("layers", " ".join(layer.name for layer in model.layers))
                golden.text("parameters", model.count_params())
            keras.backend.clear_session()
    golden.write(f"networks/{name}.golden.gz")


def main(names):
    for seed, name in enumerate(NETWORKS, start=1):
        if not names or name in names:
            record(name, seed)


if __name__ == "__main__":
    main(sys.argv[1:])
