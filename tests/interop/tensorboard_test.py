"""The real TensorBoard reads what `thaw fit` logs: Keras's tags, every epoch of both stages once, the history's values."""
import json
import tempfile

import keras
import numpy as np
from program import THAW, draw_shapes, run
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def scalars(folder):
    """{tag: [(step, value), …]} of the event files in a folder."""
    accumulator = EventAccumulator(folder, size_guidance={"tensors": 0})
    accumulator.Reload()
    return {tag: [(event.step, float(tensor_util.make_ndarray(event.tensor_proto)))
                  for event in accumulator.Tensors(tag)] for tag in accumulator.Tags()["tensors"]}


def tags_of_keras(folder):
    image = keras.Input((4,))
    model = keras.Model(image, keras.layers.Dense(3, activation="softmax")(image))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    x, y = np.ones((6, 4), "float32"), np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]]
    logger = keras.callbacks.TensorBoard(folder, write_graph=False)
    model.fit(x, y, epochs=1, validation_data=(x, y), callbacks=[logger], verbose=0)
    return {side: set(scalars(f"{folder}/{side}")) for side in ("train", "validation")}


def check_values(side, tag, found, expected):
    assert [step for step, _ in found] == list(range(len(expected))), (side, tag, found)
    for (step, value), goal in zip(found, expected):
        assert value == float(np.float32(goal)), (side, tag, step, value, goal)


with tempfile.TemporaryDirectory() as scratch:
    draw_shapes(f"{scratch}/images", images=10, size=64)
    run(THAW, "fit", f"{scratch}/images", "--base", "mobilenet_v2@alpha=0.35", "--weights", "none", "--image-size", 64,
        "--epochs", 3, "--fine-tune-epochs", 2, "--batch-size", 8, "--schedule", "cosine", "--out", f"{scratch}/m.keras",
        "--history", f"{scratch}/history.json", "--callbacks", f"tensorboard@log_dir={scratch}/logs")
    with open(f"{scratch}/history.json") as file:
        epochs = [epoch for stage in json.load(file)["stages"] for epoch in stage["epochs"]]
    assert len(epochs) == 5, epochs
    logs = {side: scalars(f"{scratch}/logs/{side}") for side in ("train", "validation")}
    expected = tags_of_keras(f"{scratch}/keras")
    for side, prefix in (("train", ""), ("validation", "val_")):
        assert set(logs[side]) == expected[side], (side, set(logs[side]), expected[side])
        for name in ("loss", "accuracy"):
            check_values(side, name, logs[side][f"epoch_{name}"], [epoch[prefix + name] for epoch in epochs])
    rates = [rate for _, rate in logs["train"]["epoch_learning_rate"]]
    # At the end of each stage half a cosine has come down to 0.
    assert rates[0] > rates[1] > rates[2] == 0 and rates[3] > rates[4] == 0, rates
    steps = [step for step, _ in logs["validation"]["evaluation_loss_vs_iterations"]]
    assert steps == [steps[0] * (epoch + 1) for epoch in range(5)], steps
    print(f"TensorBoard reads {sorted(logs['train'])} and {sorted(logs['validation'])}: 5 epochs, the history's values")
