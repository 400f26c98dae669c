"""tests/golden/layers/spectral_normalization_steps.golden.gz: kernels and vectors over three steps of training.

Each step is a call with training=True, which replaces the kernel, and one of gradient descent on Σ cotangent·output.
"""

import json

import keras
import tensorflow as tf

from golden import GoldenFile, range_of

L = keras.layers
RATE = 0.05
CASES = [(lambda: L.Dense(4, name="inner"), (6,), 1), (lambda: L.Dense(5, use_bias=False, name="inner"), (3,), 3),
         (lambda: L.Conv2D(8, 3, padding="same", name="inner"), (6, 5, 3), 2),
         (lambda: L.DepthwiseConv2D(3, name="inner"), (6, 5, 3), 1)]


def main():
    golden = GoldenFile()
    golden.text("cases", len(CASES))
    for index, (make, shape, iterations) in enumerate(CASES):
        prefix = f"case{index}/"
        layer = L.SpectralNormalization(make(), power_iterations=iterations, name="layer")
        x = golden.generated(prefix + "input", (2, *shape), -1.0, 1.0, index + 1, 0)
        layer.build(x.shape)
        golden.text(prefix + "config", json.dumps(layer.get_config()))
        weights = [*layer.layer.weights, layer.vector_u]
        for i, weight in enumerate(weights):
            bounds = (-1.0, 1.0) if weight is layer.vector_u else range_of(weight.name, tuple(weight.shape))
            weight.assign(golden.generated(f"{prefix}weight{i}", tuple(weight.shape), *bounds, index + 1, 100 + i))
        for step in range(3):
            with tf.GradientTape() as tape:
                y = layer(tf.constant(x), training=True)
                cotangent = golden.generated(f"{prefix}cotangent{step}", tuple(y.shape), -1.0, 1.0, index + 1, 200 + step)
                total = tf.reduce_sum(y * cotangent)
            trainable = [weight.value for weight in layer.trainable_weights]
            for weight, gradient in zip(layer.trainable_weights, tape.gradient(total, trainable)):
                weight.assign(weight - RATE * gradient)
            golden.array(f"{prefix}output{step}", y)
            for i, weight in enumerate(weights):
                golden.array(f"{prefix}step{step}/weight{i}", weight)
        golden.array(prefix + "inference", layer(tf.constant(x), training=False))
    golden.write("layers/spectral_normalization_steps.golden.gz")


if __name__ == "__main__":
    main()
