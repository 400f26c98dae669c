"""thaw predict shows the probabilities that Keras's outputs stand for, by the loss they were compiled with."""
import json
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses
from program import THAW, run

SIZE = 32


def softmax(x):
    exponents = np.exp(x - x.max(-1, keepdims=True))
    return exponents / exponents.sum(-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def of_two(p):
    """One column is the second of two classes."""
    return np.concatenate([1 - p, p], -1)


# units, last activation, loss, what a guess's number is called, and what Keras's outputs become
PATTERNS = [
    (3, "softmax", "categorical_crossentropy", "probability", lambda y: y),
    (3, "softmax", losses.CategoricalFocalCrossentropy(), "probability", lambda y: y),
    (3, None, losses.CategoricalCrossentropy(from_logits=True), "probability", softmax),
    (3, None, losses.SparseCategoricalCrossentropy(from_logits=True), "probability", softmax),
    (3, None, losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), "probability", softmax),
    (3, None, [losses.CategoricalCrossentropy(from_logits=True)], "probability", softmax),
    (3, None, {"out": losses.CategoricalCrossentropy(from_logits=True)}, "probability", softmax),
    (3, None, losses.BinaryCrossentropy(from_logits=True), "probability", sigmoid),
    (3, "sigmoid", "binary_crossentropy", "probability", lambda y: y),
    (1, "sigmoid", "binary_crossentropy", "probability", of_two),
    (1, "sigmoid", losses.BinaryFocalCrossentropy(), "probability", of_two),
    (1, None, losses.BinaryCrossentropy(from_logits=True), "probability", lambda y: of_two(sigmoid(y))),
    (1, None, losses.BinaryFocalCrossentropy(from_logits=True), "probability", lambda y: of_two(sigmoid(y))),
    (1, None, "hinge", "score", lambda y: np.concatenate([-y, y], -1)),
    (1, "tanh", losses.SquaredHinge(), "score", lambda y: np.concatenate([-y, y], -1)),
    (3, None, losses.CategoricalHinge(), "score", lambda y: y),
    (3, None, losses.MeanSquaredError(), "score", lambda y: y),
    (3, "tanh", "mse", "score", lambda y: y),
    (3, None, None, "score", lambda y: y),
    (1, None, "mse", "value", lambda y: y),
    (1, None, losses.Huber(), "value", lambda y: y),
    (1, None, "mae", "value", lambda y: y),
]


def network(units, activation, loss):
    image = keras.Input((SIZE, SIZE, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = layers.Conv2D(6, 3, strides=4, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(image, layers.Dense(units, activation=activation, name="out")(x))
    if loss is not None:
        model.compile(optimizer="adam", loss=loss)
    return model


def shown(model_file, folder, number):
    """Each image's numbers in the order of the classes."""
    rows = []
    for line in run(THAW, "predict", model_file, folder, "--json").splitlines():
        guesses = json.loads(line)["predictions"]
        assert all(number in guess for guess in guesses), f"{model_file}: expected {number}, received {line}"
        guesses.sort(key=lambda guess: guess.get("class", ""))
        rows.append([guess[number] for guess in guesses])
    return np.array(rows)


def check_patterns(folder):
    images = np.random.default_rng(5).integers(0, 256, (4, SIZE, SIZE, 3), dtype=np.uint8)
    for i, image in enumerate(images):
        tf.io.write_file(f"{folder}/images/{i}.png", tf.io.encode_png(image))
    for i, (units, activation, loss, number, meaning) in enumerate(PATTERNS):
        keras.utils.set_random_seed(i)
        model = network(units, activation, loss)
        expected = meaning(model.predict(images.astype("float32"), verbose=0))
        for ending in (".keras", ".h5"):
            model.save(f"{folder}/model{ending}")
            received = shown(f"{folder}/model{ending}", f"{folder}/images", number)
            difference = np.abs(received - expected).max()
            what = f"{units} units, {activation}, {loss if isinstance(loss, str) else type(loss).__name__}{ending}"
            print(f"{what}: {number}, largest difference {difference:.1e}")
            assert received.shape == expected.shape and difference < 1e-4


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        check_patterns(temporary)
