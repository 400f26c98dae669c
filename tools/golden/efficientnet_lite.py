"""EfficientNet-Lite (Liu 2020), which Keras does not have: written out with Keras's layers, under the names of Keras's
EfficientNet. efficientnet_lite_timm.py compares it with timm's."""

import math

from keras import Model, initializers, layers

# Kernel, repeats, output channels, expansion, stride, whether it is of one size in all; Tan and Le 2019, table 1.
STAGES = ((3, 1, 16, 1, 1, True), (3, 2, 24, 6, 2, False), (5, 2, 40, 6, 2, False), (3, 3, 80, 6, 2, False),
          (5, 3, 112, 6, 1, False), (5, 4, 192, 6, 2, False), (3, 1, 320, 6, 1, True))
# Width, depth, dropout, image size.
SCALES = ((1.0, 1.0, 0.2, 224), (1.0, 1.1, 0.2, 240), (1.1, 1.2, 0.3, 260), (1.2, 1.4, 0.3, 280), (1.4, 1.8, 0.3, 300))
DROP_CONNECT = 0.2


def divisible(channels, width):
    rounded = max(8, int(channels * width + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels * width else rounded


def same_padding(x, size):
    """TensorFlow's, of a stride of 2."""
    return tuple((size // 2 - 1 + side % 2, size // 2) for side in x.shape[1:3])


def fan_out():
    return initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")


def convolve(x, filters, prefix, name, size=1, strides=1, padding="same"):
    x = layers.Conv2D(filters, size, strides, padding, use_bias=False, kernel_initializer=fan_out(),
                      name=f"{prefix}{name}conv")(x)
    return layers.BatchNormalization(name=f"{prefix}{name}bn")(x)


def block(x, out, kernel, expansion, stride, rate, prefix):
    start = x
    if expansion != 1:
        x = layers.ReLU(6, name=f"{prefix}expand_activation")(
            convolve(x, x.shape[-1] * expansion, prefix, "expand_"))
    if stride == 2:
        x = layers.ZeroPadding2D(same_padding(x, kernel), name=f"{prefix}dwconv_pad")(x)
    x = layers.DepthwiseConv2D(kernel, stride, "same" if stride == 1 else "valid", use_bias=False,
                               depthwise_initializer=fan_out(), name=f"{prefix}dwconv")(x)
    x = layers.ReLU(6, name=f"{prefix}activation")(layers.BatchNormalization(name=f"{prefix}bn")(x))
    x = convolve(x, out, prefix, "project_")
    if stride == 1 and x.shape[-1] == start.shape[-1]:
        if rate > 0:
            x = layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{prefix}drop")(x)
        x = layers.Add(name=f"{prefix}add")([x, start])
    return x


def efficientnet_lite(number):
    width, depth, dropout, _ = SCALES[number]

    def build(input_shape, include_top=True, pooling=None, classes=1000, weights=None, **_):
        x = image = layers.Input(input_shape)
        x = layers.ZeroPadding2D(same_padding(x, 3), name="stem_conv_pad")(x)
        x = layers.ReLU(6, name="stem_activation")(convolve(x, 32, "stem_", "", 3, 2, "valid"))
        repeats = [n if fixed else math.ceil(depth * n) for _, n, _, _, _, fixed in STAGES]
        done = 0
        for stage, (kernel, _, out, expansion, stride, _) in enumerate(STAGES):
            for i in range(repeats[stage]):
                x = block(x, divisible(out, width), kernel, expansion, stride if i == 0 else 1,
                          DROP_CONNECT * done / sum(repeats), f"block{stage + 1}{chr(ord('a') + i)}_")
                done += 1
        x = layers.ReLU(6, name="top_activation")(convolve(x, 1280, "top_", ""))
        if include_top:
            x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
            x = layers.Dropout(dropout, name="top_dropout")(x)
            x = layers.Dense(classes, activation="softmax", name="predictions",
                             kernel_initializer=initializers.VarianceScaling(1 / 3, "fan_out", "uniform"))(x)
        elif pooling:
            pool = layers.GlobalAveragePooling2D if pooling == "avg" else layers.GlobalMaxPooling2D
            x = pool(name=f"{pooling}_pool")(x)
        return Model(image, x, name=f"efficientnetlite{number}")

    return build
