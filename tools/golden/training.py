"""tests/golden/training/: losses and weights over three steps of the recipe.

What fit does under base(x, training=False) is run as a loop over model(x, training=False) with a gradient tape:
Keras 3.15's own fit ignores that argument, and freezing batch normalization instead would freeze gamma and beta
with it. The network has no dropout, so inference mode differs from the base's alone in nothing else.
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from golden import GoldenFile, range_of

L = keras.layers
BATCH, CLASSES, STEPS = 6, 4, 3


def small_base():
    """An inverted residual, as MobileNetV2 has them: every kind of layer that the recipe meets."""
    image = L.Input((12, 10, 3), name="image")
    x = L.ZeroPadding2D(((0, 1), (0, 1)), name="pad")(image)
    x = L.Conv2D(8, 3, strides=2, use_bias=False, name="conv1")(x)
    x = L.BatchNormalization(momentum=0.9, name="bn1")(x)
    x = skip = L.ReLU(6.0, name="relu1")(x)
    x = L.Conv2D(16, 1, use_bias=False, name="expand")(x)
    x = L.BatchNormalization(momentum=0.9, name="expand_bn")(x)
    x = L.ReLU(6.0, name="expand_relu")(x)
    x = L.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = L.BatchNormalization(momentum=0.9, name="depthwise_bn")(x)
    x = L.ReLU(6.0, name="depthwise_relu")(x)
    x = L.Conv2D(8, 1, use_bias=False, name="project")(x)
    x = L.BatchNormalization(momentum=0.9, name="project_bn")(x)
    x = L.Add(name="add")([skip, x])
    # Padded: through an unpadded convolution into batch statistics, project_bn's beta would have no gradient but
    # rounding, which Adam would make a step of.
    x = L.Conv2D(12, 3, padding="same", use_bias=False, name="conv2")(x)
    x = L.BatchNormalization(momentum=0.9, name="bn2")(x)
    return keras.Model(image, L.ReLU(6.0, name="relu2")(x), name="base")


OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(1e-3),
    "sgd": lambda: keras.optimizers.SGD(0.01),
    "sgd_momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    "sgd_nesterov": lambda: keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
}


def set_trainable(base, which):
    base.trainable = which != "head"
    if which == "top5":
        for layer in base.layers[:-5]:
            layer.trainable = False


def record(golden, prefix, which, training, optimizer_name):
    base = small_base()
    set_trainable(base, which)
    image = L.Input((12, 10, 3))
    x = L.GlobalAveragePooling2D(name="pool")(base(image, training=False) if not training else base(image))
    model = keras.Model(image, L.Dense(CLASSES, activation="softmax", name="output_layer")(x))
    weights = [(f"{layer.name}/{weight.name}", weight, isinstance(layer, L.DepthwiseConv2D))
               for layer in base.layers + [model.get_layer("output_layer")] for weight in layer.weights]
    for i, (name, weight, is_depthwise) in enumerate(weights):
        shape = tuple(weight.shape)
        weight.assign(golden.generated(f"{prefix}before/{name}", shape, *range_of(weight.name, shape, is_depthwise), 7, i))
    golden.text(prefix + "which", which)
    golden.text(prefix + "training", int(training))
    golden.text(prefix + "optimizer", optimizer_name)
    optimizer = OPTIMIZERS[optimizer_name]()
    losses = []
    for step in range(STEPS):
        x = golden.generated(f"{prefix}step{step}/x", (BATCH, 12, 10, 3), -1.0, 1.0, 8, step)
        y = np.eye(CLASSES, dtype=np.float32)[(np.arange(BATCH) * 7 + step) % CLASSES]
        golden.array(f"{prefix}step{step}/y", y)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.categorical_crossentropy(y, model(x, training=training)))
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        losses.append(float(loss))
        for name, weight, _ in weights:
            if weight.trainable or "moving" in weight.name:
                golden.array(f"{prefix}step{step}/after/{name}", weight)
    golden.array(prefix + "losses", losses)
    golden.text(prefix + "trainable", sum(int(np.prod(v.shape)) for v in model.trainable_variables))


def main():
    golden = GoldenFile()
    runs = [(which, training, "adam") for which in ("head", "top5", "all") for training in (False, True)]
    runs += [("all", training, name) for name in ("sgd", "sgd_momentum", "sgd_nesterov") for training in (False, True)]
    golden.text("runs", len(runs))
    for i, run in enumerate(runs):
        record(golden, f"run{i}/", *run)
    golden.write("training/recipe.golden.gz")


if __name__ == "__main__":
    main()
