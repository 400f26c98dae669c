"""Networks with random weights that still tell one image from another."""
import keras
import numpy as np


def random_images(model, count, seed):
    """From −1 to 1, or from 0 to 255 for a network that rescales them itself. Of a few cells of one colour each: of
    noise all images look alike to a deep network."""
    low, high = (0, 255) if any(isinstance(layer, keras.layers.Rescaling) for layer in model.layers) else (-1, 1)
    height, width, channels = model.input_shape[1:]
    cells = np.random.default_rng(seed).uniform(low, high, (count, 4, 4, channels)).astype("float32")
    return cells[:, np.arange(height) * 4 // height][:, :, np.arange(width) * 4 // width]


def normalizations(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from normalizations(layer)
        elif isinstance(layer, keras.layers.BatchNormalization):
            yield layer


def take_statistics(model, x):
    """Moving statistics as after long training; with 0 and 1 a deep network's images all look alike."""
    found = [(layer, layer.momentum) for layer in normalizations(model)]
    for layer, _ in found:
        layer.momentum = 0.0
    model(x, training=True)
    for layer, momentum in found:
        layer.momentum = momentum


def freeze_all_but(model, count):
    """As when fine-tuning: the last layers train, of the rest and of normalizations none."""
    for layer in model.layers[:-count]:
        layer.trainable = False
    for layer in normalizations(model):
        layer.trainable = False
    return model


def application(name, **options):
    """A network of keras.applications by its class's name, small images, random weights, the last layers to train."""
    keras.utils.set_random_seed(1)
    model = getattr(keras.applications, name)(
        **{"input_shape": (64, 64, 3), "weights": None, "classes": 5, **options})
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0  # so that both sides take the same steps
        if getattr(layer, "activation", None) is keras.activations.relu and layer.weights:
            # Without normalization behind it; Glorot's kernels would halve the variance in every layer.
            layer.kernel.assign(keras.initializers.HeNormal(seed=layer.kernel.shape[-1])(layer.kernel.shape))
    for layer in normalizations(model):
        if layer.center:
            # With beta 0 the rectifier behind it keeps half of what tells two images apart, and the next normalization
            # makes that, and rounding, as large again: after fifty layers Keras's own float32 is 3e-5 off its float64.
            layer.beta.assign(keras.ops.ones_like(layer.beta))
    take_statistics(model, random_images(model, 16, seed=3))
    kernel = [layer for layer in model.layers if layer.weights][-1].kernel
    kernel.assign(kernel / 4)  # far from certain, as before training
    return freeze_all_but(model, 8)


def mobilenet(seed, **options):
    keras.utils.set_random_seed(seed)
    model = keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, weights=None, **options)
    take_statistics(model, random_images(model, 16, seed))
    return model


def nested_in(model):
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


def sequential():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([
        keras.Input((24, 24, 3)),
        keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.DepthwiseConv2D(3),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(4, activation="softmax"),
    ], name="chain")
    take_statistics(model, random_images(model, 16, seed=3))
    return model


def nested():
    """A Sequential that augments, a base whose last layers train, a head, as the guide to transfer learning has it."""
    keras.utils.set_random_seed(1)
    inside = keras.Input((24, 24, 3))
    x = keras.layers.Conv2D(6, 3, strides=2, name="first")(inside)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.ReLU()(x)
    base = keras.Model(inside, keras.layers.Conv2D(8, 3, name="last")(x), name="base")
    take_statistics(base, random_images(base, 16, seed=3))
    freeze_all_but(base, 1)
    scaled = keras.Sequential([keras.Input((24, 24, 3)), keras.layers.Rescaling(0.5)], name="scaled")
    image = keras.Input((24, 24, 3))
    x = base(scaled(image), training=False)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, keras.layers.Dense(3, activation="softmax", name="head")(x), name="nested")


def shared():
    """A layer and a model, each called twice."""
    keras.utils.set_random_seed(1)
    inside = keras.Input((12, 12, 4))
    tower = keras.Model(inside, keras.layers.Conv2D(4, 3, padding="same", activation="tanh")(inside), name="tower")
    image = keras.Input((12, 12, 4))
    twice = keras.layers.Conv2D(4, 1, name="twice")
    x = keras.layers.Add()([tower(twice(image)), tower(twice(twice(image)))])
    x = keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, keras.layers.Dense(3, activation="softmax")(x), name="sharing")


# What goes both ways. A family of keras.applications takes a line.
NETWORKS = {
    "sequential": sequential,
    "nested": nested,
    "shared": shared,
    "MobileNetV2": lambda: application("MobileNetV2", alpha=0.35),
    "ResNet50V2": lambda: application("ResNet50V2"),
    "MobileNet": lambda: application("MobileNet", alpha=0.25),
    "MobileNetV3Small": lambda: application("MobileNetV3Small", include_preprocessing=False),
    "EfficientNetB0": lambda: application("EfficientNetB0"),
    "EfficientNetV2B0": lambda: application("EfficientNetV2B0", include_preprocessing=False),
    "ConvNeXtTiny": lambda: application("ConvNeXtTiny", include_preprocessing=False),
    "DenseNet121": lambda: application("DenseNet121"),
    "NASNetMobile": lambda: application("NASNetMobile"),
    "InceptionResNetV2": lambda: application("InceptionResNetV2", input_shape=(75, 75, 3)),
    "VGG16": lambda: application("VGG16"),
    "ResNet50": lambda: application("ResNet50"),
    "InceptionV3": lambda: application("InceptionV3", input_shape=(75, 75, 3)),
    "Xception": lambda: application("Xception", input_shape=(71, 71, 3)),
}
