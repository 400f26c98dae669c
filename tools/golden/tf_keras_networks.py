"""tests/golden/applications/tf_keras.golden.gz: what the networks of tf.keras 2 are called and made of.

For each network its model's name, and for each of its layers with weights `Class name shape shape…`, a shape as sizes
joined by commas, in one line, layers apart by `;`. Run with tf-keras 2.21. Networks that thaw does not have are in it too,
a few, to be recognized as none.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import inspect

import tensorflow as tf
import tf_keras

from golden import GoldenFile, shape_words

OTHERS = ("RegNetX002", "RegNetY002", "ResNetRS50")


def is_wanted(name):
    unknown = name.startswith(("RegNet", "ResNetRS"))
    return inspect.isfunction(getattr(tf_keras.applications, name)) and (not unknown or name in OTHERS)


def main():
    golden = GoldenFile()
    golden.text("tf_keras", tf_keras.__version__)
    names = [name for name in sorted(dir(tf_keras.applications)) if is_wanted(name)]
    golden.text("networks", " ".join(names))
    for name in names:
        tf_keras.backend.clear_session()
        with tf.Graph().as_default():  # describes the weights and makes none
            model = getattr(tf_keras.applications, name)(weights=None)
            layers = [" ".join([type(layer).__name__, layer.name, *(shape_words(tuple(w.shape)) for w in layer.weights)])
                      for layer in model.layers if layer.weights]
        golden.text(f"{name}/name", model.name)
        golden.text(f"{name}/layers", ";".join(layers))
        print(name, len(layers), flush=True)
    golden.write("applications/tf_keras.golden.gz")


main()
