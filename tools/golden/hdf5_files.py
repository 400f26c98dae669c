"""tests/golden/hdf5/: HDF5 files in the forms that h5py can give them, those of Keras and others.

Each holds the same numbers, 0 … 59 as (3, 4, 5), in datasets named by their form, or texts in attributes. The last ones
are forms that thaw refuses.
"""

import gzip
import io
import os

from golden import FOLDER
import h5py
import numpy as np

NUMBERS = np.arange(60).reshape(3, 4, 5)


def write(name, fill, **options):
    memory = io.BytesIO()
    with h5py.File(memory, "w", **options) as file:
        fill(file)
    path = os.path.join(FOLDER, "hdf5", f"{name}.h5.gz")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(memory.getvalue())
    print(name, len(memory.getvalue()), os.path.getsize(path))


def numbers(file):
    for kind in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "i1", "u1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", ">i8"):
        file[f"plain/{kind}"] = NUMBERS.astype(kind)
    file["special/negative"] = np.array([-1, -128], "i1")
    file["special/half"] = np.array([np.inf, -0.5, 6e-8, 65504], "f2")
    file["special/scalar"] = np.float32(7)
    file["special/empty"] = np.zeros((0, 3), "f4")
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple(NUMBERS.shape)
    h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, compact).write(
        space, space, NUMBERS.astype("f4"))


def chunks(file):
    for name, options in {
        "plain": {}, "gzip": {"compression": "gzip"}, "shuffle": {"compression": "gzip", "shuffle": True},
        "checksum": {"fletcher32": True}, "all": {"compression": 9, "shuffle": True, "fletcher32": True},
    }.items():
        file.create_dataset(name, data=NUMBERS.astype("f4"), chunks=(2, 3, 2), **options)
    file.create_dataset("many", data=np.arange(3000, dtype="i4"), chunks=(7,), compression="gzip")
    file.create_dataset("large", data=np.zeros((30, 100), "f4"), chunks=(20, 50), compression="gzip")


def texts(file):
    file.attrs["variable"] = "grün"
    file.attrs["empty"] = ""
    file.attrs["long"] = "0123456789" * 10000
    file.attrs["fixed"] = np.bytes_("grün".encode())
    file.attrs["list"] = np.array([b"a", b"bcd", b""])
    file.attrs.create("variable_list", ["a", "bcd", ""], dtype=h5py.string_dtype())
    file.attrs["none"] = []
    file.attrs["number"] = 7
    many = file.create_group("many")
    for index in range(100):
        many.create_group(f"group{index}").attrs["name"] = f"name {index}"
    for index in range(40):
        many.attrs[f"attribute{index}"] = "x" * 100


def few_new(file):
    file.create_group("group").create_dataset("numbers", data=NUMBERS.astype("f4"))
    file["group"].attrs["name"] = "a name"


def many_new(file):
    for index in range(100):
        file.create_group(f"group{index}")
        file.attrs[f"attribute{index}"] = "x"


def elsewhere(file):
    file["here"] = np.zeros(3, "f4")
    file["soft"] = h5py.SoftLink("/here")
    file["external"] = h5py.ExternalLink("/etc/passwd", "/")
    file.create_dataset("outside", (3,), "f4", external=[("/etc/passwd", 0, 12)])
    layout = h5py.VirtualLayout((3,), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (3,))
    file.create_virtual_dataset("virtual", layout)


def strange(file):
    file.create_dataset("lzf", data=np.zeros(1000, "f4"), compression="lzf")
    file["complex"] = np.zeros(3, "c8")
    file["text"] = "text"
    file["enumerated"] = np.zeros(3, bool)
    file["bfloat16"] = np.zeros(3, "V2")
    file.create_dataset("unwritten", (3,), "f4")
    file.create_dataset("unwritten_chunks", (30,), "f4", chunks=(3,))
    file["type"] = np.dtype("f4")
    file.create_dataset("shared_type", data=np.zeros(3, "f4"), dtype=file["type"])


def circle(file):
    file.create_group("a/b")
    file["a/b/a"] = file["a"]


if __name__ == "__main__":
    write("numbers", numbers)
    write("chunks", chunks)
    write("texts", texts)
    write("few_new", few_new, libver="latest")
    write("few_ordered", few_new, track_order=True)
    write("many_new", many_new, libver="latest")
    write("elsewhere", elsewhere)
    write("strange", strange)
    write("circle", circle)
