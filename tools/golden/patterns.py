"""tests/golden/patterns/<generation>/: how people build models, by where the preprocessing stands, and what Keras predicts.

    patterns.py keras [name…]      Keras 3, as its guides and users write it
    patterns.py tf_keras [name…]   Keras 2's last line, which TensorFlow's tutorials were written for

Each pattern is a small whole model in a file; beside it `patterns.golden.gz` holds what Keras predicts for three drawn images
that are read as TensorFlow reads them (decode_image, bilinear resize) and fed as the pattern's builder would: `none` (0 to 255),
`unit` (0 to 1), `tf`, `caffe` or `torch`; and how many parameters train with a new head and the last layers of the network.
"""

import gzip
import importlib
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np

from golden import GoldenFile
from pattern_models import CLASSES, GENERATION, HOME, IS_OLD, K, L, PATTERNS, images


def fed(pixels, feed):
    if feed == "none":
        return pixels
    if feed == "unit":
        return pixels / 255.0
    modes = importlib.import_module(f"{GENERATION}.applications.imagenet_utils") if not IS_OLD else None
    preprocess_input = modes.preprocess_input if modes else importlib.import_module(
        "tf_keras.src.applications.imagenet_utils").preprocess_input
    return np.array(preprocess_input(pixels.copy(), mode=feed, data_format="channels_last"))


def set_weights(model):
    """Few different numbers, so that the files pack well; of a size that keeps a network's signals alive."""
    cycle = np.sin(np.arange(97) * 2.3998).astype("float32")
    drawn = np.random.default_rng(1)
    for index, variable in enumerate(model.weights):
        name, shape = (getattr(variable, "path", None) or variable.name).split("/")[-1].split(":")[0], tuple(variable.shape)
        if not name.endswith(("kernel", "bias", "beta", "gamma")):
            continue
        values = np.resize(np.roll(cycle, index), int(np.prod(shape))).reshape(shape)
        if name.endswith("kernel"):
            depthwise = "depthwise" in name or (len(shape) == 4 and shape[-1] == 1)
            fan_in = shape[0] * shape[1] if depthwise else int(np.prod(shape[:-1]))
            # Three values only; one in four is 0, so their variance is three quarters.
            values = drawn.choice(np.array([-1, 0, 1, 1, -1, -1, 1, 0], "float32"), shape)
            variable.assign(values * np.sqrt(2.7 / fan_in))
        else:
            variable.assign((1.0 if name.endswith("gamma") else 0.0) + 0.1 * values)


def spread(model, x):
    """Makes the answers differ between the images."""
    dense = [layer for layer in model.layers if isinstance(layer, L.Dense)][-1]
    before = K.Model(model.inputs, dense.input if not isinstance(dense.input, list) else dense.input[0]).predict(x, verbose=0)
    kernel, bias = dense.get_weights()
    logits = before @ kernel
    scale = 2.0 / max(float(logits.std()), 1e-6)
    dense.set_weights([np.round(kernel * scale * 4096) / 4096, np.round(-(logits * scale).mean(0) * 4096) / 4096])


def network_of(model):
    """The convolutional network that a person means by its layers: nested at any depth, else the model up to its head."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found = network_of(layer)
            if found:
                return found
    kinds = [type(layer).__name__ for layer in model.layers]
    if "Conv2D" not in kinds:
        return None
    end = next((i for i, kind in enumerate(kinds) if kind.startswith("Global") or kind == "Flatten"), len(kinds))
    return model.layers[:end]


def trainable_parameters(layers, count):
    """Of a new head for CLASSES classes with the last `count` layers of the network (None: all of them)."""
    chosen = layers if count is None else layers[len(layers) - min(count, len(layers)):] if count else []
    channels = int(layers[-1].output.shape[-1])
    size = lambda weight: int(np.prod(tuple(weight.shape)))
    return sum(size(w) for layer in chosen for w in layer.trainable_weights) + (channels + 1) * CLASSES


def write(name, golden):
    build, feed, forms, size, channels = PATTERNS[name]
    K.backend.clear_session()
    model = build()
    set_weights(model)
    x = fed(images(size, channels), feed)
    spread(model, x)
    layers = network_of(model)
    for layer in model._flatten_layers() if hasattr(model, "_flatten_layers") else ():
        layer.trainable = True
    golden.text(f"{name}/layers", len(layers))
    for count in (0, 1, 5, 20, None):
        if count is None or count <= len(layers):
            golden.text(f"{name}/trainable_{'all' if count is None else count}", trainable_parameters(layers, count))
    model.compile(optimizer="adam", loss="binary_crossentropy" if model.output_shape[-1] == 1 else "categorical_crossentropy",
                  metrics=["accuracy"])
    predictions = model.predict(x, verbose=0)
    if IS_OLD and ("reversed" in name or name == "preprocess_input_caffe"):
        forms = ("h5",)  # the other form of this generation cannot hold an ellipsis
    form = forms[sum(map(ord, name)) % len(forms)]
    path = os.path.join(HOME, f"{name}.{form}")
    model.save(path)
    with open(path, "rb") as plain, open(path + ".gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(plain.read())
    print(f"{GENERATION} {name}: {os.path.getsize(path)} → {os.path.getsize(path + '.gz')} bytes, {predictions.round(3).tolist()}", flush=True)
    os.remove(path)
    golden.text(f"{name}/file", f"{name}.{form}")
    golden.text(f"{name}/feed", feed)
    golden.array(f"{name}/predictions", predictions)


def main():
    os.makedirs(HOME, exist_ok=True)
    golden = GoldenFile()
    golden.text("patterns", " ".join(PATTERNS))
    for name in sys.argv[2:] or PATTERNS:
        write(name, golden)
    if not sys.argv[2:]:
        golden.write(f"patterns/{GENERATION}/patterns.golden.gz")


main()
