"""Asks Keras for metrics over two batches; writes tests/golden/train/metrics.txt.

A line: the metric as thaw names it with its options, the data ("vectors", "numbers" or "column"), then the values.
The data are written first, so that the test has the same numbers.
"""

import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import keras
import numpy as np
import tensorflow as tf

M = keras.metrics
ROWS, CLASSES = 60, 4


def metric_cases():
    for data in ("vectors", "numbers"):
        yield "accuracy", data, None
        yield "top_k_categorical_accuracy@k=2", data, None
    yield "categorical_accuracy", "vectors", M.CategoricalAccuracy()
    yield "sparse_categorical_accuracy", "numbers", M.SparseCategoricalAccuracy()
    yield "top_k_categorical_accuracy", "vectors", M.TopKCategoricalAccuracy()
    for threshold in (0.5, 0.3):
        yield f"binary_accuracy@threshold={threshold}", "column", M.BinaryAccuracy(threshold=threshold)
        yield f"precision@thresholds={threshold}", "column", M.Precision(thresholds=threshold)
        yield f"recall@thresholds={threshold}", "column", M.Recall(thresholds=threshold)
    for data in ("vectors", "column"):
        yield "precision", data, M.Precision()
        yield "recall", data, M.Recall()
        yield "auc", data, M.AUC()
        yield "auc@curve=PR", data, M.AUC(curve="PR")
        yield "auc@num_thresholds=20", data, M.AUC(num_thresholds=20)
    yield "f1_score", "vectors", M.F1Score()
    for average in ("macro", "micro", "weighted"):
        yield f"f1_score@average={average}", "vectors", M.F1Score(average=average)
    yield "f1_score@threshold=0.3", "vectors", M.F1Score(threshold=0.3)
    yield "f1_score@threshold=0.5", "column", M.F1Score(threshold=0.5)


def by_name(name, data):
    """What a model that gives these data makes of a metric's name."""
    if name == "accuracy":
        return M.CategoricalAccuracy() if data == "vectors" else M.SparseCategoricalAccuracy()
    return M.TopKCategoricalAccuracy(k=2) if data == "vectors" else M.SparseTopKCategoricalAccuracy(k=2)


def main():
    random = np.random.default_rng(3)
    logits = random.normal(size=(ROWS, CLASSES)).astype("float32")
    numbers = random.integers(0, CLASSES, ROWS)
    logits[np.arange(ROWS), numbers] += 1
    outputs = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    outputs = np.round(outputs * 1000).astype("float32") / np.float32(1000)
    labels = random.integers(0, 2, ROWS)
    column = np.round(np.clip(0.5 + 0.2 * (2 * labels - 1) + random.normal(size=ROWS) * 0.3, 0, 1) * 1000)
    column = (column.astype("float32") / np.float32(1000))[:, None]
    given = {
        "vectors": (np.eye(CLASSES, dtype="float32")[numbers], outputs),
        "numbers": (numbers[:, None].astype("float32"), outputs),
        "column": (labels[:, None].astype("float32"), column),
    }
    lines = [f"# keras {keras.__version__} tensorflow {tf.__version__}"]
    for name, values in [("outputs", outputs), ("numbers", numbers), ("column", column), ("labels", labels)]:
        lines.append(" ".join(["data", name] + [repr(round(float(v), 3)) for v in np.ravel(values)]))
    for name, data, metric in metric_cases():
        metric = metric or by_name(name, data)
        targets, predictions = given[data]
        for part in (slice(0, 25), slice(25, ROWS)):
            metric.update_state(targets[part], predictions[part])
        lines.append(" ".join([name, data] + [repr(float(v)) for v in np.ravel(metric.result())]))
    folder = pathlib.Path(__file__).parents[2] / "tests/golden/train"
    (folder / "metrics.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
