#!/usr/bin/env python3
"""bombs.py THAW [FOLDER]: memory and time of `thaw` on small files that ask for much, as a table.

Every file is made here, with Python's standard library alone. THAW is the program; FOLDER holds the
files meanwhile (default: a temporary one).
"""
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

SIDE = 16383  # what the largest of them declare
WITHIN = 14000  # 196 million pixels, just within the limit


def progressive_jpeg(side):
    """A first scan of one component of three, and nothing more: its coefficients are all kept."""
    def segment(marker, content):
        return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content
    table = bytes([0]) + bytes([1] * 64)
    frame = struct.pack(">BHHB", 8, side, side, 3) + b"".join(bytes([i, 0x11, 0]) for i in (1, 2, 3))
    codes = bytes([0]) + bytes([0, 1] + [0] * 14) + bytes([0])
    scan = bytes([3, 1, 0, 2, 0, 3, 0, 0, 0, 0])
    return (b"\xff\xd8" + segment(0xdb, table) + segment(0xc2, frame) + segment(0xc4, codes)
            + segment(0xda, scan) + bytes(64) + b"\xff\xd9")


def png(side):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * side)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def gif(side):
    """A screen of that size and a frame that ends after its first codes."""
    return (b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes(6)
            + b"," + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02\x02\x44\x01\x00;")


def tiff(side):
    """Black and white, packed to nothing: one strip."""
    strip = zlib.compress(bytes((side + 7) // 8 * side), 9)
    entries = [(256, 4, side), (257, 4, side), (258, 3, 1), (259, 3, 8), (262, 3, 1), (273, 4, 8),
               (277, 3, 1), (278, 4, side), (279, 4, len(strip))]
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries) + bytes(4)
    return b"II*\x00" + struct.pack("<I", 8 + len(strip) + len(strip) % 2) + strip + bytes(len(strip) % 2) + directory


def patched(path, old, new):
    content = open(path, "rb").read()
    assert old in content, path
    return content.replace(old, new)


def keras_file(path, config):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", b"")


def measured(call):
    began = time.time()
    child = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read().decode(errors="replace").strip().splitlines()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024, time.time() - began, child.returncode, said


def main():
    thaw = os.path.abspath(sys.argv[1])
    folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
    images = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/golden/data/pictures")
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    rows = []

    for kind in ("a", "b"):
        os.makedirs(f"photos/{kind}", exist_ok=True)
        for i in range(4):
            open(f"photos/{kind}/{i}.png", "wb").write(png(40 + i))
    subprocess.run([thaw, "fit", "photos", "--out", "m.keras", "--base", "mobilenet_v2@alpha=0.35",
                    "--weights", "none", "--image-size", "96", "--epochs", "1", "--fine-tune-epochs",
                    "0", "--cache", "off"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def row(name, call, bytes_of_file):
        peak, seconds, code, said = measured([thaw] + call)
        rows.append(f"| {name} | {bytes_of_file:,} | {peak:,.0f} | {seconds:.1f} | {code} |")
        print(rows[-1], said[-1][:160] if said else "", flush=True)

    def image(name, ending, content, copies=1, more=()):
        os.makedirs("one", exist_ok=True)
        for old in os.listdir("one"):
            os.remove(f"one/{old}")
        for i in range(copies):
            with open(f"one/{i}{ending}", "wb") as file:
                file.write(content)
        row(name, ["predict", "m.keras", "one", *more], len(content))

    print("| file | bytes | peak, MB | seconds | exit code |\n|---|---|---|---|---|")
    row("two folders of small images, for comparison", ["predict", "m.keras", "photos"], 0)
    for threads in ("1", "8"):
        more = ("--threads", threads)
        image(f"12 progressive JPEGs of {SIDE}², {threads} thread(s)", ".jpg", progressive_jpeg(SIDE), 12, more)
        image(f"the same with --max-pixels 300000000, {threads} thread(s)", ".jpg", progressive_jpeg(SIDE), 12,
              (*more, "--max-pixels", "300000000"))
        image(f"12 of {WITHIN}², {threads} thread(s)", ".jpg", progressive_jpeg(WITHIN), 12, more)
    image(f"PNG of {SIDE}²", ".png", png(SIDE))
    image(f"PNG of {WITHIN}²", ".png", png(WITHIN))
    image(f"8 of these, 8 threads", ".png", png(WITHIN), 8, ("--threads", "8"))
    image(f"GIF of {SIDE}²", ".gif", gif(SIDE))
    image(f"GIF of {WITHIN}²", ".gif", gif(WITHIN))
    image(f"TIFF of {SIDE}²", ".tif", tiff(SIDE))
    image(f"TIFF of {WITHIN}²", ".tif", tiff(WITHIN))
    canvas = lambda side: struct.pack("<I", side - 1)[:3] * 2
    webp = open(f"{images}/animated.webp", "rb").read()
    for side in (SIDE, WITHIN):
        image(f"WebP of {side}²", ".webp", webp[:24] + canvas(side) + webp[30:])
    for ending in ("heic", "avif"):
        name = next(f for f in sorted(os.listdir(images)) if f.endswith("." + ending))
        content = open(f"{images}/{name}", "rb").read()
        at = content.index(b"ispe") + 8
        for side in (SIDE, WITHIN):
            image(f"{ending.upper()} of {side}²", "." + ending,
                  content[:at] + struct.pack(">II", side, side) + content[at + 8:])
    for name, head in (("zeros", b""), ("zeros behind a JPEG's first bytes", b"\xff\xd8\xff\xe0")):
        os.makedirs("one", exist_ok=True)
        for old in os.listdir("one"):
            os.remove(f"one/{old}")
        with open("one/0.jpg", "wb") as file:
            file.write(head)
            file.truncate(10**9)
        row(f".jpg of 1 GB of {name}", ["predict", "m.keras", "one"], 10**9)
    lists = "[" + "[]," * 22_000_000 + "[]]"
    keras_file("lists.keras", lists)
    row(".keras of 22 million empty lists", ["summary", "lists.keras"], os.path.getsize("lists.keras"))
    keras_file("deep.keras", "[" * 5_000_000)
    row(".keras of lists in lists", ["summary", "deep.keras"], os.path.getsize("deep.keras"))
    keys = "{" + ",".join(f'"k{i * 7919 % 200_000}":1' for i in range(200_000)) + "}"
    keras_file("keys.keras", keys)
    row(".keras of 200,000 keys", ["summary", "keys.keras"], os.path.getsize("keys.keras"))


if __name__ == "__main__":
    main()
