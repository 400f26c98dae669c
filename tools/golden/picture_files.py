"""Small pictures in every form that tests/data decodes. Pillow writes most; PNG and BMP have forms that it cannot write."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 37, 29  # no multiple of a block of 8 or 16
SCREEN = 4, 3, WIDTH + 9, HEIGHT + 5  # of the GIFs whose frame lies at an offset: left, top, width, height


def photo(height=HEIGHT, width=WIDTH, seed=1):
    """A picture [height, width, 3] with slopes, an edge and some noise."""
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
    disc = (x - 0.6) ** 2 + (y - 0.4) ** 2 < 0.06
    noise = np.random.RandomState(seed).uniform(-12, 12, (height, width, 3))
    colors = np.stack([230 * x + 10, 200 * y + 20 * x, 255 - 200 * x * y], axis=-1)
    colors[disc] = (250, 30, 60)
    return np.clip(colors + noise, 0, 255).astype(np.uint8)


def alpha(height=HEIGHT, width=WIDTH):
    return (np.add.outer(np.arange(height) * 5, np.arange(width) * 3) % 256).astype(np.uint8)


def pillow(image, form, **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def chunk(kind, payload):
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def packed_rows(samples, depth):
    """PNG's rows of `samples` [height, width, channels], each with filter 0 before it."""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        return b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
    bits = np.unpackbits(rows.astype(np.uint8)[..., None], axis=-1)[..., 8 - depth:]
    return b"".join(b"\0" + np.packbits(row.reshape(-1)).tobytes() for row in bits)


def png(samples, depth=8, color=2, interlaced=False, chunks=b""):
    """color: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA; samples [height, width, channels]."""
    height, width = samples.shape[:2]
    passes = [(0, 0, 1, 1)]
    if interlaced:  # Adam7: first column and row, steps
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b"".join(packed_rows(samples[y::down, x::right], depth) for x, y, right, down in passes)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b""))


def bmp(pixels, bits, palette=None, top_down=False):
    """pixels [height, width, channels] (blue first is this function's work) or indices [height, width]."""
    height, width = pixels.shape[:2]
    if palette is None:
        rows = [row[:, [2, 1, 0, 3][:bits // 8]].tobytes() for row in pixels]
    else:
        bit_rows = np.unpackbits(pixels.astype(np.uint8)[..., None], axis=-1)[..., 8 - bits:]
        rows = [np.packbits(row.reshape(-1)).tobytes() for row in bit_rows]
    body = b"".join(row + b"\0" * (-len(row) % 4) for row in (rows if top_down else rows[::-1]))
    colors = b"" if palette is None else b"".join(bytes([b, g, r, 0]) for r, g, b in palette)
    start = 54 + len(colors)
    info = struct.pack("<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits, 0, len(body), 2835, 2835,
                       0 if palette is None else len(palette), 0)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + info + colors + body


def without_adobe(jpeg):
    """Drops APP14, so that a CMYK file's ink is not taken as inverted."""
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]:]


def on_screen(gif, left, top, width, height):
    """The same first frame at (left, top) of a screen of that size."""
    frame = frame_start(gif, WIDTH, HEIGHT)
    assert gif[frame:frame + 1] == b"\x2c"
    return (gif[:6] + struct.pack("<HH", width, height) + gif[10:frame + 1] + struct.pack("<HH", left, top)
            + gif[frame + 5:])


def frame_start(gif, width, height):
    return gif.index(struct.pack("<HH", width, height), 10) - 5


def with_second(gif, other):
    """The first frame of `other`, with its colours as its own, behind those of `gif`."""
    width, height = struct.unpack("<HH", other[6:10])
    frame = frame_start(other, width, height)
    colors = other[13:13 + 3 * 2 ** (1 + (other[10] & 7))]
    own = bytes([other[frame + 9] | 0x80 | (other[10] & 7)])
    return gif[:-1] + other[frame:frame + 9] + own + colors + other[frame + 10:]


def jpegs():
    image = Image.fromarray(photo())
    grey = image.convert("L")
    yield "baseline.jpg", pillow(image, "JPEG", quality=92, subsampling=0)
    yield "chroma_420.jpg", pillow(image, "JPEG", quality=75, subsampling=2)
    yield "chroma_422.jpg", pillow(image, "JPEG", quality=75, subsampling=1)
    yield "progressive.jpg", pillow(image, "JPEG", quality=75, subsampling=2, progressive=True)
    yield "progressive_444.jpg", pillow(image, "JPEG", quality=90, subsampling=0, progressive=True)
    yield "restart.jpg", pillow(image, "JPEG", quality=75, restart_marker_blocks=2)
    yield "rgb.jpg", pillow(image, "JPEG", quality=85, keep_rgb=True)
    yield "grey.jpg", pillow(grey, "JPEG", quality=85)
    ink = Image.fromarray(np.dstack([255 - photo(), alpha() // 2]), "CMYK")
    yield "cmyk_adobe.jpg", pillow(ink, "JPEG", quality=85)
    yield "cmyk_plain.jpg", without_adobe(pillow(ink, "JPEG", quality=85))
    large = Image.fromarray(photo(97, 131))
    yield "larger.jpg", pillow(large, "JPEG", quality=60, subsampling=2)


def pngs():
    color = photo()
    grey = color[..., 1:2]
    deep = color.astype(np.uint16) * 256 + np.arange(WIDTH, dtype=np.uint16).reshape(1, WIDTH, 1) * 6
    veil = alpha()[..., None]
    deep_veil = veil.astype(np.uint16) * 257
    palette = np.random.RandomState(2).randint(0, 256, (256, 3)).astype(np.uint8)
    colors, veils = chunk(b"PLTE", palette.tobytes()), chunk(b"tRNS", bytes(range(200)))
    few = chunk(b"PLTE", palette[:16].tobytes())
    yield "rgb.png", pillow(Image.fromarray(color), "PNG")
    yield "rgb16.png", png(deep, 16)
    yield "grey.png", pillow(Image.fromarray(color).convert("L"), "PNG")
    for depth in (1, 2, 4, 16):
        samples = deep[..., :1] if depth == 16 else grey >> (8 - depth)
        yield f"grey{depth}.png", png(samples, depth, 0)
    yield "grey_alpha.png", png(np.dstack([grey, veil]), 8, 4)
    yield "grey_alpha16.png", png(np.dstack([deep[..., :1], deep_veil]), 16, 4)
    yield "rgba.png", png(np.dstack([color, veil]), 8, 6)
    yield "rgba16.png", png(np.dstack([deep, deep_veil]), 16, 6)
    yield "palette.png", png(grey, 8, 3, chunks=colors)
    yield "palette_transparent.png", png(grey, 8, 3, chunks=colors + veils)
    yield "palette4.png", png(grey >> 4, 4, 3, chunks=few)
    yield "palette1.png", png(grey >> 7, 1, 3, chunks=few)
    yield "grey_key.png", png(grey, 8, 0, chunks=chunk(b"tRNS", b"\0\x40"))
    yield "rgb_key.png", png(color // 64 * 64, 8, 2, chunks=chunk(b"tRNS", b"\0\x40\0\x40\0\x80"))
    yield "interlaced.png", png(color, 8, 2, interlaced=True)
    yield "interlaced_palette4.png", png(grey >> 4, 4, 3, interlaced=True, chunks=few)
    yield "interlaced_rgba16.png", png(np.dstack([deep, deep_veil]), 16, 6, interlaced=True)
    yield "gamma.png", png(color, 8, 2, chunks=chunk(b"gAMA", struct.pack(">I", 100000)))


def gifs():
    frames = [Image.fromarray(photo(seed=seed)).quantize(32) for seed in (1, 2, 3)]
    plain = pillow(frames[0], "GIF", interlace=0)
    transparent = pillow(frames[0], "GIF", interlace=0, transparency=3)
    yield "plain.gif", plain
    yield "interlaced.gif", pillow(frames[0], "GIF", interlace=1)
    yield "animated.gif", pillow(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    yield "transparent.gif", transparent
    yield "offset.gif", on_screen(plain, *SCREEN)
    yield "offset_transparent.gif", on_screen(transparent, *SCREEN)
    yield "small_on_screen.gif", on_screen(plain, 0, 0, WIDTH + 9, HEIGHT + 5)
    larger = pillow(Image.fromarray(photo(HEIGHT + 6, WIDTH + 4)).quantize(16), "GIF", interlace=0)
    yield "larger_second.gif", with_second(on_screen(plain, 2, 1, WIDTH, HEIGHT), larger)


def bmps():
    color = photo()
    palette = np.random.RandomState(3).randint(0, 256, (256, 3)).tolist()
    ramp = [[i, i, i] for i in range(256)]
    yield "color24.bmp", bmp(color, 24)
    yield "color24_top_down.bmp", bmp(color, 24, top_down=True)
    yield "color32.bmp", bmp(np.dstack([color, alpha()]), 32)
    yield "color32_top_down.bmp", bmp(np.dstack([color, alpha()]), 32, top_down=True)
    yield "palette8.bmp", bmp(color[..., 0], 8, palette)
    yield "palette8_short.bmp", bmp(color[..., 0] >> 4, 8, palette[:16])
    yield "palette4.bmp", bmp(color[..., 0] >> 4, 4, palette[:16])
    yield "palette1.bmp", bmp(color[..., 0] >> 7, 1, palette[:2])
    yield "grey8.bmp", bmp(color[..., 0], 8, ramp)


def webps():
    image = Image.fromarray(photo())
    with_alpha = Image.fromarray(np.dstack([photo(), alpha()]), "RGBA")
    yield "lossy.webp", pillow(image, "WEBP", quality=80)
    yield "lossless.webp", pillow(image, "WEBP", lossless=True)
    yield "lossy_alpha.webp", pillow(with_alpha, "WEBP", quality=80)
    yield "lossless_alpha.webp", pillow(with_alpha, "WEBP", lossless=True, exact=True)
    frames = [Image.fromarray(photo(seed=seed)) for seed in (1, 2)]
    yield "animated.webp", pillow(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)


def oriented():
    """Orientation → a file, and the same in the two other formats that hold one."""
    image = Image.fromarray(photo(16, 24))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"orientation{orientation}.jpg", orientation, pillow(image, "JPEG", quality=85, exif=exif)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "orientation6.png", 6, pillow(image, "PNG", exif=exif)
    yield "orientation6.webp", 6, pillow(image, "WEBP", lossless=True, exif=exif)
