"""Gradients of networks of timm that came through ONNX and thaw, as Keras computes them, beside PyTorch's.

    python onnx_gradients.py export FOLDER         a Python with torch and timm
    python onnx_gradients.py convert FOLDER THAW   any; runs `thaw convert`
    python onnx_gradients.py compare FOLDER        a Python with keras

Weights are random, batch normalization is as in inference. A weight of Keras is found by its layer's name, which is the
module's in PyTorch.
"""

import os
import subprocess
import sys

import numpy as np

NETWORKS = {"convnext_atto": 64, "vit_tiny_patch16_224": 224, "resnet18": 64, "mobilenetv3_small_050": 64}
# Keras's names of weights in PyTorch's words.
WORDS = {"kernel": "weight", "gamma": "weight", "bias": "bias", "beta": "bias"}


def export(folder):
    import timm
    import torch
    for name, size in NETWORKS.items():
        torch.manual_seed(0)
        model = timm.create_model(name, pretrained=False, num_classes=10).eval()
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.data += 0.05 * torch.randn_like(parameter)
        x, cotangent = torch.randn(2, 3, size, size), torch.randn(2, 10)
        (model(x) * cotangent).sum().backward()
        gradients = {"gradient/" + key: value.grad.numpy() for key, value in model.named_parameters()}
        np.savez(f"{folder}/{name}.npz", x=x.numpy().transpose(0, 2, 3, 1), cotangent=cotangent.numpy(), **gradients)
        # Kept apart, batch normalization is not folded into the convolutions.
        torch.onnx.export(model, x, f"{folder}/{name}.onnx", dynamo=False, opset_version=17, do_constant_folding=False,
                          training=torch.onnx.TrainingMode.PRESERVE)


def convert(folder, thaw):
    for name in NETWORKS:
        subprocess.run([thaw, "convert", f"{folder}/{name}.onnx", f"{folder}/{name}.keras"], check=True)


def in_torch_layout(gradient, shape):
    """Keras's kernels have the channels last, and of depthwise convolutions the multiplier behind them."""
    if gradient.ndim == 2:
        gradient = gradient.T
    elif gradient.ndim == 4:
        gradient = gradient.transpose(3, 2, 0, 1)
        if gradient.shape != shape:
            gradient = gradient.transpose(1, 0, 2, 3)
    return gradient if gradient.shape == shape else None


def compare(folder):
    import keras
    import tensorflow as tf
    for name in NETWORKS:
        model = keras.models.load_model(f"{folder}/{name}.keras", compile=False)
        data = np.load(f"{folder}/{name}.npz")
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(model(data["x"], training=False) * data["cotangent"])
        weights = model.trainable_weights
        worst, found = 0.0, 0
        for weight, gradient in zip(weights, tape.gradient(total, [one.value for one in weights])):
            layer, own = weight.path.split("/")[-2:]
            key = f"gradient/{layer}.{WORDS.get(own, own)}"
            if key not in data:
                continue
            placed = in_torch_layout(np.asarray(gradient), data[key].shape)
            if placed is not None:
                worst = max(worst, np.abs(placed - data[key]).max() / np.abs(data[key]).max())
                found += 1
        print(f"{name}: {found} of {len(weights)} weights by their names, gradients apart by at most {worst:.1e}")


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    {"export": export, "convert": convert, "compare": compare}[sys.argv[1]](*sys.argv[2:])
