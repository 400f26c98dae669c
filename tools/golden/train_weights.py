"""tests/golden/train/weights.txt: what Keras makes of sample weights, in training and in validation.

A Dense layer on ten samples, plain gradients, batches of four in their order: a line of logs an epoch, then the weights.
"""
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np

X = np.array([[(3 * i + 5 * k) % 7 - 3 for k in range(4)] for i in range(10)], "float32") / 4
LABELS = np.arange(10) % 3
WEIGHTS = np.array([0.5, 2, 0, 1, 3, 0.25, 1, 1, 4, 0.125], "float32")
CLASS_WEIGHT = np.array([1, 2.5, 1], "float32")


def rows(name, weights, validation_weights):
    image = keras.Input((4,))
    model = keras.Model(image, keras.layers.Dense(3, activation="softmax", name="head")(image))
    kernel = np.array([[(i + 2 * k) % 5 - 2 for k in range(3)] for i in range(4)], "float32") / 8
    model.set_weights([kernel, np.array([0.1, -0.2, 0], "float32")])
    model.compile(keras.optimizers.SGD(0.2), "categorical_crossentropy", metrics=["accuracy"])
    y = np.eye(3, dtype="float32")[LABELS]
    logs = model.fit(X, y, sample_weight=weights, batch_size=4, epochs=3, shuffle=False, verbose=0,
                     validation_data=(X[:7], y[:7], validation_weights)).history
    for epoch in range(3):
        numbers = [logs[key][epoch] for key in ("loss", "accuracy", "val_loss", "val_accuracy")]
        yield " ".join([f"{name}/{epoch}", *map(repr, map(float, numbers))])
    for weight, values in zip(("kernel", "bias"), model.get_weights()):
        yield " ".join([f"{name}/{weight}", *map(repr, map(float, values.ravel()))])


lines = [f"# keras {keras.__version__}"]
lines += rows("samples", WEIGHTS, WEIGHTS[:7])
# Keras refuses class weights beside sample weights, where their product is meant.
lines += rows("samples_and_classes", WEIGHTS * CLASS_WEIGHT[LABELS], WEIGHTS[:7])
folder = pathlib.Path(__file__).parents[2] / "tests/golden/train"
(folder / "weights.txt").write_text("\n".join(lines) + "\n")
