"""Keras goes on with what `thaw fit` wrote: loads it, predicts the same, trains the same layers."""
import json
import tempfile

import keras
import numpy as np
from networks import mobilenet, nested_in, random_images, take_statistics
from program import THAW, check, draw_shapes, predict, run

IMAGE_SIZE = 96
UNFREEZE = 5


def small_net():
    """With a head for thaw to drop."""
    keras.utils.set_random_seed(1)
    image = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3))
    x = image
    for filters in (8, 16, 24):
        x = keras.layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(image, keras.layers.Dense(9, activation="softmax")(x))
    take_statistics(model, random_images(model, 16, seed=2))
    return model


def fit(folder, out, *base):
    history = f"{folder}/history.json"
    run(THAW, "fit", f"{folder}/images", *base, "--epochs", 1, "--fine-tune-epochs", 1, "--unfreeze",
        UNFREEZE, "--image-size", IMAGE_SIZE, "--batch-size", 8, "--out", out, "--history", history)
    with open(history) as file:
        return json.load(file)


def check_flags(model, history):
    base = nested_in(model)
    frozen, trained = base.layers[:-UNFREEZE], base.layers[-UNFREEZE:]
    # An input layer's flag is not in Keras's files.
    assert not any(layer.trainable for layer in frozen if layer.weights), "a frozen layer came back trainable"
    assert all(layer.trainable for layer in trained), "a trained layer came back frozen"
    count = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert count == history["stages"][1]["trainable_parameters"], (count, history["stages"][1])


def check_training_goes_on(model, x):
    frozen = [weight.numpy() for layer in nested_in(model).layers[:-UNFREEZE] for weight in layer.weights]
    labels = keras.utils.to_categorical(np.arange(len(x)) % 4, 4)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    log = model.fit(x, labels, epochs=1, batch_size=8, verbose=0).history
    assert np.isfinite(log["loss"]).all(), log
    after = [weight.numpy() for layer in nested_in(model).layers[:-UNFREEZE] for weight in layer.weights]
    assert all(np.array_equal(a, b) for a, b in zip(frozen, after)), "Keras trained a frozen layer"


def check_fit(folder, what, out, *base):
    history = fit(folder, out, *base)
    model = keras.models.load_model(out)
    x = random_images(model, 16, seed=7)
    check(f"{what} into {out.rsplit('.')[-1]}", predict(out, x), model.predict(x, verbose=0))
    check_flags(model, history)
    check_training_goes_on(model, x)


with tempfile.TemporaryDirectory() as scratch:
    draw_shapes(f"{scratch}/images", images=10, size=IMAGE_SIZE)
    small_net().save(f"{scratch}/small.h5")
    mobilenet(seed=1, include_top=False).save_weights(f"{scratch}/mobilenet.weights.h5")
    known = ("--base", "mobilenet_v2@alpha=0.35", "--weights", f"{scratch}/mobilenet.weights.h5")
    unknown = ("--base", f"{scratch}/small.h5", "--preprocessing", "tf")
    for form in ("keras", "h5"):
        check_fit(scratch, "a network thaw knows", f"{scratch}/known.{form}", *known)
        check_fit(scratch, "a network of Keras's", f"{scratch}/unknown.{form}", *unknown)
