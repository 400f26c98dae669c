"""Small pictures in the forms that phones and scanners write, each with its pixels."""

import io

import numpy as np
import pillow_heif
import tensorflow as tf
from PIL import Image, ImageOps

from picture_files import alpha, photo, pillow

pillow_heif.register_heif_opener()


def smooth(height=48, width=64):
    """Slopes and a disc without noise: chroma that is shared by pixels then differs little, however it is spread."""
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
    return np.stack([200 * x + 20, 180 * y + 40, 220 - 90 * x - 80 * y], axis=-1).astype(np.uint8)


def shown(content):
    """Turned as the file says, without alpha."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    return np.asarray(image.convert("RGBA" if image.mode in ("RGBA", "P") else "RGB"))[..., :3]


def heifs():
    image = Image.fromarray(smooth())
    turned = Image.Exif()
    turned[0x0112] = 6
    forms = {"photo": {}, "chroma_444": {"chroma": "444"}, "turned": {"exif": turned.tobytes()}}
    for name, options in forms.items():
        yield f"{name}.heic", pillow(image, "HEIF", quality=90, **options)
        yield f"{name}.avif", pillow(image, "AVIF", quality=90, **({"subsampling": "4:4:4"} if "chroma" in options
                                                                   else options))
    veiled = Image.fromarray(np.dstack([smooth(), alpha(48, 64)]), "RGBA")
    yield "alpha.heic", pillow(veiled, "HEIF", quality=90)
    deep = (smooth().astype(np.uint16) * 257).tobytes()
    stream = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (64, 48), deep).save(stream, quality=90)
    yield "ten_bits.heic", stream.getvalue()


def tiffs():
    color = photo()
    image = Image.fromarray(color)
    grey = image.convert("L")
    for name, options in {"plain": {}, "lzw": {"compression": "tiff_lzw"}, "deflate": {"compression": "tiff_deflate"},
                          "packbits": {"compression": "packbits"}}.items():
        yield f"{name}.tif", pillow(image, "TIFF", **options), color
    yield "grey.tif", pillow(grey, "TIFF"), np.repeat(np.asarray(grey)[..., None], 3, axis=2)
    lines = grey.convert("1")
    yield "fax.tiff", pillow(lines, "TIFF", compression="group4"), np.asarray(lines.convert("RGB"))
    few = image.quantize(16)
    yield "palette.tif", pillow(few, "TIFF"), np.asarray(few.convert("RGB"))
    yield "alpha.tif", pillow(Image.fromarray(np.dstack([color, alpha()]), "RGBA"), "TIFF"), color
    deep = color[..., 1].astype(np.uint16) * 256 + np.arange(color.shape[1], dtype=np.uint16) * 6
    high = (deep >> 8).astype(np.uint8)
    yield "grey16.tif", pillow(Image.fromarray(deep), "TIFF"), np.repeat(high[..., None], 3, axis=2)
    other = Image.fromarray(photo(seed=5))
    yield "pages.tif", pillow(image, "TIFF", save_all=True, append_images=[other]), color
    for orientation in (3, 5, 6):
        content = pillow(image, "TIFF", tiffinfo={0x0112: orientation})
        yield f"orientation{orientation}.tif", content, shown(content)


def preview():
    """As a camera's raw file begins: tag 254, of what follows, says that it is small."""
    return pillow(Image.fromarray(photo()), "TIFF", tiffinfo={254: 1})


def all_forms():
    for name, content in heifs():
        yield name, content, shown(content)
    yield from tiffs()
    phone = pillow(Image.fromarray(smooth()), "JPEG", quality=95)
    for name in ("photo.jfif", "photo.jpe"):
        yield name, phone, tf.image.decode_image(phone, channels=3).numpy()
