"""tests/golden/families/: networks with weights from a seed: outputs with and without top, and of a network of every
family the gradients of some weights.

Nothing is stored of weights and statistics but the seed and the bounds of the uniform numbers that each is made of. The
bounds are measured, layer by layer on the way up, so that every convolution's output and every normalization's has a
deviation near 1: then a deep network still tells one image from another, and an error in any weight shows. How far two
images' outputs lie apart is recorded; the test wants it far above the tolerance.
"""

import functools
import re
import sys

from golden import GoldenFile, range_of  # first: sets the environment
import keras
import numpy as np
import tensorflow as tf

import efficientnet_lite
import networks
import philox

L = keras.layers
A = keras.applications
CLASSES = 10
CELLS = 4  # a side: an image is so many cells of one colour each, so that two images differ in more than noise
NORMALIZATIONS = (L.BatchNormalization, L.Normalization)


def network(build, least=32, **options):
    return lambda **more: build(**options, **more), (least + 13, least + 30)


# By command-line name: those whose gradients are recorded too.
FAMILIES = {
    "vgg16": network(A.VGG16),
    "resnet50": network(A.ResNet50),
    "densenet121": network(A.DenseNet121),
    "xception": network(A.Xception, 71),
    "inception_v3": network(A.InceptionV3, 75),
    "inception_resnet_v2": network(A.InceptionResNetV2, 75),
    "mobilenet_v3_small": network(A.MobileNetV3Small),
    "mobilenet_v3_large@alpha=0.75": network(A.MobileNetV3Large, alpha=0.75),
    "mobilenet_v3_small@minimalistic=true": network(A.MobileNetV3Small, minimalistic=True),
    "mobilenet_v3_small@include_preprocessing=false": network(A.MobileNetV3Small, include_preprocessing=False),
    "nasnet_mobile": network(A.NASNetMobile),
    "efficientnet_b0": network(A.EfficientNetB0),
    "efficientnet_v2_b0": network(A.EfficientNetV2B0),
    "efficientnet_v2_s": network(A.EfficientNetV2S),
    "convnext_tiny": network(A.ConvNeXtTiny),
    "squeezenet": network(networks.squeezenet),
    "efficientnet_lite0": network(efficientnet_lite.efficientnet_lite(0)),
    "mobilenet": network(A.MobileNet),
    "mobilenet_v2": network(A.MobileNetV2),
    "resnet50_v2": network(A.ResNet50V2),
}
# Their larger members, and the default where a family's line above has options.
MEMBERS = {
    "mobilenet_v3_large": network(A.MobileNetV3Large),
    "vgg19": network(A.VGG19),
    "resnet101_v2": network(A.ResNet101V2),
    "resnet152_v2": network(A.ResNet152V2),
    "resnet101": network(A.ResNet101),
    "resnet152": network(A.ResNet152),
    "densenet169": network(A.DenseNet169),
    "densenet201": network(A.DenseNet201),
    "nasnet_large": network(A.NASNetLarge),
    "efficientnet_b1": network(A.EfficientNetB1),
    "efficientnet_b2": network(A.EfficientNetB2),
    "efficientnet_b3": network(A.EfficientNetB3),
    "efficientnet_b4": network(A.EfficientNetB4),
    "efficientnet_b5": network(A.EfficientNetB5),
    "efficientnet_b6": network(A.EfficientNetB6),
    "efficientnet_b7": network(A.EfficientNetB7),
    "efficientnet_v2_b1": network(A.EfficientNetV2B1),
    "efficientnet_v2_b2": network(A.EfficientNetV2B2),
    "efficientnet_v2_b3": network(A.EfficientNetV2B3),
    "efficientnet_v2_m": network(A.EfficientNetV2M),
    "efficientnet_v2_l": network(A.EfficientNetV2L),
    "convnext_small": network(A.ConvNeXtSmall),
    "convnext_base": network(A.ConvNeXtBase),
    "convnext_large": network(A.ConvNeXtLarge),
    "convnext_xlarge": network(A.ConvNeXtXLarge),
} | {f"efficientnet_lite{i}": network(efficientnet_lite.efficientnet_lite(i)) for i in range(1, 5)}
NETWORKS = FAMILIES | MEMBERS


def pictures(golden, name, size, count, low, high, seed):
    cells = golden.generated(name, (count, CELLS, CELLS, 3), low, high, seed, 100000)
    rows = np.arange(size[0]) * CELLS // size[0]
    columns = np.arange(size[1]) * CELLS // size[1]
    return cells[:, rows][:, :, columns]


def leaves(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        else:
            yield layer


def name_of(layer, weight):
    """ConvNeXt's own layer leaves the naming of its weight to Keras, which says "variable"; SqueezeNet's "/" is not
    allowed in Keras 3."""
    return f"{layer.name.replace('__', '/')}/{'gamma' if type(layer).__name__ == 'LayerScale' else weight.name}"


def three_digits(x):
    return float(np.float32(f"{x:.3g}"))


class Bounds:
    """Gives each weight its numbers, once its layer's input is known."""

    def __init__(self, golden, seed):
        self.golden, self.seed, self.count = golden, seed, 0
        self.known = {}

    def assign(self, layer, weight, low, high):
        name = "weight/" + name_of(layer, weight)
        if name not in self.known:
            self.known[name] = self.golden.generated(name, tuple(weight.shape), three_digits(low), three_digits(high),
                                                     self.seed, self.count)
            self.count += 1
        weight.assign(self.known[name])

    def settle(self, layer, inputs, call):
        if all("weight/" + name_of(layer, weight) in self.known for weight in layer.weights):
            for weight in layer.weights:
                self.assign(layer, weight, 0, 0)
        elif isinstance(layer, NORMALIZATIONS):
            x = np.asarray(inputs)
            self.assign_statistics(layer, float(x.mean()), float(x.var()))
        else:
            self.assign_kernels(layer, call, inputs)
        if isinstance(layer, L.Normalization):
            layer.finalize_state()

    def assign_statistics(self, layer, mean, variance):
        deviation = variance ** 0.5
        for weight in layer.weights:
            low, high = range_of(weight.name, tuple(weight.shape))
            if weight.name == "gamma" and re.fullmatch(r"block\d[b-z]_project_bn", layer.name):
                # The end of an EfficientNet's residual branch. At full size what thaw and Keras round differently grows
                # to 6e-4 of B6's outputs, past what is compared.
                low, high = low / 4, high / 4
            elif weight.name.endswith("mean"):
                low, high = mean - 0.1 * deviation, mean + 0.1 * deviation
            elif weight.name.endswith("variance"):
                low, high = 0.8 * variance, 1.2 * variance
            self.assign(layer, weight, low, high)

    def assign_kernels(self, layer, call, inputs):
        """Biases of 0.1 and kernels that make the rest of the output's deviation 1."""
        last = next((weight for weight in layer.weights if weight.name in ("kernel", "pointwise_kernel")), None)
        for weight in layer.weights:
            bounds = range_of(weight.name, tuple(weight.shape), isinstance(layer, L.DepthwiseConv2D))
            if type(layer).__name__ == "LayerScale":
                bounds = 0.2, 0.4
            if weight is not last:
                self.assign(layer, weight, *bounds)
        if last is None:
            return
        activation, layer.activation = layer.activation, keras.activations.linear
        bounds = range_of(last.name, tuple(last.shape), isinstance(layer, L.DepthwiseConv2D))
        last.assign(philox.uniform(tuple(last.shape), *bounds, self.seed, self.count))
        deviation = float(np.std(np.asarray(call(inputs))))
        layer.activation = activation
        self.assign(layer, last, bounds[0] / deviation, bounds[1] / deviation)


def settled_first(bounds, layer, call):
    @functools.wraps(call)
    def settle_and_call(inputs, *arguments, **options):
        bounds.settle(layer, inputs, call)
        return call(inputs, *arguments, **options)

    return settle_and_call


def settle(model, bounds, x):
    """Runs `model`, and at each layer gives its weights their numbers."""
    for layer in leaves(model):
        if not layer.weights:
            continue
        layer.call = settled_first(bounds, layer, layer.call)
    model(x, training=False)
    for layer in leaves(model):
        layer.__dict__.pop("call", None)


def apart(y):
    """How far the outputs for two images lie from each other, of the largest output."""
    return float(np.max(np.abs(y[0] - y[1])) / np.max(np.abs(y)))


def record_gradients(golden, model, x, seed):
    """Of the sum of outputs, each times a random number: of small weights all along the way."""
    y = model(x, training=False)
    factors = golden.generated("factors", tuple(y.shape), -1.0, 1.0, seed, 100001)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(model(x, training=False) * factors)
    weights = [(layer, weight) for layer in leaves(model) for weight in layer.trainable_weights
               if np.prod(weight.shape) <= 1000]
    chosen = [weights[i] for i in sorted(set(np.linspace(0, len(weights) - 1, 12).astype(int)))]
    for (layer, weight), gradient in zip(chosen, tape.gradient(total, [weight.value for _, weight in chosen])):
        golden.array("gradient/" + name_of(layer, weight), gradient)


def record(name, seed):
    build, size = NETWORKS[name]
    golden = GoldenFile()
    golden.text("size", f"{size[0]} {size[1]}")
    bounds = Bounds(golden, seed)
    images = None
    for top in (True, False):
        keras.backend.clear_session()
        options = {"classes": CLASSES} if top else {"pooling": "avg"}
        model = build(input_shape=(*size, 3), weights=None, include_top=top, **options)
        if top:
            takes_pixels = isinstance(model.layers[1], (L.Rescaling, L.Normalization))
            low, high = (0.0, 255.0) if takes_pixels else (-1.0, 1.0)
            images = pictures(golden, "cells", size, 2, low, high, seed)
        settle(model, bounds, images)
        y = np.asarray(model(images, training=False))
        golden.array("top" if top else "features", y)
        golden.text("apart/" + ("top" if top else "features"), f"{apart(y):.3g}")
        print(name, top, y.shape, f"largest {np.max(np.abs(y)):.3g}, images apart {apart(y):.3g}", flush=True)
        if top and name in FAMILIES:
            record_gradients(golden, model, images, seed)
    golden.write(f"families/{name}.golden.gz")


if __name__ == "__main__":
    for number, network_name in enumerate(NETWORKS, start=1):
        if len(sys.argv) == 1 or network_name in sys.argv[1:]:
            record(network_name, number)
