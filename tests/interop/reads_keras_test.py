"""thaw reads what Keras wrote: .h5, .keras and .weights.h5 give Keras's own predictions."""
import tempfile

import keras
from keras import layers
from networks import mobilenet, nested_in, random_images, take_statistics
from program import THAW, check, draw_shapes, predict, run


def small_net():
    """Each layer kind with an argument that is not its default."""
    image = keras.Input((33, 29, 3), name="image")
    x = layers.Rescaling(1.5, offset=-0.2)(image)
    x = layers.ZeroPadding2D(((0, 1), (2, 1)))(x)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(scale=False, epsilon=1e-4)(x)
    x = layers.ReLU(6.0, negative_slope=0.1)(x)
    y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(8, 1, activation="linear")(y)
    x = layers.Add()([x, y])
    y = layers.SeparableConv2D(12, 3, dilation_rate=2, padding="same", activation="relu")(x)
    x = layers.Concatenate()([x, y])
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(20, 3, groups=4, activation="swish")(x)
    x = layers.Dropout(0.3)(x)
    y = layers.AveragePooling2D(2)(x)
    y = layers.Flatten()(y)
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x), y])
    return keras.Model(image, layers.Dense(5, activation="softmax", name="output_layer")(x))


def nested_net():
    """A base as one layer under a head, called in inference mode."""
    inner = keras.Input((24, 24, 3))
    x = layers.Conv2D(6, 3, name="shared_name")(inner)
    x = layers.BatchNormalization()(x)
    base = keras.Model(inner, layers.ReLU()(x), name="base")
    image = keras.Input((24, 24, 3))
    x = layers.GlobalAveragePooling2D()(base(image, training=False))
    return keras.Model(image, layers.Dense(3, activation="softmax", name="shared_name")(x))


def check_whole_models(folder):
    for name, make in {"small": small_net, "nested": nested_net}.items():
        keras.utils.set_random_seed(1)
        model = make()
        take_statistics(model, random_images(model, 16, seed=3))
        check_forms(folder, name, model)
    check_forms(folder, "mobilenet_v2", mobilenet(seed=1, classes=7))


def check_forms(folder, name, model):
    x = random_images(model, 5, seed=2)
    expected = model.predict(x, verbose=0)
    for ending in (".h5", ".keras"):
        model.save(f"{folder}/{name}{ending}")
        check(f"{name}{ending}", predict(f"{folder}/{name}{ending}", x), expected)


def check_weights_alone(folder):
    """As the weights of a base that the recipe puts a head on and leaves as it is."""
    base = mobilenet(seed=4, include_top=False)
    x = random_images(base, 4, seed=5)
    expected = base.predict(x, verbose=0)
    draw_shapes(f"{folder}/images", images=2, size=32)
    for ending in (".weights.h5", ".h5", ".keras"):
        weights, out = f"{folder}/alone{ending}", f"{folder}/with_head.keras"
        base.save_weights(weights) if ending == ".weights.h5" else base.save(weights)
        run(THAW, "fit", f"{folder}/images", "--base", "mobilenet_v2@alpha=0.35", "--weights", weights,
            "--image-size", 96, "--epochs", 1, "--fine-tune-epochs", 0, "--out", out)
        nested = nested_in(keras.models.load_model(out))
        check(f"base with weights from {ending}", nested.predict(x, verbose=0), expected)


with tempfile.TemporaryDirectory() as scratch:
    check_whole_models(scratch)
    check_weights_alone(scratch)
