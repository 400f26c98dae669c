"""Networks with random weights that still tell one image from another."""
import keras
import numpy as np


def random_images(model, count, seed):
    shape = (count, *model.input_shape[1:])
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


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


def mobilenet(seed, **options):
    keras.utils.set_random_seed(seed)
    model = keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, weights=None, **options)
    take_statistics(model, random_images(model, 16, seed))
    return model


def nested_in(model):
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))
