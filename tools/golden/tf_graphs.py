"""SavedModels and frozen graphs of TensorFlow, in each form in which people publish them: small networks with random
weights, what they compute of an image, and how many of their numbers train. tests/formats/tensorflow_test.cpp reads
them all. Needs tensorflow, keras 3, tf-keras and tensorflow_hub."""

import io
import os
import shutil
import tarfile

from golden import FOLDER, GoldenFile, keras, tf

import numpy as np
import tf_keras

HOME = os.path.join(FOLDER, "tensorflow")
SIZE = 16
UNREAD = ("fingerprint.pb", "keras_metadata.pb", "assets")


def place(name):
    path = os.path.join(HOME, name)
    if os.path.isdir(path):
        shutil.rmtree(path)
    return path


def image(seed, size=SIZE):
    return np.random.default_rng(seed).uniform(-1, 1, (3, size, size, 3)).astype(np.float32)


def record(name, x, y, trainable):
    """What the model computes, and how many numbers train."""
    path = os.path.join(HOME, name)
    for unread in UNREAD:
        if os.path.isdir(os.path.join(path, unread)):
            shutil.rmtree(os.path.join(path, unread))
        elif os.path.exists(os.path.join(path, unread)):
            os.remove(os.path.join(path, unread))
    golden = GoldenFile()
    golden.array("trainable", trainable)
    golden.array("x", x)
    golden.array("y", y)
    golden.write(f"tensorflow/{name}.golden.gz")


def trainable_of(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def shake(model, seed):
    """Random numbers where a fresh network has ones and zeros."""
    random = np.random.default_rng(seed)
    for variable in model.weights:
        name = getattr(variable, "path", None) or variable.name
        if any(word in name for word in ("variance", "gamma")):
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif any(word in name for word in ("mean", "beta", "bias")):
            variable.assign(random.normal(0, 0.2, variable.shape))


def small(K, seed):
    """A network of most kinds of layers, in Keras 3 or in tf-keras."""
    layers = K.layers
    K.utils.set_random_seed(seed)
    x = inputs = K.Input((SIZE, SIZE, 3), name="image")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="stem")(x)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.ReLU(6.0, name="stem_relu")(x)
    y = layers.ZeroPadding2D(((0, 1), (0, 1)), name="pad")(x)
    y = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, name="depthwise")(y)
    y = layers.Activation("swish", name="swish")(y)
    y = layers.Conv2D(12, 1, groups=2, name="grouped")(y)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool")(x)
    x = layers.Concatenate(name="concatenate")([x, y])
    y = layers.Conv2D(20, 3, padding="same", dilation_rate=2, name="dilated")(x)
    y = layers.BatchNormalization(epsilon=1e-5, scale=False, name="dilated_bn")(y)
    y = layers.LeakyReLU(name="leaky")(y)
    s = layers.GlobalAveragePooling2D(keepdims=True, name="squeeze")(y)
    s = layers.Conv2D(20, 1, activation="hard_sigmoid", name="excite")(s)
    y = layers.Multiply(name="scale")([y, s])
    x = layers.Add(name="add")([x, y])
    x = layers.AveragePooling2D(2, name="average")(x)
    x = layers.Dropout(0.3, name="dropout")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(7, activation="gelu", name="hidden")(x)
    x = layers.Dense(5, activation="softmax", name="classes")(x)
    model = K.Model(inputs, x, name="small")
    shake(model, seed)
    return model


def keras_3():
    model = small(keras, 1)
    x = image(1)
    model.export(place("keras_export"), verbose=False)
    record("keras_export", x, model.predict(x, verbose=0), trainable_of(model))
    tf.saved_model.save(model, place("keras_saved"))
    record("keras_saved", x, model.predict(x, verbose=0), trainable_of(model))
    # The same in an archive, as hubs keep them.
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for root, _, files in os.walk(os.path.join(HOME, "keras_export")):
            for file in sorted(files):
                full = os.path.join(root, file)
                archive.add(full, os.path.join(".", os.path.relpath(full, os.path.join(HOME, "keras_export"))))
    with open(os.path.join(HOME, "archive.tar.gz"), "wb") as file:
        file.write(buffer.getvalue())
    record("archive.tar.gz", x, model.predict(x, verbose=0), trainable_of(model))


def keras_2():
    model = small(tf_keras, 2)
    x = image(2)
    y = model.predict(x, verbose=0)
    model.compile("adam", "categorical_crossentropy")
    model.save(place("tf_keras"))
    record("tf_keras", x, y, trainable_of(model))
    # Frozen with TensorFlow 2's tool.
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    function = tf.function(lambda image: model(image, training=False))
    frozen = convert_variables_to_constants_v2(
        function.get_concrete_function(tf.TensorSpec((None, SIZE, SIZE, 3), tf.float32, name="image")))
    with open(os.path.join(HOME, "frozen.pb"), "wb") as file:
        file.write(frozen.graph.as_graph_def().SerializeToString(deterministic=True))
    record("frozen.pb", x, y, -1)


def attention(K):
    K.utils.set_random_seed(3)
    layers = K.layers
    inputs = K.Input((SIZE, SIZE, 3), name="image")
    x = layers.Conv2D(12, 4, strides=4, name="patches")(inputs)
    x = layers.Reshape((16, 12), name="tokens")(x)
    y = layers.LayerNormalization(epsilon=1e-6, name="norm_1")(x)
    y = layers.MultiHeadAttention(3, 4, name="attention")(y, y)
    x = layers.Add(name="add_1")([x, y])
    y = layers.LayerNormalization(name="norm_2")(x)
    y = layers.Dense(24, activation="gelu", name="grow")(y)
    y = layers.Dense(12, name="shrink")(y)
    x = layers.Add(name="add_2")([x, y])
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    model = K.Model(inputs, layers.Dense(4, name="classes")(x), name="attention")
    shake(model, 3)
    x = image(3)
    name = "attention" if K is keras else "tf_keras_attention"
    y = model.predict(x, verbose=0)
    if K is keras:
        model.export(place(name), verbose=False)
    else:
        model.save(place(name))
    record(name, x, y, trainable_of(model))


class Reusable(tf.Module):
    """As modules of TensorFlow Hub are: __call__ with `training`, and what trains as the module marks it."""

    def __init__(self, seed):
        super().__init__()
        random = np.random.default_rng(seed)

        def variable(shape, trainable=True, low=-0.5, high=0.5):
            numbers = random.uniform(low, high, shape).astype(np.float32)
            return tf.Variable(numbers, trainable=trainable, name="w")

        self.first = variable((3, 3, 3, 8))
        self.second = variable((3, 3, 8, 1), trainable=False)
        self.gamma = variable((8,), low=0.5, high=1.5)
        self.beta = variable((8,))
        self.mean = variable((8,), trainable=False)
        self.variance = variable((8,), trainable=False, low=0.5, high=1.5)
        self.head = variable((8, 6))
        self.head_bias = variable((6,))
        self.variables_ = [v for v in vars(self).values() if isinstance(v, tf.Variable)]
        self.trainable_variables_ = [v for v in self.variables_ if v.trainable]
        self.regularization_losses = []

    def compute(self, x, training):
        x = tf.nn.conv2d(x, self.first, 2, "SAME")
        y = tf.nn.depthwise_conv2d(x, self.second, [1, 1, 1, 1], "SAME", dilations=[2, 2])

        def with_batch():
            return tf.compat.v1.nn.fused_batch_norm(y, self.gamma, self.beta, epsilon=0.001, is_training=True)[0]

        def with_learned():
            return tf.compat.v1.nn.fused_batch_norm(y, self.gamma, self.beta, self.mean, self.variance, 0.001,
                                                    is_training=False)[0]

        y = tf.cond(tf.cast(training, tf.bool), with_batch, with_learned)
        x = tf.nn.relu(x + y)
        x = tf.reduce_mean(x, [1, 2])
        return tf.nn.bias_add(tf.matmul(x, self.head), self.head_bias)

    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 3), tf.float32), tf.TensorSpec((), tf.bool)])
    def __call__(self, x, training=False):
        return self.compute(x, training)


def reusable():
    module = Reusable(4)
    tf.saved_model.save(module, place("hub_reusable"))
    x = image(4)
    record("hub_reusable", x, module(x, False), trainable_of(module) - 2 * 8 + 2 * 8)


def hub_training():
    """Five steps of fine-tuning the reusable module as tensorflow_hub loads it, batch normalization in inference."""
    import tensorflow_hub as hub
    module = hub.load(os.path.join(HOME, "hub_reusable"))
    x = image(14)
    labels = np.eye(6, dtype=np.float32)[[0, 3, 5]]
    golden = GoldenFile()
    golden.text("tensorflow_hub", hub.__version__)
    golden.array("x", x)
    golden.array("labels", labels)
    losses = []
    variables = [v for v in module.variables_ if v.trainable]
    for _ in range(5):
        with tf.GradientTape() as tape:
            logits = module(tf.constant(x), False)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels, logits))
        losses.append(float(loss))
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(0.1 * gradient)
    golden.array("losses", losses)
    for name in ("first", "second", "gamma", "beta", "mean", "variance", "head", "head_bias"):
        golden.array(name, getattr(module, name))
    golden.write("tensorflow/training.hub.gz")


class Bytes(tf.Module):
    """Fed bytes of 0 to 255, with a signature; functions within functions."""

    def __init__(self, seed):
        super().__init__(name="bytes")
        random = np.random.default_rng(seed)
        self.kernel = tf.Variable(random.normal(0, 0.2, (5, 5, 3, 6)).astype(np.float32), name="conv/kernel")
        self.back = tf.Variable(random.normal(0, 0.2, (3, 3, 4, 6)).astype(np.float32), name="back/kernel")
        self.dense = tf.Variable(random.normal(0, 0.2, (16, 5)).astype(np.float32), name="dense/kernel")

    @tf.function
    def normalized(self, x):
        return (tf.cast(x, tf.float32) / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]

    @tf.function(input_signature=[tf.TensorSpec((None, SIZE, SIZE, 3), tf.uint8, name="pixels")])
    def serve(self, pixels):
        x = self.normalized(pixels)
        x = tf.nn.conv2d(tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]], "REFLECT"), self.kernel, 2, "VALID")
        shape = tf.shape(x)
        x = tf.nn.conv2d_transpose(x, self.back, [shape[0], shape[1] * 2, shape[2] * 2, 4], 2, "SAME")
        left, right = tf.split(x, 2, axis=3)
        x = tf.concat([tf.nn.elu(left), tf.clip_by_value(right, -0.5, 0.5)], -1)
        x = tf.image.resize(x, (8, 8), "nearest") + tf.nn.avg_pool2d(x, 3, 2, "SAME")
        x = x[:, 1:-1, ::2, :]
        x = tf.reshape(x, [tf.shape(x)[0], -1, 4])
        x = tf.transpose(tf.stack([x, tf.square(x)], axis=1), [0, 2, 1, 3])
        x = tf.reduce_max(x, axis=1)
        x = tf.concat([tf.reshape(x, [-1, 8]), tf.reduce_sum(x, 2), tf.reduce_min(x, 2),
                       tf.reduce_mean(tf.squeeze(x[:, :1], 1), 1, keepdims=True), x[:, 0, :3]], 1)
        return {"scores": tf.nn.log_softmax(tf.linalg.matmul(x, self.dense))}


def functions():
    module = Bytes(5)
    x = np.random.default_rng(5).integers(0, 256, (3, SIZE, SIZE, 3)).astype(np.uint8)
    tf.saved_model.save(module, place("functions"), signatures={"serving_default": module.serve})
    record("functions", x, module.serve(x)["scores"], trainable_of(module))


def network_1(x, training, random):
    """TensorFlow 1's way of writing a network; `training` decides at run time."""
    v1 = tf.compat.v1

    def variable(name, shape, low=-0.4, high=0.4, trainable=True):
        numbers = random.uniform(low, high, shape).astype(np.float32)
        return v1.get_variable(name, initializer=numbers, trainable=trainable, use_resource=False)

    with v1.variable_scope("net/conv"):
        x = tf.nn.conv2d(x, variable("weights", (3, 3, 3, 8)), 2, "SAME")
    with v1.variable_scope("net/conv/BatchNorm"):
        gamma, beta = variable("gamma", (8,), 0.5, 1.5), variable("beta", (8,))
        mean, variance = variable("moving_mean", (8,), trainable=False), variable("moving_variance", (8,), 0.5, 1.5, False)
        x = tf.nn.relu6(v1.nn.fused_batch_norm(x, gamma, beta, mean, variance, 0.001, is_training=False)[0])
    if training is not None:
        x = v1.cond(training, lambda: tf.nn.dropout(x, rate=0.5), lambda: tf.identity(x))
    x = tf.reduce_mean(x, [1, 2], name="net/pool")
    with v1.variable_scope("net/logits"):
        return v1.nn.xw_plus_b(x, variable("weights", (8, 4)), variable("biases", (4,)), name="out")


def tensorflow_1():
    v1 = tf.compat.v1
    v1.disable_control_flow_v2()
    x = image(6)
    with v1.Graph().as_default(), v1.Session() as session:
        given = v1.placeholder(tf.float32, (None, SIZE, SIZE, 3), "input")
        training = v1.placeholder_with_default(False, (), "keras_learning_phase")
        logits = network_1(given, training, np.random.default_rng(6))
        y = tf.nn.softmax(logits, name="probabilities")
        classes = tf.argmax(y, 1)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, place("tensorflow_1"), {"image": given},
                                   {"probabilities": y, "logits": logits, "classes": classes})
        record("tensorflow_1", x, session.run(y, {given: x}), 3 * 3 * 3 * 8 + 2 * 8 + 8 * 4 + 4)

    # A Hub module of TensorFlow 1: one graph to serve, without tags, and one to train.
    path = place("hub_tensorflow_1")
    builder = v1.saved_model.Builder(path)
    for tags in ((), ("train",)):
        with v1.Graph().as_default(), v1.Session() as session:
            given = v1.placeholder(tf.float32, (None, SIZE, SIZE, 3), "images")
            random = np.random.default_rng(7)
            features = network_1(given, None if not tags else tf.constant(True), random)
            session.run(v1.global_variables_initializer())
            info = {"images": v1.saved_model.build_tensor_info(given)}
            outputs = {"default": v1.saved_model.build_tensor_info(features),
                       "net/pool": v1.saved_model.build_tensor_info(session.graph.get_tensor_by_name("net/pool:0"))}
            signature = v1.saved_model.build_signature_def(info, outputs)
            signatures = {"default": signature, "image_feature_vector": signature}
            if not tags:
                builder.add_meta_graph_and_variables(session, tags, signatures)
                x7, y7 = image(7), session.run(features, {given: image(7)})
            else:
                builder.add_meta_graph(tags, signatures)
    builder.save()
    with open(os.path.join(path, "tfhub_module.pb"), "wb") as file:
        file.write(b"\x08\x03")
    record("hub_tensorflow_1", x7, y7, 3 * 3 * 3 * 8 + 2 * 8 + 8 * 4 + 4)

    # Frozen, as retrained networks of TensorFlow 1 are: it decodes JPEG files itself.
    with v1.Graph().as_default(), v1.Session() as session:
        contents = v1.placeholder(tf.string, (), "DecodeJpeg/contents")
        decoded = tf.cast(tf.image.decode_jpeg(contents, 3), tf.float32)
        resized = v1.image.resize_bilinear(tf.expand_dims(decoded, 0), (SIZE, SIZE))
        y = tf.nn.softmax(network_1((resized - 127.5) / 127.5, None, np.random.default_rng(8)), name="final_result")
        session.run(v1.global_variables_initializer())
        constants = v1.graph_util.convert_variables_to_constants(session, session.graph_def, ["final_result"])
        with open(os.path.join(HOME, "retrained.pb"), "wb") as file:
            file.write(constants.SerializeToString(deterministic=True))
        x = 127.5 * (image(8)[:1] + 1)
        record("retrained.pb", x, session.run(y, {resized: x}), -1)


if __name__ == "__main__":
    os.makedirs(HOME, exist_ok=True)
    keras_3()
    keras_2()
    attention(keras)
    attention(tf_keras)
    reusable()
    hub_training()
    functions()
    tensorflow_1()
