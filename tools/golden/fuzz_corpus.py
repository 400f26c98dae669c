"""tests/fuzz/corpus/: what fuzzing of .h5 and .keras files starts from.

Small files that Keras wrote (good_…), and files made to do harm: layers in a circle, huge shapes, wrong types, names that
lead out of the folder, members that are not what they say.
"""

import io
import json
import os
import zipfile

from golden import FOLDER
import h5py
import keras
import numpy as np
from keras import layers

CORPUS = os.path.join(FOLDER, "..", "fuzz", "corpus")


def chain():
    return keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 2), layers.Flatten(),
                             layers.Dense(2, activation="softmax")], name="chain")


def graph():
    image = keras.Input((4, 4, 1), name="image")
    shared = layers.Conv2D(1, 3, padding="same", name="shared")
    inside = keras.Input((4, 4, 1))
    base = keras.Model(inside, layers.BatchNormalization()(inside), name="base")
    x = layers.Add()([shared(shared(image)), base(image, training=False)])
    return keras.Model(image, layers.GlobalAveragePooling2D()(x), name="graph")


def path(kind, name):
    os.makedirs(os.path.join(CORPUS, kind), exist_ok=True)
    return os.path.join(CORPUS, kind, f"{name}.{kind}")


def write_good():
    for make in (chain, graph):
        model = make()
        model.compile("adam", "mean_squared_error", metrics=["accuracy"])
        x = np.ones((2, 4, 4, 1), "float32")
        model.fit(x, np.zeros((2, *model.output_shape[1:])), verbose=0)
        for kind in ("keras", "h5"):  # the other way round Keras 3.15 loses the optimizer
            model.save(path(kind, f"good_{model.name}"))


def write_keras(name, config, weights, more=()):
    with zipfile.ZipFile(path("keras", name), "w") as file:
        for member, content in (("config.json", config), ("model.weights.h5", weights), *more):
            if content is not None:
                file.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), content)


def write_h5(name, config, change=lambda file: None):
    with h5py.File(path("h5", name), "w") as file:
        file.attrs["model_config"] = config
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([b"conv2d"])
        layer = group.create_group("conv2d")
        layer.attrs["weight_names"] = np.array([b"kernel"])
        layer["kernel"] = np.zeros((2, 2), "float32")
        change(file)


def relu(name, source):
    return {"class_name": "ReLU", "name": name, "config": {"name": name}, "inbound_nodes": [[[source, 0, 0, {}]]]}


def functional(*entries, output):
    image = {"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [None, 4], "name": "in"},
             "inbound_nodes": []}
    return json.dumps({"class_name": "Functional", "config": {
        "name": "hostile", "layers": [image, *entries], "input_layers": [["in", 0, 0]], "output_layers": [[output, 0, 0]]}})


def hostile_configs():
    dense = {"class_name": "Dense", "name": "dense", "config": {"name": "dense", "units": 2**47},
             "inbound_nodes": [[["in", 0, 0, {}]]]}
    wrong = {"class_name": ["Dense"], "name": {"a": 1}, "config": 7, "inbound_nodes": "none"}
    return {
        "circle": functional(relu("a", "b"), relu("b", "a"), output="b"),
        "itself": functional(relu("a", "a"), output="a"),
        "huge": functional(dense, output="dense"),
        "wrong_types": functional(wrong, output="a"),
        "deep": "[" * 300 + "]" * 300,
        "no_json": "\x7f{",
    }


def weights_of(kind):
    with zipfile.ZipFile(path("keras", f"good_{kind}")) as file:
        return file.read("config.json").decode(), file.read("model.weights.h5")


def no_weights():
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.create_group("layers")
    return memory.getvalue()


def write_hostile():
    config, weights = weights_of("chain")
    for name, hostile in hostile_configs().items():
        write_keras(name, hostile, no_weights())
        write_h5(name, hostile)
    write_keras("no_weights", config, None)
    write_keras("leads_out", None, None, [("../config.json", config), ("/model.weights.h5", no_weights())])
    write_keras("weights_of_another", weights_of("graph")[0], no_weights())
    write_keras("cut_weights", config, weights[: len(weights) // 2])
    with h5py.File(path("h5", "good_chain")) as file:
        config = file.attrs["model_config"]

    def huge_dataset(file):
        kernel = file["model_weights/conv2d"]
        del kernel["kernel"]
        kernel.create_dataset("kernel", (2**40,), "float32", chunks=(2**20,), compression="gzip")

    def elsewhere(file):
        del file["model_weights/conv2d/kernel"]
        file["model_weights/conv2d/kernel"] = h5py.ExternalLink("/etc/passwd", "/")

    def names_of_numbers(file):
        file["model_weights"].attrs["layer_names"] = np.arange(4)

    for change in (huge_dataset, elsewhere, names_of_numbers):
        write_h5(change.__name__, config, change)


if __name__ == "__main__":
    keras.utils.set_random_seed(4)
    write_good()
    write_hostile()
    for folder, _, names in os.walk(CORPUS):
        for name in sorted(names):
            print(name, os.path.getsize(os.path.join(folder, name)))
