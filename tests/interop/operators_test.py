"""Operators between layers, and layers of sequences and attention: thaw gives Keras's predictions, and Keras opens what thaw
writes of them."""
import json
import tempfile

import keras
import numpy as np
import tf_keras
import tensorflow as tf
from keras import layers, ops
from networks import random_images
from program import THAW, check, predict, run


def with_operators():
    image = keras.Input((9, 8, 3), name="image")
    x = ops.subtract(image[..., ::-1] / 127.5, np.array([0.1, 0.2, 0.3], "float32"))
    red, green, blue = ops.split(x, 3, axis=-1)
    x = ops.concatenate([blue, green * 2.0, red], axis=-1)
    x = ops.pad(x, [[0, 0], [1, 1], [2, 1], [0, 0]], mode="reflect")
    x = layers.Conv2D(6, 3, name="conv")(x)
    x = x * ops.sigmoid(ops.mean(x, axis=(1, 2), keepdims=True))
    x = ops.gelu(x) + 2.0 ** ops.clip(x, -1, 1)
    x = x / (1.0 + abs(x)) - ops.max(x, axis=-1, keepdims=True)
    x = ops.normalize(ops.reshape(x, (-1, 81, 6)), axis=-1)
    return keras.Model(image, layers.Dense(4)(ops.mean(x, axis=1)))


def with_sequences():
    image = keras.Input((6, 8, 3), name="image")
    x = layers.Reshape((12, 12))(image)
    x = layers.Conv1D(8, 3, padding="causal", activation="mish")(x)
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 5, dropout=0.1, name="attention")(y, y)])
    x = layers.Add()([x, layers.MultiHeadAttention(2, 5, name="causal")(y, y, use_causal_mask=True)])
    x = layers.Add()([x, layers.GroupQueryAttention(3, 4, 2, sliding_window=4, name="grouped")(y, y, use_causal_mask=True)])
    x = layers.TimeDistributed(layers.Dense(8, activation="gelu"))(x)
    x = layers.SpectralNormalization(layers.Dense(8))(layers.MaxPooling1D(2)(x))
    x = layers.UnitNormalization()(layers.Identity()(x))
    x = layers.AlphaDropout(0.2)(layers.AveragePooling1D(2)(x))
    x = layers.Concatenate()([layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)])
    return keras.Model(image, layers.Dense(3)(x))


def with_random_layers():
    return keras.Sequential([
        keras.Input((6, 8, 3), name="image"), layers.RandAugment(value_range=(0, 255)), layers.RandomErasing(), layers.RandomHue(0.1),
        layers.RandomGrayscale(0.5), layers.AutoContrast(), layers.Pipeline([layers.RandomInvert(0.5), layers.Rescaling(1 / 255)]),
        layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3)])


def with_random_layers_called():
    """Called one by one, they write training=True into their calls."""
    image = keras.Input((6, 8, 3), name="image")
    x = image
    for layer in (layers.RandAugment(value_range=(0, 255)), layers.RandomErasing(), layers.RandomFlip(), layers.RandomHue(0.1),
                  layers.RandomGrayscale(0.5), layers.RandomInvert(0.5), layers.RandomZoom(0.2), layers.Dropout(0.5)):
        x = layer(x)
    return keras.Model(image, layers.Dense(3)(layers.Flatten()(layers.Conv2D(4, 3)(x / 255))))


def of_tf_keras():
    image = tf_keras.Input((9, 8, 3), name="image")
    x = tf_keras.applications.vgg16.preprocess_input(image) / 128.0
    x = tf_keras.layers.Conv2D(6, 3, activation="hard_sigmoid", name="conv")(tf.clip_by_value(x, -1.0, 1.0))
    x = x * tf.nn.relu6(x + 3.0) * (1.0 / 6.0)
    x = tf.math.l2_normalize(tf.reduce_mean(x, axis=[1, 2]), axis=-1)
    return tf_keras.Model(image, tf_keras.layers.Dense(4, name="head")(x))


def check_both_ways(folder, name, model, ending, opens_h5):
    x = 127.5 * (random_images(model, 6, seed=2) + 1)
    expected = model.predict(x, verbose=0)
    model.save(f"{folder}/{name}{ending}")
    check(f"{name}{ending}", predict(f"{folder}/{name}{ending}", x), expected)
    for form in (".keras", ".h5"):
        out = f"{folder}/{name}.again{form}"
        run(THAW, "convert", f"{folder}/{name}{ending}", out)
        check(f"{name}{ending} as {form}, by thaw", predict(out, x), expected)
        if form == ".keras" or opens_h5:
            check(f"{name}{ending} as {form}, by Keras", keras.models.load_model(out, compile=False).predict(x, verbose=0), expected)


def check_architecture_alone(folder, package, name):
    model = package.Sequential([package.layers.InputLayer((6, 8, 3)), package.layers.Conv2D(4, 3, activation="relu"),
                                package.layers.Flatten(), package.layers.Dense(3, name="head")])
    x = random_images(model, 6, seed=3)
    with open(f"{folder}/{name}.json", "w", encoding="utf8") as file:
        file.write(model.to_json())
    for ending in (".weights.h5", ".h5")[package is tf_keras:]:
        model.save_weights(f"{folder}/{name}{ending}") if ending == ".weights.h5" or package is tf_keras else model.save(
            f"{folder}/{name}{ending}")
        run(THAW, "convert", f"{folder}/{name}.json", f"{folder}/{name}.out.keras", "--weights", f"{folder}/{name}{ending}")
        check(f"{name}.json with {ending}", predict(f"{folder}/{name}.out.keras", x), model.predict(x, verbose=0))


def check_lambda(folder):
    inside = keras.Sequential([keras.Input((6, 8, 3)), layers.Rescaling(1 / 127.5, offset=-1, name="prep"),
                               layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3)])
    x = 127.5 * (random_images(inside, 6, seed=4) + 1)
    config = json.loads(inside.to_json())
    for entry in config["config"]["layers"]:
        if entry["config"]["name"] == "prep":
            entry["class_name"], entry["config"] = "Lambda", {"name": "prep", "function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}
    with open(f"{folder}/lambda.json", "w", encoding="utf8") as file:
        json.dump(config, file)
    inside.save_weights(f"{folder}/lambda.weights.h5")
    run(THAW, "convert", f"{folder}/lambda.json", f"{folder}/lambda.keras", "--weights", f"{folder}/lambda.weights.h5",
        "--lambda", "prep=x/127.5-1")
    check("a Lambda layer in words", predict(f"{folder}/lambda.keras", x), inside.predict(x, verbose=0))


if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    tf_keras.utils.set_random_seed(1)
    with tempfile.TemporaryDirectory() as scratch:
        check_both_ways(scratch, "operators", with_operators(), ".keras", False)
        check_both_ways(scratch, "sequences", with_sequences(), ".keras", True)
        check_both_ways(scratch, "sequences_h5", with_sequences(), ".h5", True)
        check_both_ways(scratch, "random", with_random_layers(), ".keras", True)
        check_both_ways(scratch, "random_called", with_random_layers_called(), ".keras", True)
        check_both_ways(scratch, "tf_keras", of_tf_keras(), ".h5", False)
        check_architecture_alone(scratch, keras, "keras_3")
        check_architecture_alone(scratch, tf_keras, "keras_2")
        check_lambda(scratch)
