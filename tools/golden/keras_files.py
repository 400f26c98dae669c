"""tests/golden/keras_files/: files that this Keras wrote, and what it made of them.

Run it once in each Keras whose files are to be read: the folder is named by its version. Beside each file, whole.golden.gz
has a batch, what the model says of it, and what it says after one more step of training from the file's own state.
averaged.golden.gz has the same of optimizers that keep averages of weights. Each alone: `keras_files.py averaged`.
"""

import gzip
import os
import sys

from golden import FOLDER, GoldenFile
import keras
import numpy as np
from keras import layers

SHAPE = (6, 6, 2)
IS_OLD = keras.__version__.startswith("2.")
HOME = f"keras_files/{'.'.join(keras.__version__.split('.')[:2])}"


def functional():
    """A layer called twice, a batch normalization that trains, one that is frozen."""
    image = keras.Input(SHAPE, name="image")
    twice = layers.Conv2D(2, 3, padding="same", activation="tanh", name="twice")
    x = twice(twice(image))
    x = layers.BatchNormalization(momentum=0.8, name="trained")(x)
    x = layers.Add(name="sum")([x, image])
    x = layers.BatchNormalization(name="frozen", trainable=False)(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, layers.Dense(3, activation="softmax", name="head")(x), name="functional")


def sequential():
    return keras.Sequential([
        keras.Input(SHAPE, name="image"),
        layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", name="depthwise"),
        layers.Flatten(name="flat"),
        layers.Dense(3, activation="softmax", name="head"),
    ], name="sequential")


def nested():
    """A Sequential in a Functional in a Functional, the innermost frozen.

    The normalization too: Keras 3 up to 3.15 ignores training=False in fit().
    """
    innermost = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(2, 1, name="first")], name="innermost")
    innermost.trainable = False
    inside = keras.Input(SHAPE, name="inside")
    x = layers.Conv2D(3, 3, name="conv")(innermost(inside))
    base = keras.Model(inside, layers.BatchNormalization(name="norm", trainable=False)(x), name="base")
    image = keras.Input(SHAPE, name="image")
    x = layers.GlobalMaxPooling2D(name="pool")(base(image, training=False))
    return keras.Model(image, layers.Dense(3, activation="softmax", name="head")(x), name="nested")


def optimizers():
    legacy = {"functional_legacy": (functional, keras.optimizers.legacy.Adam(0.01))} if IS_OLD else {}
    return {
        "functional": (functional, keras.optimizers.Adam(0.01)),
        "sequential": (sequential, keras.optimizers.SGD(0.05, momentum=0.9)),
        "nested": (nested, keras.optimizers.RMSprop(0.01)),
        **legacy,
    }


def keep(path):
    """Zips the file, for the repository."""
    with open(path, "rb") as plain:
        content = plain.read()
    target = os.path.join(FOLDER, HOME, os.path.basename(path) + ".gz")
    with open(target, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(content)
    os.remove(path)
    print(os.path.basename(path), len(content), os.path.getsize(target))


def write(name, model, optimizer, golden, stream):
    x = golden.generated(f"{name}/x", (8, *SHAPE), -1.0, 1.0, 5, stream)
    y = np.eye(3, dtype="float32")[np.arange(8) % 3]
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    step = lambda: model.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    for _ in range(3):
        step()
    scratch = os.path.join(FOLDER, HOME, name)
    if "legacy" not in name:
        model.save(scratch + ".keras")
        keep(scratch + ".keras")
        if "averaged" not in name:
            weights = scratch + (".weights_only.h5" if IS_OLD else ".weights.h5")
            model.save_weights(weights)
            keep(weights)
    # Last: Keras 3.15 leaves the optimizer out of every .keras file that it writes after an .h5 file.
    model.save(scratch + ".h5")
    keep(scratch + ".h5")
    golden.array(f"{name}/before", model.predict(x, verbose=0))
    step()
    golden.array(f"{name}/after", model.predict(x, verbose=0))
    golden.text(f"{name}/parameters", model.count_params())


def averaging():
    """The same models with optimizers that keep a moving average of the weights."""
    return {
        "averaged_adam": (functional, keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.7)),
        "averaged_sgd": (sequential, keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5,
                                                          ema_overwrite_frequency=2)),
    }


def write_all(file, models):
    golden = GoldenFile()
    for index, (name, (make, optimizer)) in enumerate(models.items()):
        write(name, make(), optimizer, golden, index)
    golden.write(f"{HOME}/{file}.golden.gz")


if __name__ == "__main__":
    os.makedirs(os.path.join(FOLDER, HOME), exist_ok=True)
    for file, models in {"whole": optimizers, "averaged": averaging}.items():
        if sys.argv[1:] and file not in sys.argv[1:]:
            continue
        keras.utils.set_random_seed(3)
        write_all(file, models())
