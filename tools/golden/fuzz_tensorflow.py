"""tests/fuzz/corpus/graph_def/ and tensor_bundle/: what fuzzing of TensorFlow's files starts from.

Small files that TensorFlow wrote (good_…), and files made to do harm: circles, functions that call each other, constants
of billions of numbers, tables whose blocks lead elsewhere or unpack to far more than they have.

A file of tensor_bundle/ is the length of an index in 8 bytes, the index, and the data.
"""

import os
import shutil
import struct
import tempfile

from golden import FOLDER, tf

import numpy as np
from tensorflow.core.framework import graph_pb2
from tensorflow.core.protobuf import tensor_bundle_pb2

CORPUS = os.path.join(FOLDER, "..", "fuzz", "corpus")


def write(kind, name, content):
    folder = os.path.join(CORPUS, kind)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + (".pb" if kind == "graph_def" else ".bundle")), "wb") as file:
        file.write(content)


def small_network(image):
    random = np.random.default_rng(1)
    x = tf.nn.conv2d(image, random.normal(0, 1, (2, 2, 3, 2)).astype(np.float32), 1, "SAME")
    x = tf.nn.relu(tf.nn.bias_add(x, np.array([1, 2], np.float32)))
    x = tf.reshape(tf.nn.max_pool2d(x, 2, 2, "VALID"), [-1, 8])
    return tf.nn.softmax(tf.matmul(x, random.normal(0, 1, (8, 3)).astype(np.float32)))


def graph_of(function):
    spec = tf.TensorSpec((None, 4, 4, 3), tf.float32, name="image")
    return tf.function(function).get_concrete_function(spec).graph.as_graph_def()


def good_graphs():
    write("graph_def", "good_network", graph_of(small_network).SerializeToString(deterministic=True))
    nested = graph_of(lambda image: tf.function(small_network)(tf.function(lambda x: x * 2 - 1)(image)))
    write("graph_def", "good_functions", nested.SerializeToString(deterministic=True))
    v1 = tf.compat.v1
    with v1.Graph().as_default() as graph:
        contents = v1.placeholder(tf.string, (), "DecodeJpeg/contents")
        image = tf.cast(tf.image.decode_jpeg(contents, 3), tf.float32)
        image = v1.image.resize_bilinear(tf.expand_dims(image, 0), (4, 4))
        tf.identity(small_network(image), "final_result")
        write("graph_def", "good_decoder", graph.as_graph_def().SerializeToString(deterministic=True))

    class Module(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 3), tf.float32)])
        def __call__(self, image):
            return small_network(image)

    folder = tempfile.mkdtemp()
    tf.saved_model.save(Module(), folder)
    with open(os.path.join(folder, "saved_model.pb"), "rb") as file:
        write("graph_def", "good_saved_model", file.read())
    shutil.rmtree(folder)


def node(graph, name, op, inputs=(), **attributes):
    added = graph.add(name=name, op=op, input=list(inputs))
    for key, value in attributes.items():
        added.attr[key].CopyFrom(value)
    return added


def value(**fields):
    return tf.compat.v1.AttrValue(**fields)


def shape(*sizes):
    return tf.TensorShape([None if size < 0 else size for size in sizes]).as_proto()


def begun():
    graph = graph_pb2.GraphDef()
    node(graph.node, "x", "Placeholder", dtype=value(type=1), shape=value(shape=shape(-1, 4, 4, 3)))
    return graph


def constant(graph, name, sizes, dtype=1, **numbers):
    tensor = tf.make_tensor_proto(0.0)
    tensor.Clear()
    tensor.dtype = dtype
    for size in sizes:
        tensor.tensor_shape.dim.add(size=size)
    for key, values in numbers.items():
        if isinstance(values, bytes):
            setattr(tensor, key, values)
        else:
            getattr(tensor, key).extend(values)
    node(graph.node, name, "Const", value=value(tensor=tensor), dtype=value(type=dtype))


def function(graph, name, callee, calls):
    made = graph.library.function.add()
    made.signature.name = name
    made.signature.input_arg.add(name="a", type=1)
    made.signature.output_arg.add(name="r", type=1)
    last = "a"
    for i in range(calls):
        added = node(made.node_def, f"n{i}", "PartitionedCall", [last])
        added.attr["f"].func.name = callee
        last = f"n{i}:output:0"
    made.ret["r"] = last


def hostile_graphs():
    def save(name, graph):
        write("graph_def", name, graph.SerializeToString(deterministic=True))

    graph = begun()
    node(graph.node, "a", "Add", ["x", "b"])
    node(graph.node, "b", "Relu", ["a"])
    node(graph.node, "c", "Relu", ["b"])
    save("circle", graph)
    for name, sizes, numbers in (("huge", (1 << 20, 1 << 20), {"float_val": [1.0]}),
                                 ("negative", (-5,), {"float_val": [1.0]}),
                                 ("overflow", (1 << 40, 1 << 40), {"float_val": [1.0]}),
                                 ("short", (1 << 10,), {"tensor_content": b"abc"}),
                                 ("many", (2,), {"float_val": [1.0] * 5})):
        graph = begun()
        constant(graph, "c", sizes, **numbers)
        node(graph.node, "a", "Add", ["x", "c"])
        save(f"constant_{name}", graph)
    graph = begun()
    node(graph.node, "c", "PartitionedCall", ["x"]).attr["f"].func.name = "f"
    function(graph, "f", "f", 1)
    save("recursion", graph)
    graph = begun()
    node(graph.node, "c", "PartitionedCall", ["x"]).attr["f"].func.name = "f0"
    for i in range(40):
        function(graph, f"f{i}", f"f{i + 1}", 2)
    function(graph, "f40", "", 0)
    save("repeats", graph)
    graph = begun()
    constant(graph, "sizes", (3,), 3, int_val=[1 << 20, 1 << 20, 1 << 20])
    constant(graph, "one", (), float_val=[1.0])
    node(graph.node, "f", "Fill", ["sizes", "one"])
    node(graph.node, "a", "Add", ["x", "f"])
    save("fill", graph)
    graph = begun()
    constant(graph, "ends", (3,), 3, int_val=[0, 1 << 30, 1])
    node(graph.node, "r", "Range", ["ends", "ends", "ends"])
    node(graph.node, "a", "Add", ["x", "r"])
    save("range", graph)
    graph = begun()
    constant(graph, "borders", (4, 2), 3, int_val=[0, 0, 1 << 30, 1 << 30, 1 << 30, 1 << 30, 0, 0])
    node(graph.node, "a", "Pad", ["x", "borders"])
    save("pad", graph)
    graph = begun()
    node(graph.node, "a", "Nonsense", ["x"])
    save("unknown", graph)
    graph = begun()
    node(graph.node, "a", "Relu", ["x:99999999999999"])
    save("output", graph)


def varint(number):
    result = b""
    while number >= 128:
        result += bytes([number & 127 | 128])
        number >>= 7
    return result + bytes([number])


def masked(content):
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


class Table:
    """Written as leveldb writes it, or wrongly where it is asked to be."""

    def __init__(self):
        self.file = b""

    def block(self, entries, compressed=None):
        """entries: (shared, rest of the key, value); returns its handle."""
        content = b"".join(varint(s) + varint(len(k)) + varint(len(v)) + k + v for s, k, v in entries)
        content += struct.pack("<II", 0, 1)
        kind = b"\0"
        if compressed is not None:
            content, kind = compressed(content), b"\1"
        handle = varint(len(self.file)) + varint(len(content))
        self.file += content + kind + struct.pack("<I", masked(content + kind))
        return handle

    def finish(self, data, empty=None):
        meta = self.block([]) if empty is None else empty
        index = self.block([(0, b"zzz", handle) for handle in data])
        footer = meta + index
        return self.file + footer + b"\0" * (40 - len(footer)) + struct.pack("<Q", 0xDB4775248B80FB57)


def literals(content):
    """What snappy reads, without any copy."""
    result = varint(len(content))
    for i in range(0, len(content), 60):
        part = content[i:i + 60]
        result += bytes([(len(part) - 1) << 2]) + part
    return result


def header(shards=1, endianness=0):
    return (0, b"", tensor_bundle_pb2.BundleHeaderProto(num_shards=shards, endianness=endianness).SerializeToString())


def entry(key, sizes, data, offset=0, size=None, dtype=1, shard=0, crc=None, slices=0):
    made = tensor_bundle_pb2.BundleEntryProto(dtype=dtype, shard_id=shard, offset=offset,
                                              size=len(data) if size is None else size,
                                              crc32c=masked(data) if crc is None else crc)
    for length in sizes:
        made.shape.dim.add(size=length)
    for _ in range(slices):
        made.slices.add().extent.add()
    return (0, key, made.SerializeToString())


def bundle(name, table_bytes, data):
    write("tensor_bundle", name, struct.pack("<Q", len(table_bytes)) + table_bytes + data)


def bundles():
    numbers = np.arange(6, dtype="<f4").tobytes()
    whole = np.arange(3, dtype="<i8").tobytes()
    entries = [header(), entry(b"a/kernel", (2, 3), numbers), entry(b"b", (3,), whole, 24, dtype=9)]

    def one(name, entries, data=numbers + whole, compressed=None):
        table = Table()
        bundle(name, table.finish([table.block(entries, compressed)]), data)

    one("good_plain", entries)
    one("good_snappy", entries, compressed=literals)
    table = Table()
    bundle("good_two_blocks", table.finish([table.block(entries[:2]), table.block(entries[2:])]), numbers + whole)
    half = np.arange(6, dtype="<f2").tobytes()
    one("good_half", [header(), entry(b"a", (2, 3), half, dtype=19)], half)
    one("cut_data", entries, numbers)
    one("wrong_checksum", [header(), entry(b"a", (2, 3), numbers, crc=1)])
    one("wrong_size", [header(), entry(b"a", (2, 4), numbers)])
    one("huge_shape", [header(), entry(b"a", (1 << 40, 1 << 40), numbers)])
    one("huge_offset", [header(), entry(b"a", (2, 3), numbers, offset=1 << 62)])
    one("negative_offset", [header(), entry(b"a", (2, 3), numbers, offset=-24)])
    one("other_shard", [header(), entry(b"a", (2, 3), numbers, shard=7)])
    one("overlapping", [header()] + [entry(b"a%d" % i, (2, 3), numbers) for i in range(8)], numbers)
    one("slices", [header(), entry(b"a", (2, 3), numbers, slices=1)])
    one("text", [header(), entry(b"a", (1,), b"abc", dtype=7)], b"abc")
    one("other_order", [header(endianness=1), entry(b"a", (2, 3), numbers)])
    one("no_header", [entry(b"a", (2, 3), numbers)])
    one("many_shards", [header(1 << 30), entry(b"a", (2, 3), numbers)])
    one("damaged_entry", [header(), (0, b"a", b"\xff\xff\xff")])
    one("shared_beyond", [header(), (9, b"a", b"")])
    one("long_key", [header(), (0, b"k" * 5000, b"")])
    # Keys of 4,000 letters that share all but the last.
    one("key_bomb", [header(), (0, b"k" * 4000, b"")] + [(4000 - (i > 0), b"x", b"") for i in range(4000)])
    table = Table()
    handle = table.block(entries)
    bundle("one_block_often", table.finish([handle] * 4000), numbers + whole)
    table = Table()
    bundle("snappy_bomb", table.finish([table.block(entries, lambda content: varint(1 << 31) + b"\0\0")]), numbers)
    table = Table()
    bundle("block_outside", table.finish([varint(1 << 62) + varint(1 << 62)]), numbers)
    table = Table()
    made = table.finish([table.block(entries)])
    bundle("no_signature", made[:-1] + b"\0", numbers)
    bundle("cut_table", made[:20], numbers)


if __name__ == "__main__":
    good_graphs()
    hostile_graphs()
    bundles()
