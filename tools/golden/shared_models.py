"""tests/golden/task/shared_models.golden.gz: what Keras 2's last line makes of models and photos that are no part of the
project, fed as their makers say. Usage: shared_models.py FOLDER_OF_MODELS FOLDER_OF_PHOTOS (needs tf-keras)"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
import tf_keras

from golden import GoldenFile

FED = {
    "mlperf_resnet8_cifar10.h5": (3, lambda x: x),
    "mlperf_vww_96.h5": (3, lambda x: x / 255.0),
    "fer2013_mini_xception.hdf5": (1, lambda x: (x / 255.0 - 0.5) * 2.0),
    "teachable_waste.h5": (3, lambda x: x / 127.5 - 1.0),
}
PHOTOS = ["cat_720p.jpg", "hot_dog.jpg", "owl.jpg", "parrot.jpg"]


def main(models, photos):
    golden = GoldenFile()
    golden.text("models", " ".join(FED))
    golden.text("photos", " ".join(PHOTOS))
    for name, (channels, feed) in FED.items():
        model = tf_keras.models.load_model(os.path.join(models, name), compile=False)
        size = model.input_shape[1:3]
        x = []
        for photo in PHOTOS:
            pixels = tf.io.decode_image(tf.io.read_file(os.path.join(photos, photo)), channels=channels)
            x.append(feed(tf.image.resize(pixels, size).numpy()))
        golden.array(f"{name}/predictions", model.predict(np.array(x), verbose=0))
    golden.write("task/shared_models.golden.gz")


main(*sys.argv[1:])
