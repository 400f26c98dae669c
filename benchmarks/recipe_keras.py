"""The recipe of `thaw fit` in Keras: the same flags, the same figures as JSON in --history."""
import json
import time

import h5py
import keras
import numpy as np
import tensorflow as tf

import recipe

PREPROCESS = {
    "MobileNetV2": keras.applications.mobilenet_v2.preprocess_input,
    "ResNet50V2": keras.applications.resnet_v2.preprocess_input,
}


def datasets(options):
    how = {
        "image_size": (options.image_size, options.image_size),
        "batch_size": options.batch_size,
        "label_mode": "categorical",
        "seed": options.seed,
        "verbose": False,
    }
    read = keras.utils.image_dataset_from_directory
    if options.validation:
        both = read(options.images, **how), read(options.validation, **how | {"shuffle": False})
    else:
        both = read(options.images, validation_split=0.2, subset="both", **how)
    names = both[0].class_names
    if options.augment == "random":
        augment = keras.Sequential([
            keras.layers.RandomZoom(0.1), keras.layers.RandomFlip("horizontal"),
            keras.layers.RandomRotation(0.04), keras.layers.RandomContrast(0.2),
            keras.layers.RandomBrightness(0.2)])
        both = both[0].map(lambda x, y: (augment(x), y), tf.data.AUTOTUNE), both[1]
    preprocess = PREPROCESS[options.network]
    prepared = [part.map(lambda x, y: (preprocess(x), y)).prefetch(tf.data.AUTOTUNE) for part in both]
    return names, *prepared


def load_by_name(network, path):
    """Older Keras files that Keras 3.15 itself does not load: tensors lie under their layer's name."""
    tensors = {}

    def note(name, item):
        if isinstance(item, h5py.Dataset):
            *_, layer, weight = name.split("/")
            tensors[layer, weight.partition(":")[0]] = item[()]

    with h5py.File(path) as file:
        file.visititems(note)
    for layer in network.layers:
        # Keras 3 calls "kernel" what was "depthwise_kernel".
        names = [(weight.name, "depthwise_" + weight.name) for weight in layer.weights]
        layer.set_weights([next(tensors[layer.name, n] for n in pair if (layer.name, n) in tensors)
                           for pair in names])


def make_base(options):
    extra = {"alpha": options.alpha} if options.alpha else {}
    shape = (options.image_size, options.image_size, 3)
    network = getattr(keras.applications, options.network)
    base = network(include_top=False, weights=None, input_shape=shape, **extra)
    if options.weights:
        load_by_name(base, options.weights)
    return base


def with_head(base, classes):
    image = keras.Input(base.input_shape[1:])
    x = keras.layers.GlobalAveragePooling2D()(base(image, training=False))
    return keras.Model(image, keras.layers.Dense(classes, activation="softmax", name="output_layer")(x))


class EpochSeconds(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)


def run_stage(model, name, data, epochs, learning_rate):
    train, validation = data
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="categorical_crossentropy",
                  metrics=["accuracy"])
    clock, began = EpochSeconds(), time.perf_counter()
    logs = model.fit(train, validation_data=validation, epochs=epochs, verbose=0, callbacks=[clock]).history
    return {
        "name": name,
        "seconds": time.perf_counter() - began,
        "trainable_parameters": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
        "epochs": [
            {"epoch": i + 1, "seconds": clock.seconds[i]} | {key: logs[key][i] for key in logs}
            for i in range(epochs)
        ],
    }


def main():
    options = recipe.arguments(__doc__)
    keras.utils.set_random_seed(options.seed)
    classes, *data = datasets(options)
    base = make_base(options)
    base.trainable = False
    model = with_head(base, len(classes))
    stages = []
    if options.epochs:
        stages.append(run_stage(model, "feature_extraction", data, options.epochs, 1e-3))
    if options.fine_tune_epochs:
        base.trainable = True
        if options.unfreeze != "all":
            for layer in base.layers[:-int(options.unfreeze)]:
                layer.trainable = False
        for layer in base.layers:
            # Keras 3.0 to 3.15 would move its statistics in spite of training=False.
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = False
        stages.append(run_stage(model, "fine_tuning", data, options.fine_tune_epochs, 1e-4))
    with open(options.history, "w") as file:
        json.dump({"version": keras.__version__, "classes": classes, "stages": stages}, file)


if __name__ == "__main__":
    main()
