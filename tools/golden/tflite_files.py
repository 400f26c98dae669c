"""tests/golden/tflite/: models that TensorFlow Lite's converter wrote, and what its interpreter makes of them; and
tests/fuzz/corpus/tflite/.

Beside NAME.tflite lies NAME.golden.gz with a batch and what the model says of it. Needs tflite-support for the schema of
its metadata (`pip install --no-deps tflite-support`).
"""

import io
import os
import sys
import zipfile

from golden import FOLDER, GoldenFile
import flatbuffers
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow_lite_support.metadata import metadata_schema_py_generated as metadata_schema

HOME = os.path.join(FOLDER, "tflite")
CORPUS = os.path.join(FOLDER, "..", "fuzz", "corpus", "tflite")
SHAPE = (8, 8, 3)


def chain(*steps):
    image = keras.Input(SHAPE, name="image")
    x = image
    for step in steps:
        x = step(x)
    return keras.Model(image, x, name="model")


def convolutions():
    image = keras.Input(SHAPE, name="image")
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="first")(image)
    y = layers.DepthwiseConv2D(3, strides=2, padding="same", name="depthwise")(x)
    y = layers.ReLU(6.0, name="relu6")(layers.BatchNormalization(name="norm")(y))
    z = layers.Conv2D(8, 3, strides=2, padding="valid", activation="tanh", name="strided")(layers.ZeroPadding2D(((0, 1), (0, 1)), name="pad")(x))
    x = layers.Add(name="sum")([y, z])
    x = layers.Conv2D(8, 3, dilation_rate=2, padding="same", use_bias=False, name="dilated")(x)
    x = layers.Concatenate(name="both")([layers.MaxPooling2D(2, padding="same")(x), layers.AveragePooling2D(2)(x)])
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu", name="up")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, layers.Dense(3, activation="softmax", name="head")(x), name="model")


def activations():
    image = keras.Input(SHAPE, name="image")
    x = layers.Conv2D(4, 1, name="first")(image)
    parts = [layers.Activation("hard_silu")(x), layers.Activation("gelu")(x), layers.LeakyReLU(negative_slope=0.1)(x),
             layers.PReLU(shared_axes=[1, 2], alpha_initializer="random_uniform", name="prelu")(x), layers.Activation("elu")(x),
             layers.Activation("silu")(x), layers.Activation("selu")(x), layers.Activation("hard_sigmoid")(x), layers.Activation("sigmoid")(x)]
    x = layers.Concatenate(name="all")(parts)
    gate = layers.GlobalAveragePooling2D(keepdims=True, name="squeeze")(x)
    gate = layers.Conv2D(36, 1, activation="sigmoid", name="excite")(layers.Conv2D(8, 1, activation="relu", name="reduce")(gate))
    x = layers.Multiply(name="scaled")([x, gate])
    x = layers.UpSampling2D(2, interpolation="bilinear", name="larger")(x)
    x = layers.Flatten(name="flat")(layers.MaxPooling2D(4)(x))
    return keras.Model(image, layers.Dense(3, name="head")(x), name="model")


def transformer():
    image = keras.Input(SHAPE, name="image")
    x = layers.Conv2D(16, 4, strides=4, name="patches")(image)
    x = layers.Reshape((4, 16), name="tokens")(x)
    y = layers.LayerNormalization(epsilon=1e-6, name="norm1")(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 8, name="attention")(y, y)])
    y = layers.LayerNormalization(epsilon=1e-6, name="norm2")(x)
    y = layers.Dense(16, name="mlp2")(layers.Dense(32, activation="gelu", name="mlp1")(y))
    x = layers.GlobalAveragePooling1D(name="pool")(layers.Add()([x, y]))
    return keras.Model(image, layers.Dense(3, name="head")(x), name="model")


def arithmetic():
    """Of plain TensorFlow."""
    kernel = tf.constant(np.random.default_rng(1).normal(size=(1, 1, 3, 8)).astype("float32") / 2)

    @tf.function(input_signature=[tf.TensorSpec([None, *SHAPE], tf.float32, "image")])
    def run(x):
        x = (x - [0.1, 0.2, 0.3]) / [1.1, 1.2, 1.3]
        x = tf.nn.conv2d(x, kernel, 1, "SAME")
        a, b = tf.split(x, 2, axis=-1)
        y = tf.concat([tf.maximum(a, b), tf.minimum(a, b), tf.math.squared_difference(a, b)], -1)
        z = tf.sqrt(tf.exp(a) + tf.square(b)) - tf.math.rsqrt(tf.abs(b) + 1.0) * tf.nn.relu(tf.negative(a))
        y = tf.concat([y, z[:, :, ::-1, :2], tf.math.log(tf.abs(a) + 1.0)[..., 1:3]], -1)
        y = tf.pad(y, [[0, 0], [1, 1], [0, 2], [0, 0]], mode="REFLECT")
        y = tf.transpose(y, [0, 2, 1, 3])[:, 1:9, 1:9, :]
        y = tf.nn.l2_normalize(tf.nn.space_to_depth(y, 2), -1, 1e-12)
        flat = tf.reshape(y, [tf.shape(y)[0], -1])
        return tf.stack([tf.reduce_max(flat, 1), tf.reduce_sum(flat, 1), tf.reduce_mean(flat, 1)], axis=-1)

    return run


def bytes_in():
    """An image as bytes, which the model itself makes numbers of."""
    kernel = tf.constant(np.random.default_rng(2).normal(size=(3, 3, 3, 4)).astype("float32") / 3)

    @tf.function(input_signature=[tf.TensorSpec([1, *SHAPE], tf.uint8, "image")])
    def run(x):
        x = tf.cast(x, tf.float32) / 127.5 - 1.0
        x = tf.nn.relu6(tf.nn.conv2d(x, kernel, 2, "VALID"))
        return tf.nn.softmax(tf.reduce_mean(x, [1, 2])[:, :3])

    return run


def wide():
    """Large enough that the converter gives its weights 8 bits."""
    return chain(layers.Conv2D(64, 3, activation="relu", name="conv"), layers.GlobalAveragePooling2D(name="pool"),
                 layers.Dense(64, activation="relu", name="hidden"), layers.Dense(3, name="head"))


def converted(made, **settings):
    if isinstance(made, keras.Model):
        converter = tf.lite.TFLiteConverter.from_keras_model(made)
    else:
        converter = tf.lite.TFLiteConverter.from_concrete_functions([made.get_concrete_function()])
    for key, value in settings.items():
        setattr(converter, key, value)
    return converter.convert()


def interpreted(content, x):
    interpreter = tf.lite.Interpreter(model_content=content)
    given = interpreter.get_input_details()[0]
    interpreter.allocate_tensors()
    results = []
    for image in x:
        interpreter.set_tensor(given["index"], image[None].astype(given["dtype"]))
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0])
    return np.array(results)


def of_dequantized(model, content, x):
    """What the network makes of the weights of 8 bits; the interpreter rounds what flows between them too."""
    interpreter = tf.lite.Interpreter(model_content=content)
    kernels = {}
    for tensor in interpreter.get_tensor_details():
        scales = tensor["quantization_parameters"]["scales"]
        if tensor["dtype"] == np.int8 and len(scales):
            numbers = interpreter.get_tensor(tensor["index"]).astype("float32")
            numbers *= scales.reshape([-1 if i == tensor["quantization_parameters"]["quantized_dimension"] and len(scales) > 1
                                       else 1 for i in range(numbers.ndim)])
            turned = numbers.transpose([1, 2, 3, 0] if numbers.ndim == 4 else [1, 0])
            kernels[turned.shape] = turned
    for layer in model.layers:
        if layer.weights and tuple(layer.kernel.shape) in kernels:
            layer.kernel.assign(kernels.pop(tuple(layer.kernel.shape)))
    assert not kernels
    return model.predict(x, verbose=0)


def with_metadata(content):
    """Labels in a zip behind the file, and the input's mean and deviation."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    labels = metadata_schema.AssociatedFileT()
    labels.name, labels.type = "labels.txt", metadata_schema.AssociatedFileType.TENSOR_AXIS_LABELS
    unit = metadata_schema.ProcessUnitT()
    unit.optionsType = metadata_schema.ProcessUnitOptions.NormalizationOptions
    unit.options = metadata_schema.NormalizationOptionsT()
    unit.options.mean, unit.options.std = [127.5], [127.5]
    given, made = metadata_schema.TensorMetadataT(), metadata_schema.TensorMetadataT()
    given.processUnits, made.associatedFiles = [unit], [labels]
    graph, about = metadata_schema.SubGraphMetadataT(), metadata_schema.ModelMetadataT()
    graph.inputTensorMetadata, graph.outputTensorMetadata, about.subgraphMetadata = [given], [made], [graph]
    builder = flatbuffers.Builder()
    builder.Finish(about.Pack(builder), b"M001")
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(bytes(builder.Output()), np.uint8)
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    file = io.BytesIO(bytes(builder.Output()))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo("labels.txt", (1980, 1, 1, 0, 0, 0)), "cat\ndog\nneither\n")
    return file.getvalue()


def put(folder, name, content):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def record(name, content, values, stream):
    golden = GoldenFile()
    if name == "bytes_in":
        x = np.random.default_rng(4).integers(0, 256, (4, *SHAPE)).astype("float32")
        golden.array("x", x)
    else:
        x = golden.generated("x", (4, *SHAPE), -1.0, 1.0, 11, stream)
    golden.array("y", values(x))
    put(HOME, f"{name}.tflite", content)
    golden.write(f"tflite/{name}.golden.gz")
    print(name, len(content))


def write_golden():
    quantized = {"optimizations": [tf.lite.Optimize.DEFAULT]}
    makers = {"convolutions": convolutions, "activations": activations, "transformer": transformer,
              "arithmetic": arithmetic, "bytes_in": bytes_in}
    for stream, (name, make) in enumerate(makers.items()):
        content = converted(make())
        record(name, content, lambda x, content=content: interpreted(content, x), stream)
    content = converted(convolutions(), **quantized, target_spec=tf.lite.TargetSpec(supported_types=[tf.float16]))
    record("float16", content, lambda x: interpreted(content, x), 20)
    model = wide()
    small = converted(model, **quantized)
    record("weights_of_8_bits", small, lambda x: of_dequantized(model, small, x), 21)
    labelled = with_metadata(converted(chain(layers.Conv2D(4, 3, name="conv"), layers.GlobalAveragePooling2D(name="pool"),
                                             layers.Dense(3, activation="softmax", name="head"))))
    record("labelled", labelled, lambda x: interpreted(labelled, x), 22)


def write_quantized():
    def images():
        for image in np.random.default_rng(3).uniform(-1, 1, (20, 1, *SHAPE)).astype("float32"):
            yield [image]

    content = converted(chain(layers.Conv2D(4, 3, name="conv"), layers.GlobalAveragePooling2D(), layers.Dense(3)),
                        optimizations=[tf.lite.Optimize.DEFAULT], representative_dataset=images,
                        target_spec=tf.lite.TargetSpec(supported_ops=[tf.lite.OpsSet.TFLITE_BUILTINS_INT8]))
    put(os.path.join(HOME, "refused"), "quantized.tflite", content)
    return content


def write_corpus(quantized):
    small = chain(layers.Conv2D(2, 3, activation="relu", name="conv"), layers.GlobalAveragePooling2D(), layers.Dense(2, name="head"))
    good = converted(small)
    put(CORPUS, "good_small", good)
    put(CORPUS, "good_float16", converted(small, optimizations=[tf.lite.Optimize.DEFAULT],
                                          target_spec=tf.lite.TargetSpec(supported_types=[tf.float16])))
    put(CORPUS, "good_labelled", with_metadata(good))
    put(CORPUS, "quantized", quantized)
    put(CORPUS, "cut", good[: len(good) // 2])

    def changed(name, change):
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(good, 0))
        change(model, model.subgraphs[0])
        builder = flatbuffers.Builder()
        builder.Finish(model.Pack(builder), b"TFL3")
        put(CORPUS, name, bytes(builder.Output()))

    def many_of_one_buffer(model, graph):
        kernel, operator = graph.tensors[graph.operators[0].inputs[1]], graph.operators[0]
        model.buffers[kernel.buffer].data = np.zeros(1 << 16, np.uint8)
        kernel.shape, kernel.shapeSignature = np.array([1 << 14]), None
        code = model.operatorCodes[operator.opcodeIndex]
        code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CONCATENATION
        operator.builtinOptionsType, operator.builtinOptions = schema.BuiltinOptions.ConcatenationOptions, schema.ConcatenationOptionsT()
        first = len(graph.tensors)
        graph.tensors += [kernel] * 2000
        operator.inputs = list(range(first, len(graph.tensors)))

    changed("no_graph", lambda model, graph: setattr(model, "subgraphs", []))
    changed("negative_input", lambda model, graph: setattr(graph, "inputs", [-176]))
    changed("no_tensor", lambda model, graph: setattr(graph.operators[0], "inputs", [0, 99999, -7]))
    changed("no_code", lambda model, graph: setattr(graph.operators[0], "opcodeIndex", 99))
    changed("itself", lambda model, graph: setattr(graph.operators[0], "inputs",
                                                   [graph.operators[-1].outputs[0], *graph.operators[0].inputs[1:]]))
    changed("huge_shape", lambda model, graph: [setattr(tensor, "shape", np.array([2**31 - 1] * 4)) for tensor in graph.tensors])
    changed("negative_shape", lambda model, graph: [setattr(tensor, "shape", np.array([-5])) for tensor in graph.tensors])
    changed("many_of_one_buffer", many_of_one_buffer)


if __name__ == "__main__":
    keras.utils.set_random_seed(5)
    write_golden()
    write_corpus(write_quantized())
    sys.exit(0)
