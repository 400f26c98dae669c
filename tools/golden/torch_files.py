"""tests/golden/torch/ and tests/fuzz/corpus/torch/: small state dicts in every form that PyTorch gives them, and files made
to do harm; tests/fuzz/corpus/safetensors/ likewise. Needs PyTorch in place of Keras.

The network (small_torch in tests/formats/torch_test.cpp): a convolution, a depthwise one, a batch normalization and a
linear layer, weight n of all being 0.01·n. Hostile files are made of pickles written by hand.
"""

import io
import json
import os
import pickle
import struct
import zipfile

import torch

from golden import FOLDER

GOLDEN = os.path.join(FOLDER, "torch")
CORPUS = os.path.join(FOLDER, "..", "fuzz", "corpus", "torch")


def small():
    shapes = {"stem.weight": (3, 2, 3, 3), "dw.weight": (6, 1, 3, 3), "dw.bias": (6,), "bn.weight": (6,),
              "bn.bias": (6,), "bn.running_mean": (6,), "bn.running_var": (6,), "fc.weight": (4, 6), "fc.bias": (4,)}
    start, result = 0, {}
    for name, shape in shapes.items():
        count = torch.Size(shape).numel()
        result[name] = (torch.arange(start, start + count, dtype=torch.float32) * 0.01).reshape(shape)
        start += count
    result["bn.num_batches_tracked"] = torch.tensor(7)
    return result


def save(name, content, zipped, folder=GOLDEN, **more):
    os.makedirs(folder, exist_ok=True)
    torch.save(content, os.path.join(folder, name), _use_new_zipfile_serialization=zipped, **more)


def write_good():
    from collections import OrderedDict
    weights = OrderedDict(small())
    weights._metadata = OrderedDict(version=1)
    for kind, zipped in (("zip", True), ("legacy", False)):
        save(f"{kind}.pth", weights, zipped)
        save(f"{kind}_protocol_4.pth", weights, zipped, pickle_protocol=4)
        save(f"{kind}_parallel.pth", {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in weights.items()}}, zipped)
        save(f"{kind}_parameters.pth", {k: torch.nn.Parameter(v) if v.is_floating_point() else v
                                        for k, v in weights.items()}, zipped)
        # Parts of one storage, some of them transposed.
        flat = torch.cat([v.flatten() for v in weights.values() if v.is_floating_point()])
        views, start = {}, 0
        for key, value in weights.items():
            if value.is_floating_point():
                views[key] = flat[start:start + value.numel()].view(value.shape)
                start += value.numel()
        views["fc.weight"] = weights["fc.weight"].t().contiguous().t()
        save(f"{kind}_views.pth", views, zipped)
    for name, dtype in (("double", torch.float64), ("half", torch.float16), ("bfloat16", torch.bfloat16)):
        save(f"zip_{name}.pth", {k: v.to(dtype) if v.is_floating_point() else v for k, v in weights.items()}, True)
    for kind, zipped in (("zip", True), ("legacy", False)):
        save(f"good_{kind}.pth", weights, zipped, CORPUS)
        save(f"good_{kind}_half.pth", {k: v.half() for k, v in weights.items()}, zipped, CORPUS)


# Pickles by hand. A tensor of a storage of `numbers` floats, whose file holds `held`.
def op_text(text):
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def op_int(n):
    return b"\x8a\x08" + struct.pack("<q", n)


def op_tuple(*items):
    return b"(" + b"".join(items) + b"t"


def storage(key, numbers, kind="FloatStorage"):
    return op_tuple(op_text("storage"), b"ctorch\n" + kind.encode() + b"\n", op_text(key), op_text("cpu"),
                    op_int(numbers)) + b"Q"


def tensor(key, numbers, size, stride, offset=0, kind="FloatStorage"):
    return (b"ctorch._utils\n_rebuild_tensor_v2\n" + op_tuple(
        storage(key, numbers, kind), op_int(offset), op_tuple(*map(op_int, size)), op_tuple(*map(op_int, stride)),
        b"\x89", b"}") + b"R")


def dict_of(**tensors):
    return b"\x80\x02}(" + b"".join(op_text(k) + v for k, v in tensors.items()) + b"u."


def legacy(body, storages):
    out = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    out += pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, 2) + body
    out += pickle.dumps([key for key, _, _ in storages], 2)
    for _, numbers, data in storages:
        out += struct.pack("<q", numbers) + data
    return out


def zipped(body, members, **more):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (("archive/data.pkl", body), *members, ("archive/version", b"3\n")):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = more.get("compression", zipfile.ZIP_STORED)
            archive.writestr(info, content)
    return file.getvalue()


def hostile():
    four = struct.pack("<4f", 1, 2, 3, 4)
    data = [("archive/data/0", four)]
    held = [("0", 4, four)]
    whole = dict_of(w=tensor("0", 4, (2, 2), (2, 1)))
    call = b"\x80\x02cos\nsystem\n" + op_tuple(op_text("true")) + b"R."
    yield "other_global", zipped(call, data)
    yield "other_global_legacy", legacy(call, held)
    yield "stack_global", zipped(b"\x80\x04" + op_text("builtins") + op_text("eval") + b"\x93.", data)
    yield "old_class", zipped(b"\x80\x02(ios\nsystem\n.", data)
    yield "huge_size", zipped(dict_of(w=tensor("0", 4, (2 ** 60, 2 ** 60), (1, 1))), data)
    yield "huge_storage", legacy(dict_of(w=tensor("0", 2 ** 39, (2 ** 39,), (1,))), [("0", 2 ** 39, four)])
    yield "huge_stride", zipped(dict_of(w=tensor("0", 4, (2, 2), (2 ** 62, 1))), data)
    yield "zero_stride", zipped(dict_of(w=tensor("0", 4, (2, 2), (0, 1))), data)
    yield "strides_overlap", zipped(dict_of(w=tensor("0", 4, (2, 2), (1, 1))), data)
    yield "negative_offset", zipped(dict_of(w=tensor("0", 4, (2,), (1,), -1)), data)
    yield "past_the_end", zipped(dict_of(w=tensor("0", 4, (2,), (1,), 3)), data)
    yield "tensors_overlap", zipped(dict_of(a=tensor("0", 4, (3,), (1,)), b=tensor("0", 4, (3,), (1,), 1)), data)
    yield "two_lengths", zipped(dict_of(a=tensor("0", 4, (3,), (1,)), b=tensor("0", 9, (9,), (1,))), data)
    yield "no_storage", zipped(whole, [])
    yield "storage_twice", legacy(whole, held * 2)
    yield "strange_storage", legacy(whole, held + [("1", 4, four)])
    yield "other_length", legacy(whole, [("0", 3, four)])
    yield "cut_legacy", legacy(whole, held)[:-9]
    yield "cut_zip", zipped(whole, data)[:-30]
    yield "itself", zipped(b"\x80\x02}q\x00(" + op_text("w") + b"h\x00u.", data)
    yield "deep", zipped(b"\x80\x02)" + b"\x85" * 200000 + b".", data, compression=zipfile.ZIP_DEFLATED)
    yield "memo_bomb", zipped(b"\x80\x02]q\x00(" + b"h\x00" * 100000 + b"e" + b"(h\x00h\x00h\x00l" * 1000 + b".", data,
                              compression=zipfile.ZIP_DEFLATED)
    yield "no_tensors", zipped(b"\x80\x02}.", data)
    yield "empty_stack", zipped(b"\x80\x02R.", data)
    yield "protocol_0", zipped(pickle.dumps({"a": 1}, 0), data)


def safetensors():
    def file(header, data):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data

    def entry(shape, begin, end, dtype="F32"):
        return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}

    yield "good_floats", file({"__metadata__": {"format": "pt"}, "a": entry([2, 2], 0, 16), "b": entry([1], 16, 20)},
                              bytes(20))
    yield "good_halves", file({"a": entry([2, 2], 0, 8, "F16"), "b": entry([], 8, 10, "BF16")}, bytes(10))
    yield "overlap", file({"a": entry([2, 2], 0, 16), "b": entry([2, 2], 4, 20)}, bytes(20))
    yield "other_type", file({"a": entry([2], 0, 16, "I64")}, bytes(16))
    yield "huge_shape", file({"a": entry([2 ** 40, 2 ** 40], 0, 16)}, bytes(16))
    yield "past_the_end", file({"a": entry([4], 8, 24)}, bytes(16))
    yield "turned", file({"a": entry([4], 16, 0)}, bytes(16))
    yield "no_json", file(b"{{{{", bytes(16))
    yield "long_header", struct.pack("<Q", 2 ** 62) + b"{}"
    yield "deep", file(b'{"a":' * 5000 + b"1" + b"}" * 5000, b"")
    yield "cut", file({"a": entry([4], 0, 16)}, bytes(16))[:-5]


if __name__ == "__main__":
    write_good()
    folder = os.path.join(CORPUS, "..", "safetensors")
    os.makedirs(folder, exist_ok=True)
    for name, content in safetensors():
        with open(os.path.join(folder, f"{name}.safetensors"), "wb") as file:
            file.write(content)
    for name, content in hostile():
        with open(os.path.join(CORPUS, f"{name}.pth"), "wb") as file:
            file.write(content)
