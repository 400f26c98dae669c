"""tests/golden/data/: small pictures with the pixels that TensorFlow reads from them, and what Keras's
image_dataset_from_directory makes of sizes, listings and splits."""

import io
import os
import sys
import tempfile
import zlib

from golden import FOLDER, GoldenFile

import keras
import numpy as np
import PIL
import tensorflow as tf
from PIL import Image, ImageOps

import photo_files
import picture_files

PICTURES = os.path.join(FOLDER, "data", "pictures")


def with_tensorflow(content):
    return tf.image.decode_image(content, channels=3, expand_animations=False).numpy()


def with_pillow(content):
    """Alpha is dropped, as TensorFlow does; converting to RGB at once might composite."""
    image = Image.open(io.BytesIO(content))
    return np.asarray(image.convert("RGBA" if image.mode in ("RGBA", "P") else "RGB"))[..., :3]


def decoded(name, content):
    """decode_image's pixels, except where it refuses a form or is wrong about it."""
    # It takes the indices of BMP's palettes for grey, and refuses them below 8 bits.
    if name.startswith("palette") and name.endswith(".bmp"):
        return "pillow", with_pillow(content)
    # It wants four channels of a WebP with alpha, and refuses a moving one.
    if name.endswith("alpha.webp"):
        pixels = tf.image.decode_image(content, channels=4, expand_animations=False).numpy()
        return "tensorflow, four channels", pixels[..., :3]
    if name == "animated.webp":
        return "pillow", with_pillow(content)
    return "tensorflow", with_tensorflow(content)


def save_picture(name, content):
    os.makedirs(PICTURES, exist_ok=True)
    with open(os.path.join(PICTURES, name), "wb") as file:
        file.write(content)


def pictures():
    golden = GoldenFile()
    golden.text("pillow", PIL.__version__)
    kinds = (picture_files.jpegs, picture_files.pngs, picture_files.gifs, picture_files.bmps, picture_files.webps)
    for name, content in (entry for kind in kinds for entry in kind()):
        save_picture(name, content)
        oracle, pixels = decoded(name, content)
        golden.text(f"{name}/oracle", oracle)
        golden.array(name, pixels)
    golden.write("data/pictures.golden.gz")


def photos():
    """What TensorFlow does not read: HEIC and AVIF as pillow-heif shows them, TIFF as Pillow does."""
    golden = GoldenFile()
    golden.text("pillow", PIL.__version__)
    golden.text("pillow-heif", photo_files.pillow_heif.__version__)
    golden.text("libheif", photo_files.pillow_heif.libheif_version())
    for name, content, pixels in photo_files.all_forms():
        save_picture(name, content)
        golden.array(name, pixels)
    save_picture("preview.dng", photo_files.preview())
    golden.write("data/photos.golden.gz")


def orientations():
    golden = GoldenFile()
    golden.text("pillow", PIL.__version__)
    for name, orientation, content in picture_files.oriented():
        save_picture(name, content)
        _, pixels = decoded(name, content)
        image = Image.fromarray(pixels)
        image.getexif()[0x0112] = orientation
        golden.array(f"{name}/as_stored", pixels)
        golden.array(f"{name}/upright", np.asarray(ImageOps.exif_transpose(image)))
    golden.write("data/orientations.golden.gz")


# Source height and width, target height and width, and of the result every how manieth value is kept.
RESIZES = [((29, 37), (16, 16), 1), ((29, 37), (29, 37), 7), ((29, 37), (58, 74), 19), ((5, 4), (23, 17), 2),
           ((40, 60), (20, 30), 3), ((1, 1), (3, 2), 1), ((2, 300), (7, 11), 1), ((300, 2), (11, 7), 1),
           ((97, 131), (1, 1), 1), ((97, 131), (31, 20), 4), ((200, 301), (224, 224), 197), ((480, 640), (96, 96), 37),
           ((1200, 901), (224, 224), 197), ((150, 150), (224, 224), 197), ((64, 3000), (50, 50), 11),
           ((3, 1000), (10, 10), 1), ((1000, 3), (10, 10), 1), ((333, 500), (299, 299), 301)]
ASPECTS = {"stretch": {}, "crop": {"crop_to_aspect_ratio": True}, "pad": {"pad_to_aspect_ratio": True}}


def resized(pixels, size, options):
    with tempfile.TemporaryDirectory() as folder:
        tf.io.write_file(os.path.join(folder, "image.png"), tf.io.encode_png(pixels))
        dataset = keras.utils.image_dataset_from_directory(
            folder, labels=None, shuffle=False, image_size=size, batch_size=1, verbose=False, **options)
        return next(iter(dataset)).numpy()[0]


def resizes():
    golden = GoldenFile()
    golden.text("cases", len(RESIZES))
    for index, (source, target, step) in enumerate(RESIZES):
        noise = golden.generated(f"case{index}/source", (*source, 3), 0.0, 256.0, 7, index)
        golden.text(f"case{index}/height", target[0])
        golden.text(f"case{index}/width", target[1])
        golden.text(f"case{index}/step", step)
        for aspect, options in ASPECTS.items():
            try:
                result = resized(noise.astype(np.uint8), target, options)
            except tf.errors.InvalidArgumentError:  # resize_with_pad rounds a side to no pixel
                print(f"{source} to {target}, {aspect}: refused")
                continue
            golden.array(f"case{index}/{aspect}", result.reshape(-1)[::step])
    golden.write("data/resize.golden.gz")


FILTERS = {"bicubic": ("bicubic", False), "bilinear_antialias": ("bilinear", True),
           "bicubic_antialias": ("bicubic", True)}


def filters():
    golden = GoldenFile()
    golden.text("cases", 5)
    for index, (source, target) in enumerate((((31, 45), (20, 17)), ((31, 45), (35, 48)), ((90, 20), (7, 30)),
                                              ((5, 3), (11, 1)), ((40, 40), (40, 13)))):
        noise = golden.generated(f"case{index}/source", (*source, 3), 0.0, 256.0, 8, index).astype(np.uint8)
        golden.text(f"case{index}/size", f"{target[0]} {target[1]}")
        for name, (method, antialias) in FILTERS.items():
            result = tf.image.resize(noise.astype(np.float32), target, method, antialias=antialias)
            golden.array(f"case{index}/{name}", np.clip(result, 0, 255))
    golden.write("data/filters.golden.gz")


# In an order that no listing gives.
TREE = ["b/2.jpg", "b/10.jpg", "b/1.JPG", "b/a.jpeg", "b/a-b/x.png", "b/a/b/y.bmp", "b/a/z.gif", "b/a.b/w.png",
        "b/.hidden/h.png", "b/.dot.png", "b/notes.txt", "b/png", "b/x.jpg.txt", "b/ä.png", "b/Z.PNG", "b/ .png",
        "B2/one.Jpg", "B2/two.jPeG", ".git/objects.png", "ä/1.png", "z/1.bmp", "_/1.gif", "10/1.png", "9/1.png",
        "top.png"]


def write_files(folder, names):
    for name in names:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(picture_files.png(np.zeros((1, 1, 3), np.uint8)))


def shuffled(folder, split=None, subset=None, shuffle=True, seed=0):
    dataset = keras.utils.image_dataset_from_directory(
        folder, shuffle=shuffle, seed=seed, validation_split=split, subset=subset, image_size=(2, 2), verbose=False)
    return [os.path.relpath(path, folder) for path in dataset.file_paths], dataset.class_names


def listing():
    golden = GoldenFile()
    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, TREE)
        files, classes = shuffled(folder, shuffle=False)
    for name, entries in (("tree", TREE), ("classes", classes), ("files", files)):
        golden.text(name, "|".join(entries))
    golden.write("data/listing.golden.gz")


SPLITS = [(count, fraction, seed) for count, fraction in ((2, 0.5), (10, 0.3), (57, 0.2), (400, 0.25))
          for seed in (0, 1, 1337, 4294967295)] + [(29, 0.1, 5), (100, 0.29, 2), (1000, 0.07, 3)]


def splits():
    golden = GoldenFile()
    golden.text("cases", len(SPLITS))
    for index, (count, fraction, seed) in enumerate(SPLITS):
        with tempfile.TemporaryDirectory() as folder:
            names = [f"{'ab'[i * 2 // count]}/{i:04}.png" for i in range(count)]
            write_files(folder, names)
            parts = {subset: shuffled(folder, fraction, subset, seed=seed)[0] for subset in ("training", "validation")}
        golden.text(f"case{index}/count", count)
        golden.text(f"case{index}/fraction", fraction)
        golden.text(f"case{index}/seed", seed)
        for subset, files in parts.items():
            golden.text(f"case{index}/{subset}", " ".join(str(names.index(file)) for file in files))
    golden.write("data/splits.golden.gz")


def preprocessing():
    golden = GoldenFile()
    values = golden.generated("pixels", (64, 3), 0.0, 255.0, 11, 0)
    for mode in ("tf", "caffe", "torch"):
        golden.array(mode, keras.applications.imagenet_utils.preprocess_input(values.copy(), mode=mode))
    golden.write("data/preprocessing.golden.gz")


def trashnet(folder):
    """Of a folder that is no part of the project: the pixels of every 20th file, and a split. Each as the CRC-32 of all
    there are, of the split's file names one a line."""
    golden = GoldenFile()
    listing, _ = shuffled(folder, shuffle=False)
    crc = 0
    for name in listing[::20]:
        with open(os.path.join(folder, name), "rb") as file:
            crc = zlib.crc32(with_tensorflow(file.read()).tobytes(), crc)
    golden.text("pixels/crc32", crc)
    for subset in ("training", "validation"):
        files, _ = shuffled(folder, 0.2, subset, seed=1)
        golden.text(f"{subset}/count", len(files))
        golden.text(f"{subset}/first", files[0])
        golden.text(f"{subset}/last", files[-1])
        golden.text(f"{subset}/crc32", zlib.crc32("".join(name + "\n" for name in files).encode()))
    golden.write("data/trashnet.golden.gz")


def main(arguments):
    if arguments[:1] == ["trashnet"]:
        trashnet(arguments[1])
        return
    kinds = {function.__name__: function
             for function in (pictures, photos, orientations, resizes, filters, listing, splits, preprocessing)}
    for name in arguments or kinds:
        kinds[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
