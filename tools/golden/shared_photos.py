"""tests/golden/app/shared_photos.golden.gz: what Keras makes of photos that are no part of the project, with a
MobileNet that is none either. Usage: shared_photos.py FOLDER_OF_PHOTOS MOBILENET.h5"""

import os
import sys

from golden import FOLDER, GoldenFile

import keras
import numpy as np
import tensorflow as tf


def main(photos, weights):
    # load_model() of Keras 3.15 rejects the file's configuration, its weights it takes.
    model = keras.applications.MobileNet(alpha=0.25, weights=None)
    model.load_weights(weights)
    golden = GoldenFile()
    for name in sorted(os.listdir(photos)):
        if not name.endswith((".jpg", ".bmp")):
            continue
        with open(os.path.join(photos, name), "rb") as file:
            image = tf.image.decode_image(file.read(), channels=3, expand_animations=False)
        pixels = tf.image.resize(image, (224, 224)).numpy()
        outputs = model(keras.applications.mobilenet.preprocess_input(pixels[np.newaxis])).numpy()[0]
        best = int(np.argmax(outputs))
        golden.text(f"{name}/class", best)
        golden.text(f"{name}/probability", f"{outputs[best]:.7f}")
        print(name, best, outputs[best])
    os.makedirs(os.path.join(FOLDER, "app"), exist_ok=True)
    golden.write("app/shared_photos.golden.gz")


main(*sys.argv[1:])
