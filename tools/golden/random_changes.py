"""tests/golden/layers/random_changes.golden.gz: what Keras's newer random layers make of images by given numbers.

Each layer's transform_images() is handed what its get_random_transformation() would have drawn, in the words of thaw's
DrawnNumbers (src/thaw/runtime/cpu/numerics/image_change.h).
"""

import json

import keras
import numpy as np
import tensorflow as tf

import philox
from golden import GoldenFile

L = keras.layers
COUNT, SIZE = 3, (9, 12, 3)
ROWS, COLUMNS, CHANNELS = SIZE
HAS_GRADIENT = ("RandomColorDegeneration", "RandomGrayscale", "RandomInvert", "Solarization", "RandomSharpness",
                "RandomGaussianBlur", "RandomErasing", "RandomPerspective", "RandomElasticTransform")
EXACT_GRADIENT = ("RandomPerspective",)  # TensorFlow's takes the inverse map


def normal(count, seed, stream):
    """Random(seed, stream).normal(), again and again."""
    u = philox.uniform((2 * count,), 0.0, 1.0, seed, stream).reshape(count, 2)
    radius = np.sqrt(np.float32(-2) * np.log(np.float32(1) - u[:, 0]))
    return (radius * np.cos(np.float32(2 * np.pi) * u[:, 1])).astype("float32")


def noise_of(image):
    """What the test hands in as the image's stream of noise."""
    return 9, image + 1


def column(numbers, index, shape=(-1, 1, 1, 1)):
    return tf.constant(np.array(numbers, "float32")[:, index].reshape(shape))


def chance(numbers):
    return tf.constant(np.array(numbers)[:, 0] > 0)


def erasing(layer, numbers):
    masks = np.zeros((COUNT, *SIZE), bool)
    fill = np.zeros((COUNT, *SIZE), "float32")
    for i, (_, left, right, top, bottom) in enumerate(numbers):
        inside_x = (np.arange(COLUMNS) >= left) & (np.arange(COLUMNS) < right)
        inside_y = (np.arange(ROWS) >= top) & (np.arange(ROWS) < bottom)
        masks[i] = (inside_y[:, None] & inside_x[None, :])[:, :, None]
        fill[i][masks[i]] = normal(int(masks[i].sum()), *noise_of(i)) * layer.value_range[1]
    if layer.fill_value is None:
        fill = np.clip(fill, *layer.value_range)
    else:
        fill = np.array(layer._get_fill_value(tf.zeros((COUNT, *SIZE)), (COUNT, *SIZE), None))
    return {"apply_erasing": chance(numbers), "batch_masks": tf.constant(masks), "fill_value": tf.constant(fill, tf.float32)}


def perspective(numbers):
    start = np.repeat(np.array([[[0, 0], [COLUMNS - 1, 0], [0, ROWS - 1], [COLUMNS - 1, ROWS - 1]]], "float32"), COUNT, axis=0)
    factors = np.array(numbers, "float32")[:, 1:].reshape(COUNT, 4, 2)
    return {"apply_perspective": chance(numbers), "start_points": tf.constant(start), "end_points": tf.constant(start + start * factors)}


TRANSFORMATIONS = {
    "RandomSaturation": lambda layer, n: {"factor": column(n, 0, (-1,))},
    "RandomHue": lambda layer, n: {"factor": column(n, 0, (-1,))},
    "RandomColorDegeneration": lambda layer, n: {"factor": column(n, 0)},
    "RandomSharpness": lambda layer, n: {"factor": column(n, 0, (-1,))},
    "RandomGrayscale": lambda layer, n: tf.reshape(chance(n), (-1, 1, 1, 1)),
    "RandomInvert": lambda layer, n: {"apply_inversion": chance(n)},
    "RandomPosterization": lambda layer, n: {"shift_factor": tf.cast(8 - column(n, 0, (-1,)), "uint8")},
    "Solarization": lambda layer, n: {"additions": column(n, 0), "thresholds": column(n, 1)},
    "RandomGaussianBlur": lambda layer, n: {"should_apply_blur": chance(n), "blur_factor": tf.constant(n[0][1:], tf.float32)},
    "Equalization": lambda layer, n: None,
    "AutoContrast": lambda layer, n: None,
    "RandomErasing": erasing,
    "RandomPerspective": lambda layer, n: perspective(n),
    "RandomElasticTransform": lambda layer, n: {"apply_transform": chance(n), "distortion_factor": tf.constant(n[0][1], tf.float32), "seed": 1},
}
UNIT = {"value_range": [0.0, 1.0]}
BOXES = [[1, 2.5, 7.25, 1.0, 6.5], [0, 1, 9, 1, 6], [1, 0, 11.9, 3.2, 4.1]]
CORNERS = [[1, 0.1, -0.2, -0.3, 0.2, 0.15, -0.35, -0.2, -0.4], [0] * 9, [1, 0.3, 0.3, 0.2, 0.1, -0.1, 0.25, 0.15, 0.05]]
THREE = [[0.3], [-0.2], [0.45]]
CASES = [
    ("RandomSaturation", {"factor": 0.5}, [[0.4], [1.8], [0.0]]),
    ("RandomSaturation", {"factor": 0.5, **UNIT}, [[0.4], [1.8], [0.0]]),
    ("RandomHue", {"factor": 0.5}, THREE),
    ("RandomHue", {"factor": 0.5, **UNIT}, THREE),
    ("RandomHue", {"factor": 0.5, "value_range": [-1.0, 1.0]}, THREE),
    ("RandomColorDegeneration", {"factor": 0.5}, [[0.3], [-0.9], [1.0]]),
    ("RandomGrayscale", {"factor": 0.5}, [[1], [0], [1]]),
    ("RandomInvert", {"factor": 0.5}, [[1], [0], [1]]),
    ("RandomInvert", {"factor": 0.5, **UNIT}, [[1], [0], [1]]),
    ("RandomPosterization", {"factor": 5}, [[1], [3], [8]]),
    ("RandomPosterization", {"factor": 5, **UNIT}, [[1], [3], [4]]),
    ("Solarization", {"addition_factor": 0.2, "threshold_factor": 0.7}, [[20.0, 128.0], [0.0, 60.0], [40.0, 0.0]]),
    ("Solarization", {"addition_factor": 0.2, "threshold_factor": 0.7, "value_range": [-1.0, 1.0]}, [[20.0, 128.0], [0.0, 60.0], [40.0, 0.0]]),
    ("RandomSharpness", {"factor": 0.5}, [[0.1], [0.5], [0.95]]),
    ("RandomGaussianBlur", {"kernel_size": 3}, [[1, 0.5, 0.9], [0, 0.5, 0.9], [1, 0.5, 0.9]]),
    ("RandomGaussianBlur", {"kernel_size": [5, 3], "sigma": [0.2, 1.0]}, [[1, 0.8, 0.3], [1, 0.8, 0.3], [0, 0.8, 0.3]]),
    ("AutoContrast", {}, [[0]] * COUNT),
    ("AutoContrast", UNIT, [[0]] * COUNT),
    ("Equalization", {}, [[0]] * COUNT),
    ("Equalization", {"bins": 16, **UNIT}, [[0]] * COUNT),
    ("Equalization", {"value_range": [-1.0, 1.0]}, [[0]] * COUNT),
    ("RandomErasing", {"fill_value": [20.0, 300.0, 7.5]}, BOXES),
    ("RandomErasing", {"fill_value": 12.5}, BOXES),
    ("RandomErasing", {}, BOXES),
    ("RandomPerspective", {"scale": 0.8, "fill_value": 9.0}, CORNERS),
    ("RandomPerspective", {"scale": 0.8, "interpolation": "nearest"}, CORNERS),
] + [("RandomElasticTransform", {"fill_mode": mode, "fill_value": 30.0}, [[1, 0.9], [0, 0.9], [1, 0.9]])
     for mode in ("reflect", "constant", "nearest", "wrap")] + [
    ("RandomElasticTransform", {"interpolation": "nearest"}, [[1, 0.4]] * COUNT),
]


def range_of(arguments):
    low, high = arguments.get("value_range", [0.0, 255.0])
    return low + (high - low) / 16, high - (high - low) / 16


def with_given_noise(call):
    """Elastic transforms draw within: both of their fields from one seed, so they are one."""
    drawn = tf.random.stateless_normal
    fields = np.stack([normal(ROWS * COLUMNS, *noise_of(i)).reshape(ROWS, COLUMNS) for i in range(COUNT)])
    tf.random.stateless_normal = lambda shape, **_: tf.constant(fields)
    try:
        return call()
    finally:
        tf.random.stateless_normal = drawn


def record(golden, index, class_name, arguments, numbers):
    prefix = f"case{index}/"
    layer = getattr(L, class_name)(name="layer", **arguments)
    golden.text(prefix + "class", class_name)
    golden.text(prefix + "config", json.dumps(layer.get_config()))
    x = golden.generated(prefix + "input", (COUNT, *SIZE), *range_of(arguments), index + 1, 0)
    golden.array(prefix + "numbers", numbers)
    transformation = TRANSFORMATIONS[class_name](layer, numbers)
    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        y = with_given_noise(lambda: layer.transform_images(tensor, transformation))
        cotangent = golden.generated(prefix + "cotangent", y.shape, -1.0, 1.0, index + 1, 1)
        total = tf.reduce_sum(y * cotangent)
    golden.array(prefix + "output", y)
    if class_name in HAS_GRADIENT and class_name not in EXACT_GRADIENT:
        golden.array(prefix + "gradient", tape.gradient(total, tensor))


def augmentation_numbers(layer, x):
    """Of each of RandAugment's layers: what thaw would have drawn, and what that is to Keras."""
    angle, shear, shift = [30.0, -15.0, 80.0], [[0.3, 0.2], [-0.1, -0.4], [0.2, 0.5]], [[2.0, 1.5], [0.25, 4.0], [5.0, 0.0]]
    rotation = layer.random_rotation
    matrices = np.array(rotation._compute_affine_matrix(0.5, 0.5, tf.constant(angle), *[tf.zeros(3)] * 2, tf.ones(3),
                                                        *[tf.zeros(3)] * 2, ROWS, COLUMNS))
    ones, zeros = np.ones(3), np.zeros(3)
    shear, shift = np.array(shear, "float32"), np.array(shift, "float32")
    rows = lambda *parts: np.stack(parts, axis=1).astype("float32")
    ours = {
        "random_shear": rows(ones, shear[:, 0], zeros, shear[:, 1], ones, zeros),
        "random_translation": rows(ones, zeros, -shift[:, 0], zeros, ones, -shift[:, 1]),
        "random_rotation": matrices[:, :6],
        "random_brightness": rows(ones, [20.0, 80.0, 3.0]),
        "random_contrast": rows([1.3, 1.1, 1.45], zeros),
        "random_posterization": rows([1, 2, 3]),
        "solarization": rows([20.0, 0.0, 40.0], [128.0, 60.0, 0.0]),
        "auto_contrast": rows(zeros), "equalization": rows(zeros),
        "random_color_degeneration": rows([0.3, 0.1, 0.5]), "random_sharpness": rows([0.1, 0.4, 0.3]),
    }
    column_of = lambda name, i, shape: tf.constant(ours[name][:, i].reshape(shape))
    theirs = {
        "random_shear": {"shear_factor": tf.constant(shear), "input_shape": x.shape},
        "random_translation": {"translations": tf.constant(shift), "input_shape": x.shape},
        "random_rotation": {"rotation_matrix": tf.constant(matrices, tf.float32)},
        "random_brightness": {"rgb_delta": column_of("random_brightness", 1, (-1, 1, 1, 1))},
        "random_contrast": {"contrast_factor": column_of("random_contrast", 0, (-1, 1, 1, 1))},
        "random_posterization": {"shift_factor": tf.constant([7, 6, 5], "uint8")},
        "solarization": {"additions": column_of("solarization", 0, (-1, 1, 1, 1)), "thresholds": column_of("solarization", 1, (-1, 1, 1, 1))},
        "auto_contrast": None, "equalization": None,
        "random_color_degeneration": {"factor": column_of("random_color_degeneration", 0, (-1, 1, 1, 1))},
        "random_sharpness": {"factor": column_of("random_sharpness", 0, (-1,))},
    }
    return ours, theirs


def record_augmentations(golden):
    """Two steps of RandAugment for each pair of neighbours, and a mix of AugMix."""
    members = ["random_shear", "random_translation", "random_rotation", "random_brightness", "random_contrast", "random_posterization",
               "solarization", "auto_contrast", "equalization", "random_color_degeneration", "random_sharpness"]
    x = golden.generated("augment/input", (COUNT, *SIZE), 10.0, 240.0, 77, 0)
    augment, mix = L.RandAugment(name="layer"), L.AugMix(name="layer", factor=0.5)
    golden.text("augment/config", json.dumps(augment.get_config()))
    golden.text("mix/config", json.dumps(mix.get_config()))
    ours, theirs = augmentation_numbers(augment, x)
    for i, member in enumerate(members):
        golden.array(f"augment/numbers{i}", ours[member])
        order = augment._AUGMENT_LAYERS
        steps = [member, members[(i + 1) % len(members)]]
        transforms = {name: theirs[name] for name in order}
        golden.array(f"augment/output{i}", augment.transform_images(
            tf.constant(x), {"layer_idxes": tf.constant([order.index(step) for step in steps]), "transforms": transforms}))
    step = lambda name: {"layer_name": name, "transformation": theirs[name]}
    golden.array("mix/output", mix.transform_images(tf.constant(x), {
        "chain_mixing_weights": tf.constant([0.5, 0.2, 0.3]), "weight_sample": tf.constant(0.25),
        "chain_transforms": [[step("random_shear"), step("solarization"), step("random_sharpness")], [], [step("random_rotation")]]}))


def record_mixes(golden):
    x = golden.generated("mixes/input", (COUNT, *SIZE), 0.0, 255.0, 78, 0)
    order, weight = [2, 0, 1], [0.3, 0.9, 0.55]
    golden.array("mixes/order", order)
    golden.array("mixes/weight", weight)
    golden.array("mixes/boxes", [box[1:] for box in BOXES])
    mix_up, cut_mix = L.MixUp(), L.CutMix()
    golden.array("mixes/mix_up", mix_up.transform_images(tf.constant(x), {"mix_weight": tf.constant(weight), "permutation_order": tf.constant(order)}))
    corners = [tf.constant([box[i] for box in BOXES], tf.float32) for i in range(1, 5)]
    masks, _ = cut_mix._generate_batch_mask((COUNT, *SIZE), corners)
    golden.array("mixes/cut_mix", cut_mix.transform_images(tf.constant(x), {"permutation_order": tf.constant(order), "batch_masks": masks}))


def main():
    golden = GoldenFile()
    golden.text("cases", len(CASES))
    for index, case in enumerate(CASES):
        record(golden, index, *case)
    record_augmentations(golden)
    record_mixes(golden)
    golden.write("layers/random_changes.golden.gz")


if __name__ == "__main__":
    main()
