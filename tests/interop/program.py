"""The built program, as the checks call it."""
import os
import pathlib
import subprocess
import tempfile

import numpy as np

BUILD = pathlib.Path(__file__).parents[2] / "build/release/bin"
THAW = os.environ.get("THAW", str(BUILD / "thaw"))


def run(*arguments):
    """Runs it and returns its standard output; what it says on failure is shown."""
    command = [str(argument) for argument in arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {result.returncode}\n{result.stderr}")
    return result.stdout


def predict(model_file, x):
    """What `thaw predict` gives for a batch of raw tensors."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/x.npy", x.astype("float32"))
        run(THAW, "predict", model_file, "--input", f"{folder}/x.npy", "--output", f"{folder}/y.npy")
        return np.load(f"{folder}/y.npy")


def draw_shapes(folder, images, size, seed=1):
    """Labelled images of four classes."""
    run(BUILD / "examples/draw_shapes", folder, "--set", "target", "--images", images,
        "--width", size, "--height", size, "--seed", seed)


def check(what, received, expected, tolerance=1e-5):
    """Fails unless both agree within `tolerance`, relative where numbers are above 1."""
    assert received.shape == expected.shape, f"{what}: {received.shape}, expected {expected.shape}"
    scale = max(1.0, np.abs(expected).max())
    difference = np.abs(received - expected).max() / scale
    print(f"{what}: largest difference {difference:.1e}")
    assert np.isfinite(received).all() and difference < tolerance, f"{what}: above {tolerance}"
    spread = np.abs(expected - expected[:1]).max() / scale
    assert spread > 100 * tolerance, f"{what}: all samples give the same, so this shows nothing"
