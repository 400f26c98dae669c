"""The models of patterns.py: how people build them, by where the preprocessing stands."""

import importlib
import os
import sys

GENERATION = sys.argv[1]  # "keras" or "tf_keras"

import numpy as np
import tensorflow as tf

from golden import FOLDER

K = importlib.import_module(GENERATION)
IS_OLD = GENERATION == "tf_keras"
L = K.layers
HOME = os.path.join(FOLDER, "patterns", GENERATION)
SIZE = (32, 32)
CLASSES = 3
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
PATTERNS = {}


def pattern(feed="none", forms=("h5", "keras"), size=SIZE, channels=3, old=True, new=True):
    """Registers a builder. `feed`: what its builder feeds; `forms`: the files that are written, in turn."""

    def register(build):
        if old if IS_OLD else new:
            PATTERNS[build.__name__] = (build, feed, forms, size, channels)
        return build

    return register


def images(size, channels, count=3):
    """Drawn: a patch of colour, a gradient, rings. The same files for every pattern."""
    folder = os.path.join(FOLDER, "patterns", "images")
    os.makedirs(folder, exist_ok=True)
    result = []
    for index in range(count):
        rows, columns = np.mgrid[0:54, 0:70].astype("float64")
        x, y = columns / 69, rows / 53
        waves = [np.stack([x, y, 1 - x], -1), np.stack([y * y, 0.6 + 0 * x, x], -1),
                 np.stack([0.5 + 0.5 * np.sin(9 * np.hypot(x - 0.4, y - 0.6) + c) for c in range(3)], -1)][index]
        waves[10 + 8 * index:30 + 4 * index, 20:50 - 6 * index] = [[0.9, 0.2, 0.1], [0.1, 0.3, 0.8], [0.95, 0.9, 0.2]][index]
        path = os.path.join(folder, f"{index}.png")
        if not os.path.exists(path):
            tf.io.write_file(path, tf.io.encode_png(np.round(waves * 255).astype("uint8")))
        pixels = tf.io.decode_image(tf.io.read_file(path), channels=channels)
        result.append(tf.image.resize(pixels, size))
    return tf.stack(result).numpy()


def backbone(shape=(*SIZE, 3), name="backbone"):
    """A small convolutional network of no family."""
    image = K.Input(shape)
    x = L.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name=f"{name}_stem")(image)
    x = L.BatchNormalization(name=f"{name}_stem_bn")(x)
    x = L.ReLU(6.0, name=f"{name}_stem_relu")(x)
    x = L.DepthwiseConv2D(3, padding="same", name=f"{name}_depthwise")(x)
    x = L.ReLU(name=f"{name}_depthwise_relu")(x)
    x = L.Conv2D(16, 1, name=f"{name}_project")(x)
    x = L.Add(name=f"{name}_add")([x, L.Conv2D(16, 3, padding="same", name=f"{name}_branch")(x)])
    return K.Model(image, L.ReLU(name=f"{name}_out")(x), name=name)


def head(x, units=CLASSES, activation="softmax"):
    return L.Dense(units, activation=activation, name="output_layer")(L.GlobalAveragePooling2D(name="pool")(x))


def functional(prepare, shape=(*SIZE, 3), base=None):
    """Input → prepare → a nested base with training=False → pooling → Dense, as the guides have it."""
    image = K.Input(shape, name="image")
    x = prepare(image)
    base = base or backbone(tuple(x.shape[1:]))
    base.trainable = False
    return K.Model(image, head(base(x, training=False)), name="model")


def sequential(*layers, shape=(*SIZE, 3), base=None):
    model = K.Sequential([K.Input(shape), *layers, base or backbone(shape), L.GlobalAveragePooling2D(name="pool"),
                          L.Dense(CLASSES, activation="softmax", name="output_layer")], name="model")
    return model


def application(name, shape=(*SIZE, 3), **options):
    return getattr(K.applications, name)(include_top=False, weights=None, input_shape=shape, **options)


def small_v3():
    return application("MobileNetV3Small", alpha=0.75, minimalistic=True)


def preprocess(module, x):
    return getattr(K.applications, module).preprocess_input(x)


def negate(x):
    """Channels the other way round, as each generation lets people write it."""
    return x[..., ::-1]


@pattern()
def rescaling_255():
    return functional(L.Rescaling(1 / 255.0))


@pattern()
def rescaling_guide():
    return functional(L.Rescaling(1 / 127.5, offset=-1))


@pattern()
def rescaling_sequential():
    return sequential(L.Rescaling(1.0 / 255))


@pattern()
def rescaling_sequential_flat():
    """No nested network at all: a Sequential of convolutions, TensorFlow's image classification tutorial."""
    return K.Sequential([
        L.Rescaling(1.0 / 255, input_shape=(*SIZE, 3)) if IS_OLD else K.Input((*SIZE, 3)),
        *([] if IS_OLD else [L.Rescaling(1.0 / 255)]),
        L.Conv2D(8, 3, padding="same", activation="relu"), L.MaxPooling2D(),
        L.Conv2D(16, 3, padding="same", activation="relu"), L.MaxPooling2D(), L.Dropout(0.2), L.Flatten(),
        L.Dense(16, activation="relu"), L.Dense(CLASSES, activation="softmax", name="output_layer")])


@pattern()
def rescaling_in_nested_sequential():
    prepare = K.Sequential([K.Input((*SIZE, 3)), L.Rescaling(1 / 127.5, offset=-1)], name="prepare")
    return functional(prepare)


@pattern()
def rescaling_inside_the_base():
    image = K.Input((*SIZE, 3))
    base = K.Model(image, backbone()(L.Rescaling(1 / 255.0)(image)), name="wrapped")
    return functional(lambda x: x, base=base)


@pattern()
def rescaling_two_deep():
    image = K.Input((*SIZE, 3))
    inner = K.Model(image, L.Rescaling(1 / 127.5, offset=-1)(image), name="inner")
    outer = K.Sequential([K.Input((*SIZE, 3)), L.RandomFlip("horizontal"), inner], name="outer")
    return functional(outer)


@pattern()
def rescaling_functional_flat():
    image = K.Input((*SIZE, 3), name="image")
    base = backbone()
    x = L.Rescaling(1 / 127.5, offset=-1)(image)
    for layer in base.layers[1:]:
        x = layer([x0, x] if layer.name.endswith("add") else x)
        x0 = x if layer.name.endswith("project") else locals().get("x0")
    return K.Model(image, head(x), name="model")


@pattern()
def normalization_arguments():
    return functional(L.Normalization(mean=[127.5, 120.0, 110.0], variance=[64.0**2, 60.0**2, 58.0**2]))


@pattern()
def normalization_adapted():
    layer = L.Normalization()
    layer.adapt(images((*SIZE,), 3))
    return functional(layer)


@pattern()
def normalization_after_rescaling():
    return functional(lambda x: L.Normalization(mean=MEAN, variance=np.square(DEVIATION).tolist())(L.Rescaling(1 / 255.0)(x)))


@pattern()
def divided_by_255():
    return functional(lambda x: x / 255.0)


@pattern()
def centred_and_divided():
    return functional(lambda x: (x - 127.5) / 127.5)


@pattern()
def divided_minus_1():
    return functional(lambda x: x / 127.5 - 1)


@pattern()
def times_2_after_unit():
    return functional(lambda x: (x / 255.0 - 0.5) * 2.0)


@pattern()
def multiplied():
    return functional(lambda x: x * (1.0 / 255.0))


@pattern()
def one_minus():
    return functional(lambda x: 1.0 - x / 255.0)


@pattern()
def negative():
    return functional(lambda x: -(x - 255.0) / 255.0)


@pattern()
def lists_of_numbers():
    return functional(lambda x: (x / 255.0 - np.array(MEAN, "float32")) / np.array(DEVIATION, "float32"))


@pattern()
def preprocess_input_tf():
    return functional(lambda x: preprocess("mobilenet_v2", x))


@pattern()
def preprocess_input_caffe():
    return functional(lambda x: preprocess("resnet50" if IS_OLD else "resnet", x))


@pattern()
def preprocess_input_torch():
    return functional(lambda x: preprocess("densenet", x))


@pattern()
def preprocess_input_none():
    """MobileNetV3's does nothing, but the network itself rescales."""
    return functional(lambda x: preprocess("mobilenet_v3", x), base=small_v3())


@pattern()
def reversed_channels():
    return functional(lambda x: negate(x) / 255.0)


@pattern()
def reversed_channels_minus_mean():
    return functional(lambda x: negate(x) - np.array([103.939, 116.779, 123.68], "float32"))


@pattern()
def split_and_joined():
    def prepare(x):
        parts = tf.split(x, 3, axis=-1) if IS_OLD else K.ops.split(x, 3, axis=-1)
        return L.Concatenate()([parts[2], parts[1], parts[0]])

    return functional(lambda x: prepare(x) / 127.5 - 1.0)


@pattern()
def cast_first():
    return functional(lambda x: (tf.cast(x, "float32") if IS_OLD else K.ops.cast(x, "float32")) / 255.0)


@pattern()
def clipped():
    clip = (lambda x: tf.clip_by_value(x, 0.0, 255.0)) if IS_OLD else (lambda x: K.ops.clip(x, 0.0, 255.0))
    return functional(lambda x: clip(x) / 255.0)


@pattern(size=(48, 48))
def resizing_layer():
    return functional(lambda x: L.Rescaling(1 / 255.0)(L.Resizing(*SIZE)(x)), shape=(48, 48, 3))


@pattern(size=(48, 48))
def resized_by_function():
    resize = tf.image.resize if IS_OLD else K.ops.image.resize
    return functional(lambda x: resize(x, SIZE) / 127.5 - 1, shape=(48, 48, 3))


@pattern()
def augmentation_then_rescaling():
    prepare = K.Sequential([K.Input((*SIZE, 3)), L.RandomFlip("horizontal"), L.RandomRotation(0.1), L.RandomZoom(0.1)],
                           name="augmentation")
    return functional(lambda x: L.Rescaling(1 / 127.5, offset=-1)(prepare(x)))


@pattern()
def augmentation_then_preprocess_input():
    """TensorFlow's transfer learning tutorial."""
    prepare = K.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.2)])
    base = application("MobileNetV2", alpha=0.35)
    return functional(lambda x: preprocess("mobilenet_v2", prepare(x)), base=base)


@pattern()
def augmentation_layers_in_sequential():
    return sequential(L.RandomFlip("horizontal"), L.RandomContrast(0.1), L.Rescaling(1.0 / 255))


@pattern()
def cropping_then_rescaling():
    return functional(lambda x: L.Rescaling(1 / 255.0)(L.CenterCrop(28, 28)(x)))


@pattern(channels=1)
def grey():
    return sequential(L.Rescaling(1 / 255.0), shape=(*SIZE, 1))


@pattern(channels=1)
def grey_to_rgb():
    return functional(lambda x: L.Concatenate()([x, x, x]) / 127.5 - 1.0, shape=(*SIZE, 1))


@pattern(size=(40, 24))
def not_square():
    return functional(L.Rescaling(1 / 255.0), shape=(40, 24, 3))


@pattern()
def one_unit_sigmoid():
    image = K.Input((*SIZE, 3))
    return K.Model(image, head(backbone()(L.Rescaling(1 / 255.0)(image)), 1, "sigmoid"))


@pattern()
def softmax_layer_at_the_end():
    image = K.Input((*SIZE, 3))
    return K.Model(image, L.Softmax()(head(backbone()(L.Rescaling(1 / 255.0)(image)), CLASSES, None)))


@pattern(feed="tf")
def mobilenet_v2_alone():
    """Nothing in the graph: the network's own mode is what its builder fed."""
    return functional(lambda x: x, base=application("MobileNetV2", alpha=0.35))


@pattern(feed="tf")
def mobilenet_v2_in_sequential():
    return sequential(base=application("MobileNetV2", alpha=0.35))


@pattern(feed="tf")
def mobilenet_v2_flat():
    base = application("MobileNetV2", alpha=0.35)
    return K.Model(base.input, head(base.output), name="model")


@pattern(feed="tf")
def mobilenet_v1_dropout_dense():
    base = application("MobileNet", alpha=0.25)
    x = L.GlobalAveragePooling2D()(base.output)
    x = L.Dropout(0.2)(L.Dense(16, activation="relu")(x))
    return K.Model(base.input, L.Dense(CLASSES, activation="softmax")(x))


@pattern()
def mobilenet_v2_with_rescaling_255():
    """Not what the network was trained on, but what this model's builder fed."""
    return functional(L.Rescaling(1 / 255.0), base=application("MobileNetV2", alpha=0.35))


@pattern()
def mobilenet_v3_rescales_itself():
    return functional(lambda x: x, base=small_v3())


@pattern(feed="unit")
def unit_to_tf():
    """Fed 0 to 1; the graph goes on to −1 to 1."""
    return functional(lambda x: x * 2.0 - 1.0)


@pattern(feed="unit")
def unit_to_torch():
    return functional(L.Normalization(mean=MEAN, variance=np.square(DEVIATION).tolist()))
