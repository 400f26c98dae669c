"""The file that golden values travel in; tests/support/golden_file.h reads it.

A gzip stream. Lines of text first: `thaw-golden 1`, then `key words…` records, then an empty line:

    text NAME WORDS…                                  a line of text
    float32 NAME SHAPE                                numbers, little-endian, after the empty line
    philox NAME SHAPE SEED STREAM LOW HIGH            numbers that reader and writer both generate

SHAPE is sizes joined by commas, or `-` for a single number.
"""

import gzip
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np

try:
    import keras
    import tensorflow as tf
except ImportError:  # where timm's networks are recorded
    keras = tf = None

import philox

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "golden")


class GoldenFile:
    def __init__(self):
        self.lines = ["thaw-golden 1"]
        for name, module in (("keras", keras), ("tensorflow", tf), ("numpy", np)):
            if module is not None:
                self.lines.append(f"text {name} {module.__version__}")
        self.payload = []

    def text(self, name, words):
        self.lines.append(f"text {name} {words}")

    def array(self, name, values):
        values = np.asarray(values, dtype="<f4")
        assert np.all(np.isfinite(values)), name
        self.lines.append(f"float32 {name} {shape_words(values.shape)}")
        self.payload.append(values.tobytes())

    def generated(self, name, shape, low, high, seed, stream):
        """Notes the numbers' recipe and returns them."""
        self.lines.append(f"philox {name} {shape_words(shape)} {seed} {stream} {low!r} {high!r}")
        return philox.uniform(shape, low, high, seed, stream)

    def write(self, relative_path):
        path = os.path.join(FOLDER, relative_path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        content = ("\n".join(self.lines) + "\n\n").encode() + b"".join(self.payload)
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
            file.write(content)
        print(f"{relative_path}: {len(self.lines)} lines, {os.path.getsize(path)} bytes", flush=True)


def shape_words(shape):
    return ",".join(str(size) for size in shape) or "-"


def range_of(weight_name, shape, is_depthwise=False):
    """Uniform bounds that keep activations near 1 through a network of any depth."""
    if weight_name in ("gamma", "moving_variance", "variance"):
        return 0.8, 1.2
    if weight_name in ("beta", "bias", "moving_mean", "mean"):
        return -0.1, 0.1
    if weight_name == "count":
        return 1.0, 2.0
    # He's variance 2/fan_in; a depthwise kernel [h, w, C, multiplier] has fan-in h·w.
    is_depthwise = is_depthwise or "depthwise" in weight_name
    fan_in = shape[0] * shape[1] if is_depthwise else int(np.prod(shape[:-1]))
    bound = float(np.float32(np.sqrt(6.0 / fan_in)))
    return -bound, bound
