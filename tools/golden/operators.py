"""tests/golden/operators/: a file of each Keras with every operator that stands between layers, and what comes of it.

Every operator is a branch of one model, an output of its own; below all stands a convolution that trains. Beside each file,
operators.golden.gz has a batch, each output, and the gradient of Σ cotangent·output for the convolution's kernel.
Both generations are written in one run, tf.keras 2 by the package tf_keras.
"""

import gzip
import os

from golden import FOLDER, GoldenFile
import keras
import numpy as np
import tensorflow as tf
import tf_keras

SHAPE = (6, 8, 3)
MEANS = np.array([0.485, 0.456, 0.406], "float32")
SIGNED = np.linspace(-1.5, 1.5, 6 * 8 * 3).reshape(SHAPE).astype("float32")
IMAGE = np.linspace(0.5, 1.5, 6 * 8 * 3).reshape(SHAPE).astype("float32")


def of_keras_3():
    ops = keras.ops
    array = lambda *numbers: np.array(numbers, "float32")
    both = {  # on numbers of either sign
        "add_number": lambda x: x + 0.5,
        "number_add": lambda x: 0.5 + x,
        "add_array": lambda x: x + MEANS,
        "add_tensor": lambda x: x + x * 2,
        "subtract_number": lambda x: x - 0.5,
        "number_subtract": lambda x: 1.0 - x,
        "subtract_image": lambda x: ops.subtract(x, IMAGE),
        "image_subtract": lambda x: ops.subtract(IMAGE[None], x),
        "add_image": lambda x: ops.add(IMAGE, x),
        "multiply_image": lambda x: ops.multiply(x, IMAGE),
        "divide_image": lambda x: ops.divide(x, IMAGE),
        "subtract_array": lambda x: ops.subtract(x, MEANS),
        "array_subtract": lambda x: ops.subtract(MEANS.reshape(1, 1, 1, 3), x),
        "subtract_mean": lambda x: x - ops.mean(x, axis=[1, 2], keepdims=True),
        "mean_subtract": lambda x: ops.mean(x, axis=[1, 2], keepdims=True) - x,
        "multiply_number": lambda x: x * 3,
        "multiply_array": lambda x: x * array(0.5, -1, 2),
        "multiply_tensor": lambda x: ops.multiply(x, x),
        "divide_number": lambda x: x / 127.5,
        "divide_array": lambda x: ops.divide(x, array(0.229, 0.224, 0.225)),
        "true_divide": lambda x: ops.true_divide(x, 2),
        "tensor_constant": lambda x: ops.multiply(x, ops.convert_to_tensor([1.0, 2.0, 3.0])),
        "maximum_number": lambda x: ops.maximum(x, 0.25),
        "maximum_zero": lambda x: ops.maximum(0.0, x),
        "maximum_tensor": lambda x: ops.maximum(x, 0.5 - x),
        "minimum_number": lambda x: ops.minimum(x, 0.25),
        "minimum_tensor": lambda x: ops.minimum(x, 0.5 - x),
        "negative": lambda x: -x,
        "square": lambda x: ops.square(x),
        "power_two": lambda x: x ** 2,
        "number_power": lambda x: 2.0 ** x,
        "array_power": lambda x: ops.power(MEANS, x),
        "image_power": lambda x: ops.power(IMAGE, x),
        "maximum_array": lambda x: ops.maximum(x, array(-0.5, 0.1, 0.4)),
        "maximum_image": lambda x: ops.maximum(SIGNED, x),
        "minimum_array": lambda x: ops.minimum(array(-0.5, 0.1, 0.4), x),
        "multiply_signed_image": lambda x: x * SIGNED,
        "divide_signed_image": lambda x: x / (SIGNED + 0.003),
        "multiply_rows": lambda x: x * SIGNED[:, :1, :1],
        "subtract_columns": lambda x: x - SIGNED[:1, :, :1],
        "exp2": lambda x: ops.exp2(x),
        "zeros": lambda x: x + ops.zeros_like(x) - ops.ones_like(x) * 0.5,
        "exp": lambda x: ops.exp(x),
        "absolute": lambda x: abs(x),
        "relu": lambda x: ops.relu(x),
        "relu6": lambda x: ops.relu6(x * 4),
        "leaky_relu": lambda x: ops.leaky_relu(x, 0.3),
        "leaky_relu_default": lambda x: ops.leaky_relu(x),
        "silu": lambda x: ops.silu(x),
        "hard_silu": lambda x: ops.hard_silu(x * 3),
        "hard_sigmoid": lambda x: ops.hard_sigmoid(x * 3),
        "gelu_by_tanh": lambda x: ops.gelu(x),
        "gelu": lambda x: ops.gelu(x, approximate=False),
        "sigmoid": lambda x: ops.sigmoid(x),
        "tanh": lambda x: ops.tanh(x),
        "elu": lambda x: ops.elu(x, 0.7),
        "selu": lambda x: ops.selu(x),
        "celu": lambda x: ops.celu(x),
        "celu_of_alpha": lambda x: ops.celu(x, alpha=1.7),
        "soft_shrink": lambda x: ops.soft_shrink(x, 0.2),
        "hard_shrink": lambda x: ops.hard_shrink(x, 0.2),
        "log_softmax_axis": lambda x: ops.log_softmax(x, axis=1),
        "mish": lambda x: x * ops.tanh(ops.softplus(x)),
        "softplus": lambda x: ops.softplus(x),
        "softsign": lambda x: ops.softsign(x),
        "softmax": lambda x: ops.softmax(x),
        "softmax_axis": lambda x: ops.softmax(x, axis=1),
        "log_softmax": lambda x: ops.log_softmax(x),
        "clip": lambda x: ops.clip(x, -0.5, 0.25),
        "cast": lambda x: ops.cast(x, "float32"),
        "turn_channels": lambda x: x[..., ::-1],
        "first_channel": lambda x: x[..., :1],
        "one_channel": lambda x: x[..., 1],
        "crop": lambda x: x[:, 1:-1, 1:-1, :],
        "steps": lambda x: x[:, ::2, 7:1:-3],
        "new_axis": lambda x: x[:, None, ..., 2],
        "concatenate": lambda x: ops.concatenate([x, x * 2], axis=-1),
        "concatenate_rows": lambda x: ops.concatenate([x, x * 2], axis=1),
        "split": lambda x: ops.concatenate(ops.split(x, 3, axis=-1)[::-1], axis=-1),
        "split_places": lambda x: ops.split(x, [2, 5], axis=2)[1],
        "stack": lambda x: ops.stack([x, x * 2], axis=1),
        "stack_last": lambda x: ops.stack([x, x * 2], axis=-1),
        "reshape": lambda x: ops.reshape(x, (-1, 8, 18)),
        "transpose": lambda x: ops.transpose(x, (0, 2, 1, 3)),
        "expand_dims": lambda x: ops.expand_dims(x, 1),
        "expand_dims_last": lambda x: ops.expand_dims(x, -1),
        "squeeze": lambda x: ops.squeeze(x[..., :1], -1),
        "pad": lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]]),
        "pad_value": lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 3], [1, 0]], constant_values=0.5),
        "pad_reflect": lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]], mode="reflect"),
        "pad_symmetric": lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]], mode="symmetric"),
        "flip": lambda x: ops.flip(x, axis=2),
        "mean": lambda x: ops.mean(x, axis=(1, 2)),
        "mean_last": lambda x: ops.mean(x, axis=-1, keepdims=True),
        "max": lambda x: ops.max(x, axis=(1, 2)),
        "max_last": lambda x: ops.max(x, axis=-1),
        "min": lambda x: ops.min(x, axis=1),
        "sum": lambda x: ops.sum(x, axis=[1, 2]),
        "average": lambda x: ops.average(x, axis=1),
        "average_weights": lambda x: ops.average(x, axis=-1, weights=array(1, 2, 3)),
        "average_rows": lambda x: ops.average(x, axis=1, weights=np.arange(6, dtype="float32")),
        "average_tensor": lambda x: ops.average(x, axis=-1, weights=ops.square(x) + 1),
        "norm": lambda x: ops.norm(x, axis=-1),
        "normalize": lambda x: ops.normalize(x, axis=-1),
        "normalize_first": lambda x: ops.normalize(x, axis=-1, order=1),
        "normalize_third": lambda x: ops.normalize(x, axis=-1, order=3),
        "normalize_fourth": lambda x: ops.normalize(x, axis=1, order=4),
        "resize": lambda x: ops.image.resize(x, (9, 5)),
        "resize_nearest": lambda x: ops.image.resize(x, (3, 4), interpolation="nearest"),
        "grey": lambda x: ops.image.rgb_to_grayscale(x),
        "std": lambda x: ops.std(x, axis=(1, 2)),
        "var": lambda x: ops.var(x, axis=-1, keepdims=True),
        "tile": lambda x: ops.tile(x[..., :1], (1, 1, 2, 3)),
        "take": lambda x: ops.take(x, [2, 1, 0, -1], axis=-1),
        "unstack": lambda x: ops.stack(ops.unstack(x, axis=-1)[::-1], axis=-1),
        "swapaxes": lambda x: ops.swapaxes(x, 1, -1),
        "moveaxis": lambda x: ops.moveaxis(x, -1, 1),
        "expm1": lambda x: ops.expm1(x),
        "where": lambda x: ops.where(x > 0, x, x * 0.1),
        "where_number": lambda x: ops.where(ops.greater(x, 0.2), x, 0.0),
        "where_numbers": lambda x: ops.where(ops.less(x, array(0.1, 0.2, 0.3)), 2.0, x),
        "compare": lambda x: x * ops.cast(x >= 0.1, "float32") + ops.cast(x <= -0.1, "float32"),
        "compare_equal": lambda x: x * ops.cast(ops.equal(ops.round(x), 0), "float32")
                                   + ops.cast(ops.not_equal(ops.round(x), 0), "float32"),
        "logical": lambda x: x * ops.cast(ops.logical_and(x > -0.5, ops.logical_not(x > 0.5)), "float32")
                             + ops.cast(ops.logical_or(x < -0.5, x > 0.5), "float32"),
        "cast_to_bool": lambda x: x * ops.cast(ops.cast(ops.relu(x), "bool"), "float32"),
        "round": lambda x: x + ops.round(x * 3),
        "round_decimals": lambda x: x + ops.round(x, 1),
        "floor": lambda x: x + ops.floor(x * 3),
        "ceil": lambda x: x + ops.ceil(x * 3),
        "floor_divide": lambda x: x + (x * 9) // 2,
        "mod": lambda x: ops.mod(x * 9, 2.0),
        "sign": lambda x: x * ops.sign(x),
        "stop_gradient": lambda x: x * ops.stop_gradient(x),
        "roll": lambda x: ops.roll(x, 3, axis=2),
        "roll_back": lambda x: ops.roll(x, -1, axis=-1),
        "crop_images": lambda x: ops.image.crop_images(x, 1, 2, target_height=3, target_width=4),
        "crop_images_ends": lambda x: ops.image.crop_images(x, bottom_cropping=1, right_cropping=2, target_height=3, target_width=4),
        "pad_images": lambda x: ops.image.pad_images(x, 1, 2, target_height=10, target_width=12),
    }
    positive = {
        "sqrt": lambda x: ops.sqrt(x),
        "rsqrt": lambda x: ops.rsqrt(x),
        "log": lambda x: ops.log(x),
        "power": lambda x: ops.power(x, 1.7),
        "divide_tensor": lambda x: ops.divide(x * 2 - 1, x),
        "number_divide": lambda x: 2.0 / x,
        "reciprocal": lambda x: ops.reciprocal(x),
        "log1p": lambda x: ops.log1p(x),
        "log2": lambda x: ops.log2(x) + ops.log10(x),
        "power_array": lambda x: ops.power(x, array(0.5, 2, -1.5)),
    }
    return both, positive


def of_tf_keras():
    nn = tf.nn
    both = {
        "add_number": lambda x: x + 0.5,
        "number_add": lambda x: 0.5 + x,
        "add_list": lambda x: x + [0.1, 0.2, 0.3],
        "add_tensor": lambda x: tf.add(x, x * 2),
        "add_math": lambda x: tf.math.add(x, 1.5),
        "subtract_number": lambda x: x - 0.5,
        "number_subtract": lambda x: 1.0 - x,
        "subtract_image": lambda x: x - IMAGE,
        "image_subtract": lambda x: tf.subtract(IMAGE, x),
        "divide_image": lambda x: x / IMAGE,
        "subtract_array": lambda x: x - MEANS,
        "array_subtract": lambda x: tf.subtract(tf.constant(MEANS), x),
        "subtract_mean": lambda x: x - tf.reduce_mean(x, axis=[1, 2], keepdims=True),
        "multiply_number": lambda x: x * 3,
        "multiply_list": lambda x: x * [0.5, -1.0, 2.0],
        "multiply_tensor": lambda x: tf.multiply(x, x),
        "divide_number": lambda x: x / 127.5,
        "divide": lambda x: tf.math.divide(x, 127.5),
        "divide_array": lambda x: x / np.array([0.229, 0.224, 0.225], "float32"),
        "truediv": lambda x: tf.truediv(x, 2.0),
        "maximum_number": lambda x: tf.maximum(x, 0.25),
        "number_maximum": lambda x: tf.maximum(0.0, x),
        "maximum_tensor": lambda x: tf.maximum(x, 0.5 - x),
        "minimum_number": lambda x: tf.minimum(x, 0.25),
        "minimum_tensor": lambda x: tf.minimum(x, 0.5 - x),
        "negative": lambda x: -x,
        "math_negative": lambda x: tf.negative(x),
        "square": lambda x: tf.square(x),
        "pow": lambda x: tf.pow(x, 2.0),
        "number_pow": lambda x: 2.0 ** x,
        "exp": lambda x: tf.exp(x),
        "abs": lambda x: abs(x),
        "sigmoid": lambda x: tf.sigmoid(x),
        "tanh": lambda x: tf.tanh(x),
        "relu": lambda x: nn.relu(x),
        "relu6": lambda x: nn.relu6(x * 4.0),
        "backend_relu": lambda x: tf_keras.activations.relu(x * 4.0, alpha=0.1, max_value=2.0),
        "leaky_relu": lambda x: nn.leaky_relu(x, 0.3),
        "leaky_relu_default": lambda x: nn.leaky_relu(x),
        "silu": lambda x: nn.silu(x),
        "swish": lambda x: nn.swish(x),
        "gelu": lambda x: nn.gelu(x),
        "gelu_by_tanh": lambda x: nn.gelu(x, approximate=True),
        "elu": lambda x: nn.elu(x),
        "selu": lambda x: nn.selu(x),
        "softplus": lambda x: tf.math.softplus(x),
        "softsign": lambda x: nn.softsign(x),
        "softmax": lambda x: nn.softmax(x),
        "softmax_axis": lambda x: nn.softmax(x, axis=1),
        "log_softmax": lambda x: nn.log_softmax(x),
        "hard_swish": lambda x: x * nn.relu6(x + 3.0) * (1.0 / 6.0),
        "bias_add": lambda x: nn.bias_add(x, tf.constant(-MEANS)),
        "backend_bias_add": lambda x: tf_keras.backend.bias_add(x, tf.constant(-MEANS)),
        "l2_normalize": lambda x: tf.math.l2_normalize(x, axis=-1),
        "reduce_mean": lambda x: tf.reduce_mean(x, axis=[1, 2]),
        "reduce_mean_last": lambda x: tf.reduce_mean(x, axis=-1, keepdims=True),
        "reduce_max": lambda x: tf.reduce_max(x, axis=1),
        "reduce_sum": lambda x: tf.reduce_sum(x, axis=[1, 2]),
        "cast": lambda x: tf.cast(x, tf.float32),
        "clip": lambda x: tf.clip_by_value(x, -0.5, 0.25),
        "backend_clip": lambda x: tf_keras.backend.clip(x, -0.5, 0.25),
        "concat": lambda x: tf.concat([x, x * 2.0], axis=-1),
        "concat_rows": lambda x: tf.concat([x, x * 2.0], 1),
        "reshape": lambda x: tf.reshape(x, (-1, 8, 18)),
        "expand_dims": lambda x: tf.expand_dims(x, 1),
        "squeeze": lambda x: tf.squeeze(x[..., :1], -1),
        "identity": lambda x: tf.identity(x),
        "split": lambda x: tf.concat(tf.split(x, 3, axis=-1)[::-1], axis=-1),
        "split_sizes": lambda x: tf.split(x, [2, 3, 3], axis=2)[1],
        "stack": lambda x: tf.stack([x, x * 2.0], axis=1),
        "transpose": lambda x: tf.transpose(x, (0, 2, 1, 3)),
        "pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]]),
        "pad_old": lambda x: tf.compat.v1.pad(x, [[0, 0], [1, 2], [0, 3], [1, 0]], constant_values=0.5),
        "pad_reflect": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]], mode="REFLECT"),
        "resize": lambda x: tf.image.resize(x, (9, 5)),
        "resize_nearest": lambda x: tf.image.resize(x, (3, 4), method="nearest"),
        "grayscale_to_rgb": lambda x: tf.image.grayscale_to_rgb(x[..., :1]),
        "rgb_to_grayscale": lambda x: tf.image.rgb_to_grayscale(x),
        "standardization": lambda x: tf.image.per_image_standardization(x),
        "turn_channels": lambda x: x[..., ::-1],
        "first_channel": lambda x: x[..., :1],
        "one_channel": lambda x: x[..., 1],
        "crop": lambda x: x[:, 1:-1, 1:-1, :],
        "new_axis": lambda x: x[:, tf.newaxis, ..., 2],
        "reduce_std": lambda x: tf.math.reduce_std(x, axis=[1, 2]),
        "reduce_variance": lambda x: tf.math.reduce_variance(x, axis=-1),
        "tile": lambda x: tf.tile(x[..., :1], [1, 1, 1, 3]),
        "gather": lambda x: tf.gather(x, [2, 1, 0], axis=-1),
        "unstack": lambda x: tf.stack(tf.unstack(x, axis=-1)[::-1], axis=-1),
        "maximum_list": lambda x: tf.maximum(x, [-0.5, 0.1, 0.4]),
        "minimum_image": lambda x: tf.minimum(SIGNED, x),
        "multiply_signed_image": lambda x: x * SIGNED,
        "multiply_rows": lambda x: x * SIGNED[:, :1, :1],
        "array_pow": lambda x: tf.pow(MEANS, x),
        "where": lambda x: tf.where(x > 0, x, x * 0.1),
        "where_number": lambda x: tf.where(tf.greater(x, 0.2), x, 0.0),
        "elu_of_alpha": lambda x: tf_keras.activations.elu(x, 0.7),
        "compare": lambda x: x * tf.cast(x >= 0.1, "float32") + tf.cast(x <= -0.1, "float32"),
        "compare_equal": lambda x: x * tf.cast(tf.equal(tf.round(x), 0.0), "float32")
                                   + tf.cast(tf.not_equal(tf.round(x), 0.0), "float32"),
        "logical": lambda x: x * tf.cast(tf.logical_and(x > -0.5, tf.logical_not(x > 0.5)), "float32")
                             + tf.cast(tf.logical_or(x < -0.5, x > 0.5), "float32"),
        "round": lambda x: x + tf.round(x * 3.0),
        "floor": lambda x: x + tf.floor(x * 3.0),
        "ceil": lambda x: x + tf.math.ceil(x * 3.0),
        "floor_divide": lambda x: x + (x * 9.0) // 2.0,
        "mod": lambda x: tf.math.floormod(x * 9.0, 2.0),
        "sign": lambda x: x * tf.sign(x),
        "stop_gradient": lambda x: x * tf.stop_gradient(x),
        "roll": lambda x: tf.roll(x, [2, -1], axis=[1, -1]),
        "crop_to_bounding_box": lambda x: tf.image.crop_to_bounding_box(x, 1, 2, 3, 4),
        "pad_to_bounding_box": lambda x: tf.image.pad_to_bounding_box(x, 1, 2, 10, 12),
        "central_crop": lambda x: tf.image.central_crop(x, 0.5),
        "crop_or_pad": lambda x: tf.image.resize_with_crop_or_pad(x, 3, 11),
        "flip_left_right": lambda x: tf.image.flip_left_right(x),
        "flip_up_down": lambda x: tf.image.flip_up_down(x),
        "rot90": lambda x: tf.image.rot90(x),
        "rot90_thrice": lambda x: tf.image.rot90(x, 3),
        "image_transpose": lambda x: tf.image.transpose(x),
        "adjust_brightness": lambda x: tf.image.adjust_brightness(x, 0.2),
        "slice": lambda x: tf.slice(x, [0, 1, 0, 0], [-1, 3, -1, 2]),
        "zeros": lambda x: x + tf.zeros_like(x) - tf.ones_like(x) * 0.5,
        "ensure_shape": lambda x: tf.ensure_shape(x, (None, *SHAPE)),
        "scalar_mul": lambda x: tf.math.scalar_mul(2.0, x),
        "norm": lambda x: tf.norm(x, axis=-1),
        "batch_flatten": lambda x: tf_keras.backend.batch_flatten(x),
        "preprocess_tf": lambda x: tf_keras.applications.mobilenet_v2.preprocess_input(x),
        "preprocess_torch": lambda x: tf_keras.applications.densenet.preprocess_input(x),
        "preprocess_caffe": lambda x: tf_keras.applications.vgg16.preprocess_input(x),
    }
    positive = {
        "sqrt": lambda x: tf.sqrt(x),
        "rsqrt": lambda x: tf.math.rsqrt(x),
        "log": lambda x: tf.math.log(x),
        "pow_of_any": lambda x: tf.pow(x, 1.7),
        "divide_tensor": lambda x: tf.divide(x * 2.0 - 1.0, x),
        "number_divide": lambda x: 2.0 / x,
    }
    return both, positive


def keep(path):
    with open(path, "rb") as plain:
        content = plain.read()
    with open(path + ".gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(content)
    os.remove(path)
    print(os.path.basename(path), len(content), os.path.getsize(path + ".gz"))


def write(package, name, operators, golden, stream):
    image = package.Input(SHAPE, name="image")
    mixed = package.layers.Conv2D(3, 1, activation="tanh", name="mix")(image)
    positive = package.layers.Activation("sigmoid", name="positive")(mixed)
    labels, outputs = [], []
    for base, group in zip((mixed, positive), operators):
        for label, function in group.items():
            labels.append(label)
            outputs.append(function(base))
    model = package.Model(image, outputs, name="operators")
    kernel, bias = model.get_layer("mix").weights
    kernel.assign(golden.generated(f"{name}/kernel", kernel.shape, -1.0, 1.0, 7, stream))
    bias.assign(golden.generated(f"{name}/bias", bias.shape, -0.5, 0.5, 7, stream + 1))
    os.makedirs(os.path.join(FOLDER, "operators"), exist_ok=True)
    path = os.path.join(FOLDER, "operators", name)
    model.save(path)
    x = tf.constant(golden.generated(f"{name}/x", (2, *SHAPE), -1.0, 1.0, 7, stream + 2))
    golden.text(f"{name}/outputs", len(labels))
    for i, label in enumerate(labels):
        with tf.GradientTape() as tape:
            y = model(x)[i]
            cotangent = golden.generated(f"{name}/{i}/cotangent", tuple(y.shape), -1.0, 1.0, 8, stream + i)
            total = tf.reduce_sum(y * cotangent)
        golden.text(f"{name}/{i}/label", label)
        golden.array(f"{name}/{i}/output", y)
        golden.array(f"{name}/{i}/gradient", tape.gradient(total, kernel if package is tf_keras else kernel.value))
    keep(path)


if __name__ == "__main__":
    whole = GoldenFile()
    whole.text("tf_keras", tf_keras.__version__)
    write(keras, "keras_3.keras", of_keras_3(), whole, 0)
    write(tf_keras, "tf_keras.h5", of_tf_keras(), whole, 1000)
    whole.write("operators/operators.golden.gz")
