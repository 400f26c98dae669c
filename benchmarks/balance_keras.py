"""Keras's side of balance.py: a head on a frozen MobileNetV2, trained on what that gives for FOLDER/train, without class
weights and with; the recall of one class on FOLDER/kept, as JSON.
"""
import argparse
import json
import types

import keras
import numpy as np

import recipe_keras


def features(base, folder):
    """What the frozen base gives, as the recipe's fit would see it in every epoch, and the classes."""
    data = keras.utils.image_dataset_from_directory(folder, image_size=(224, 224), label_mode="categorical", shuffle=False,
                                                    verbose=False)
    x, y = zip(*[(recipe_keras.PREPROCESS["MobileNetV2"](x), y) for x, y in data])
    return base.predict(np.concatenate(x), verbose=0), np.concatenate(y)


def recall(train, kept, small, weight, options):
    keras.utils.set_random_seed(options.seed)
    seen = keras.Input(train[0].shape[1:])
    x = keras.layers.GlobalAveragePooling2D()(seen)
    model = keras.Model(seen, keras.layers.Dense(2, activation="softmax", name="output_layer")(x))
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy")
    model.fit(*train, batch_size=32, epochs=options.epochs, class_weight=weight, verbose=0)
    taken = model.predict(kept[0], verbose=0).argmax(-1)
    return float((taken[kept[1][:, small] == 1] == small).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("weights")
    parser.add_argument("--small", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    options = parser.parse_args()
    base = recipe_keras.make_base(types.SimpleNamespace(network="MobileNetV2", alpha=0.35, image_size=224,
                                                        weights=options.weights))
    train, kept = (features(base, f"{options.folder}/{part}") for part in ("train", "kept"))
    counts = train[1].sum(0)
    # As `thaw fit` balances: images / (classes * images of the class).
    balanced = {label: float(counts.sum() / (2 * count)) for label, count in enumerate(counts)}
    print(json.dumps({name: recall(train, kept, options.small, weight, options)
                      for name, weight in (("none", None), ("balanced", balanced))}))


main()
