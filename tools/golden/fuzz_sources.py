"""tests/fuzz/corpus/{idx,zip,tar,csv,json_lines}/: what fuzzing of the sources of images starts from. No oracle: good and
hostile files, written by Python's own modules. Those whose name begins with "good" can be listed, the others cannot."""
import gzip
import io
import json
import os
import struct
import tarfile
import zipfile
import zlib

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "fuzz", "corpus")


def write(kind, name, content):
    folder = os.path.join(CORPUS, kind)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def png(colour):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + bytes(colour) * 4 for _ in range(3))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 3, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def idx(lengths, values, kind=8):
    return struct.pack(">BBBB", 0, 0, kind, len(lengths)) + struct.pack(f">{len(lengths)}I", *lengths) + values


def write_idx():
    grey = idx([4, 3, 2], bytes(range(24)))
    write("idx", "good_grey", grey)
    write("idx", "good_colours", idx([2, 1, 3, 3], bytes(range(18))))
    write("idx", "good_packed", gzip.compress(grey, mtime=0))
    write("idx", "cut", grey[:-3])
    write("idx", "cut_packed", gzip.compress(grey, mtime=0)[:-9])
    write("idx", "huge", idx([0xFFFFFFFF] * 3, b"x"))
    write("idx", "bomb", gzip.compress(idx([0xFFFF] * 3, bytes(1 << 16)), mtime=0))
    write("idx", "floats", idx([1, 1, 1], bytes(4), kind=0x0D))
    write("idx", "five_axes", idx([1] * 5, b"x"))


MEMBERS = [("cats/1.png", png((1, 2, 3))), ("cats/x/2.png", png((4, 5, 6))), ("dogs/1.png", png((7, 8, 9))),
           ("notes.txt", b"text")]


def zipped(members, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()


def tarred(members, links=(), form=tarfile.PAX_FORMAT):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, kind, target in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return stream.getvalue()


def write_archives():
    leads_out = MEMBERS + [("../out.png", b"x")]
    deep = MEMBERS + [("a/" * 100 + "1.png", b"x")]
    flat = [("1.png", MEMBERS[0][1])]
    write("zip", "good_stored", zipped(MEMBERS, zipfile.ZIP_STORED))
    write("zip", "good_deflated", zipped(MEMBERS))
    write("zip", "leads_out", zipped(leads_out))
    write("zip", "deep", zipped(deep))
    write("zip", "flat", zipped(flat))
    write("zip", "cut", zipped(MEMBERS)[:-30])
    write("tar", "good_pax", tarred(MEMBERS + [("cats/" + "\u00e9" * 90 + ".png", MEMBERS[0][1])]))
    write("tar", "good_gnu", tarred(MEMBERS, form=tarfile.GNU_FORMAT))
    write("tar", "good_links", tarred(MEMBERS, [("cats/3.png", tarfile.SYMTYPE, "/etc/passwd"),
                                                ("cats/4.png", tarfile.LNKTYPE, "../../x")]))
    write("tar", "good_packed", gzip.compress(tarred(MEMBERS), mtime=0))
    write("tar", "leads_out", tarred(leads_out))
    write("tar", "deep", tarred(deep))
    write("tar", "flat", tarred(flat))
    write("tar", "cut", gzip.compress(tarred(MEMBERS), mtime=0)[:-200])
    write("tar", "bomb", gzip.compress(tarred(MEMBERS + [("cats/9.png", bytes(80 << 20))]), mtime=0))


def write_tables():
    write("csv", "good_plain", b"path,label\n1.png,cat\n2.png,dog\n")
    write("csv", "good_quoted", b"\xef\xbb\xbf\"path\";label;split;weight\r\n\"a;\"\"b\"\"\n.png\";cat;train;0.5\r\n2;dog;val;\r\n")
    write("csv", "good_tabs", b"class\tfile\tnote\ncat\t1.png\t\ndog\t2.png\tx\n")
    write("csv", "no_names", b"1.png,cat\n2.png,dog\n")
    write("csv", "open_quote", b"path,label\n\"1.png,cat\n2.png,dog\n")
    write("csv", "uneven", b"path,label\n1.png,cat\n2.png\n")
    write("csv", "several", b"path,labels\n1.png,cat;dog\n")
    rows = [{"path": "1.png", "label": "cat", "split": "train"}, {"path": "2.png", "labels": ["dog"], "split": "val"}]
    lines = "\n".join(json.dumps(row) for row in rows)
    write("json_lines", "good_plain", lines.encode())
    write("json_lines", "good_numbers", b'{"file_name": "1.png", "label": 0, "x": {"y": []}}\n\n{"file_name": "2", "label": 1}\n')
    write("json_lines", "deep", b'{"path": ' + b"[" * 5000 + b"\n")
    write("json_lines", "list", b'["path", "1.png"]\n')
    write("json_lines", "cut", lines.encode()[:-4])
    write("json_lines", "several", b'{"path": "1.png", "labels": ["cat", "dog"]}\n')


if __name__ == "__main__":
    write_idx()
    write_archives()
    write_tables()
