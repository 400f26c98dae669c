"""A model that is being trained goes from Keras to thaw and back, and from thaw to Keras and back, without a break.

Each network of NETWORKS, with one of Keras's optimizers: what either side reads predicts the same, and the next steps
give the weights that Keras gets when it goes on in one process.
"""
import json
import sys
import tempfile

import keras
import numpy as np
from keras.src.applications import convnext, inception_resnet_v2
from networks import NETWORKS, random_images
from program import BUILD, THAW, check, predict, run

TRAIN = BUILD / "thaw_interop_train"
OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(1e-3),
    "adamw": lambda: keras.optimizers.AdamW(1e-3, weight_decay=0.01),
    "rmsprop": lambda: keras.optimizers.RMSprop(1e-4),
    "averaged": lambda: keras.optimizers.Adam(1e-3, use_ema=True, ema_momentum=0.9),
    "sgd": lambda: keras.optimizers.SGD(1e-2),
    "momentum": lambda: keras.optimizers.SGD(1e-2, momentum=0.9, nesterov=True, clipnorm=1.0),
}


# Keras does not find these in an .h5 file by itself, its own included.
OF_ONE_NETWORK = {
    "LayerScale": convnext.LayerScale,
    "StochasticDepth": convnext.StochasticDepth,
    "CustomScaleLayer": inception_resnet_v2.CustomScaleLayer,
}


class Batch:
    def __init__(self, model, count=6):
        self.x = random_images(model, count, seed=9)
        classes = model.output_shape[-1]
        self.y = np.eye(classes, dtype="float32")[np.arange(count) % classes]

    def write(self, folder):
        self.x.tofile(f"{folder}/x.f32")
        self.y.tofile(f"{folder}/y.f32")

    def train(self, model, steps=1):
        model.fit(self.x, self.y, batch_size=len(self.x), epochs=steps, shuffle=False, verbose=0)


def thaw_trains(folder, source, target, steps=1):
    run(TRAIN, source, f"{folder}/x.f32", f"{folder}/y.f32", steps, target)


def weights(model):
    return [weight.numpy().copy() for weight in model.weights]


def check_steps(what, before, expected, received):
    """The difference of what both sides changed, relative to the change: a step of Adam divides small numbers."""
    change = np.sqrt(sum(np.square(e - b).sum() for e, b in zip(expected, before)))
    error = np.sqrt(sum(np.square(e - r).sum() for e, r in zip(expected, received)))
    print(f"{what}: the change of the weights differs by {error / change:.1e} of itself")
    assert change > 0 and error / change < 5e-3, f"{what}: {error} of {change}"
    untouched = [np.array_equal(e, b) for e, b in zip(expected, before)]
    moved = [not np.array_equal(r, b) for r, b in zip(received, before)]
    assert not any(u and m for u, m in zip(untouched, moved)), f"{what}: a frozen weight moved"


def check_state(what, expected, received):
    assert int(expected.iterations) == int(received.iterations), (what, expected.iterations, received.iterations)
    assert len(expected.variables) == len(received.variables), what
    for one, other in zip(expected.variables, received.variables):
        one, other = np.asarray(one), np.asarray(other)
        assert one.shape == other.shape, (what, one.shape, other.shape)
        scale = np.abs(one).max() + 1e-12
        assert np.abs(one - other).max() / scale < 2e-3, (what, np.abs(one - other).max(), scale)


def check_network(folder, name, make, optimizer_name):
    model = make()
    model.compile(OPTIMIZERS[optimizer_name](), "categorical_crossentropy", metrics=["accuracy"])
    batch = Batch(model)
    batch.write(folder)
    batch.train(model, steps=2)
    trained = weights(model)
    expected = model.predict(batch.x, verbose=0)
    for form in ("keras", "h5"):
        model.save(f"{folder}/keras.{form}")
        check(f"{name}, Keras to thaw, {form}", predict(f"{folder}/keras.{form}", batch.x), expected)
        thaw_trains(folder, f"{folder}/keras.{form}", f"{folder}/thaw_{form}.keras")
    thaw_trains(folder, f"{folder}/keras.keras", f"{folder}/thaw.h5")

    batch.train(model)  # Keras in one process, step 3
    third = weights(model)
    for file in ("thaw_keras.keras", "thaw_h5.keras", "thaw.h5"):
        what = f"{name}, {optimizer_name}, {file}"
        back = keras.models.load_model(f"{folder}/{file}", custom_objects=OF_ONE_NETWORK)
        assert type(back) is type(model), (what, type(back))
        # Keras writes x + 3 between layers too, which is a layer in thaw.
        names = [layer.name for layer in model.layers]
        assert [layer.name for layer in back.layers if layer.name in names] == names, what
        check(f"{what}: thaw to Keras", back.predict(batch.x, verbose=0), predict(f"{folder}/{file}", batch.x))
        check_steps(f"{what}: step 3", trained, third, weights(back))
        if file.endswith(".keras"):
            check_state(what, model.optimizer, back.optimizer)
        else:  # Keras cannot take up the state of an .h5 file, its own included; but it can train
            batch.train(back)

    back = keras.models.load_model(f"{folder}/thaw_keras.keras")
    batch.train(model)  # step 4, in one process and after the detour
    batch.train(back)
    check_steps(f"{name}, {optimizer_name}: step 4", third, weights(model), weights(back))
    check_nothing_lost(folder, name, batch)


def summary(file):
    """Without the flag of a Sequential itself, which Keras does not read again; its layers have theirs."""
    told = json.loads(run(THAW, "summary", file, "--json"))
    for layer in told["layers"]:
        if layer["class"] == "Sequential":
            del layer["trainable"]
    return told


def check_nothing_lost(folder, name, batch):
    """thaw -> Keras -> thaw, and through thaw convert: the same weights, optimizer and graph."""
    keras.models.load_model(f"{folder}/thaw_keras.keras").save(f"{folder}/again.keras")
    run(THAW, "convert", f"{folder}/again.keras", f"{folder}/converted.h5")
    run(THAW, "convert", f"{folder}/converted.h5", f"{folder}/converted.keras")
    expected = summary(f"{folder}/thaw_keras.keras")
    thaw_trains(folder, f"{folder}/thaw_keras.keras", f"{folder}/next.keras", steps=2)
    goal = predict(f"{folder}/next.keras", batch.x)
    for file in ("again.keras", "converted.h5", "converted.keras"):
        assert summary(f"{folder}/{file}") == expected, (name, file)
        thaw_trains(folder, f"{folder}/{file}", f"{folder}/next.keras", steps=2)
        assert np.array_equal(goal, predict(f"{folder}/next.keras", batch.x)), f"{name}: {file} trains otherwise"
    print(f"{name}: thaw to Keras to thaw and converted: trains on to the same bits")


wanted = sys.argv[1:] or NETWORKS
for index, network in enumerate(NETWORKS):
    if network in wanted:
        with tempfile.TemporaryDirectory() as scratch:
            check_network(scratch, network, NETWORKS[network], list(OPTIMIZERS)[index % len(OPTIMIZERS)])
