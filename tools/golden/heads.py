"""Asks scikit-learn and SciPy for heads on features, temperatures and calibration errors; writes
tests/golden/heads/heads.golden.gz. Needs scikit-learn (written with 1.9.1) and SciPy, no Keras.

Columns are standardized here as thaw says (src/thaw/heads/head_data.h), apart from its code; what is
fitted to them is scikit-learn's. Logits are recorded for the images and, of ridge regression, for each
image by a fit to all others.
"""

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression, Ridge

import golden

# name: images, columns of groups, classes, with weights, balanced
CASES = {
    "tall": (60, (8, 4), 3, False, False),
    "wide": (30, (30, 20), 4, True, False),
    "balanced": (50, (10,), 2, False, True),
    "weighted": (45, (6, 6), 5, True, True),
}
PENALTIES = (0.03, 1.0)


def standardized(x, groups, s):
    parts = []
    first = 0
    for columns, weight in groups:
        part = x[:, first : first + columns]
        mean = np.average(part, axis=0, weights=s)
        variance = np.average((part - mean) ** 2, axis=0, weights=s)
        variance[np.sqrt(variance) <= 1e-6 * np.abs(mean)] = 0
        positive = np.sort(variance[variance > 0])
        floor = 0.1 * positive[len(positive) // 2]
        scale = np.sqrt(variance + floor)
        z = np.where(variance > 0, (part - mean) / scale, 0)
        parts.append(z * weight / np.sqrt(np.average((z**2).sum(1), weights=s)))
        first += columns
    return np.hstack(parts)


def logistic(z, labels, s, penalty):
    two = labels.max() == 1
    # Of two classes scikit-learn fits one column w; ours are −w/2 and w/2, whose penalty is half.
    model = LogisticRegression(C=(2 if two else 1) / penalty, tol=1e-12, max_iter=10000, solver="newton-cholesky")
    model.fit(z, labels, sample_weight=s)
    f = model.decision_function(z)
    return np.stack([-f / 2, f / 2], 1) if two else f


def ridge(z, y, s, penalty, rows):
    return Ridge(alpha=penalty, solver="svd", tol=1e-14).fit(z, y, sample_weight=s).predict(rows)


def write_case(file, name, case, random):
    images, columns, classes, with_weights, balanced = case
    labels = np.arange(images) % classes
    if balanced:
        labels[: images // 2] = 0
    x = random.normal(size=(images, sum(columns)))
    x[np.arange(images), labels] += 1.5
    x[:, 1] = 1000 + 30 * x[:, 1]
    x[:, -1] = 7  # constant
    x = x.astype(np.float32)
    s = random.uniform(0.5, 2, images).astype(np.float32).astype(float) if with_weights else np.ones(images)
    if with_weights:
        s[3] = 0
    file.array(f"{name}.features", x)
    file.array(f"{name}.labels", labels)
    file.array(f"{name}.weights", s)
    file.text(f"{name}.groups", " ".join(map(str, columns)))
    file.text(f"{name}.balanced", int(balanced))
    if balanced:
        sums = np.bincount(labels, s)
        s = s * s.sum() / (len(sums) * sums[labels])
    group_weights = [1 + 0.5 * i for i in range(len(columns))]
    z = standardized(x.astype(float), list(zip(columns, group_weights)), s)
    y = np.eye(classes)[labels]
    errors = []
    for i, penalty in enumerate(PENALTIES):
        file.array(f"{name}.ridge.{i}", ridge(z, y, s, penalty, z))
        others = [np.arange(images) != k for k in range(images)]
        loo = np.stack([ridge(z[o], y[o], s[o], penalty, z[~o])[0] for o in others])
        file.array(f"{name}.leave_one_out.{i}", loo)
        errors.append((s * ((loo - y) ** 2).sum(1)).sum())
        used = s > 0
        model = logistic(z, labels, s, penalty) if used.all() else None
        if model is None:  # scikit-learn does not take weights of 0 well
            keep = np.where(used)[0]
            model = np.zeros((images, classes))
            model[keep] = logistic(z[keep], labels[keep], s[keep], penalty)
        file.array(f"{name}.logistic.{i}", model - model.mean(1, keepdims=True))
    file.text(f"{name}.best", int(np.argmin(errors)))


def write_calibration(file, random):
    labels = random.integers(0, 5, 200)
    logits = random.normal(size=(200, 5)).astype(np.float32)
    logits[np.arange(200), labels] += 1
    logits *= 3
    weights = random.uniform(0, 2, 200).astype(np.float32)
    file.array("calibration.logits", logits)
    file.array("calibration.labels", labels)
    file.array("calibration.weights", weights)
    logits = logits.astype(float)

    def likelihood(temperature, s):
        row = logsumexp(logits / temperature, axis=1) - logits[np.arange(200), labels] / temperature
        return np.average(row, weights=s)

    for name, s in (("", np.ones(200)), (".weighted", weights.astype(float))):
        best = minimize_scalar(lambda t: likelihood(np.exp(t), s), bounds=(-3, 4), method="bounded", options={"xatol": 1e-12})
        file.array(f"calibration.temperature{name}", np.exp(best.x))
        file.array(f"calibration.likelihood{name}", likelihood(1, s))
    probabilities = softmax(logits, axis=1).astype(np.float32).astype(float)
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == labels
    for bins in (10, 15):
        place = np.digitize(confidence, np.linspace(0, 1, bins + 1), right=True)
        error = sum(
            np.mean(place == b) * abs(right[place == b].mean() - confidence[place == b].mean())
            for b in np.unique(place)
        )
        file.array(f"calibration.error.{bins}", error)


def main():
    file = golden.GoldenFile()
    file.text("scikit-learn", sklearn.__version__)
    file.text("scipy", scipy.__version__)
    random = np.random.default_rng(18)
    file.text("cases", " ".join(CASES))
    file.text("penalties", " ".join(map(str, PENALTIES)))
    for name, case in CASES.items():
        write_case(file, name, case, random)
    write_calibration(file, random)
    file.write("heads/heads.golden.gz")


if __name__ == "__main__":
    main()
