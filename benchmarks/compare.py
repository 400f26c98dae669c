"""thaw and Keras take turns at the same recipe; prints the best of each, and the ratios.

Machines are noisy: compare only figures of one run.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[1]
THAW = ROOT / "build/release/bin/thaw"
DRAW = ROOT / "build/release/bin/examples/draw_shapes"
SHARED = pathlib.Path(os.environ.get("THAW_SHARED", ROOT.parent / "shared"))
WORK = ROOT / "build/bench"
JPEG = """
import pathlib, sys, tensorflow as tf
for path in pathlib.Path(sys.argv[1]).rglob("*.bmp"):
    picture = tf.io.decode_image(path.read_bytes())
    path.with_suffix(".jpg").write_bytes(tf.io.encode_jpeg(picture, quality=90).numpy())
    path.unlink()
"""


def measure(command):
    """Wall seconds and peak memory of a command; what it says is shown if it fails."""
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(process.args)}: exit code {process.returncode}\n{said}")
    return {"wall": seconds, "memory": usage.ru_maxrss / 1024}


def run_recipe(command, warm=False):
    """From nothing, unless `warm`: then with the features that the run before has kept."""
    if not warm:
        shutil.rmtree(WORK / "home", ignore_errors=True)
    history = WORK / "history.json"
    figures = measure([*command, "--history", history])
    report = json.loads(history.read_text())
    for stage in report["stages"]:
        epochs = stage["epochs"]
        figures[stage["name"]] = stage["seconds"] / len(epochs)
        figures[stage["name"] + " last"] = epochs[-1]["seconds"]
        figures["accuracy"] = epochs[-1]["val_accuracy"]
    return figures


def trashnet():
    images = SHARED / "images/trashnet"
    weights = SHARED / "weights/mobilenet_v2_0.35_224_teachable.h5"
    if not (images.exists() and weights.exists()):
        print(f"trashnet: skipped, {images} or {weights} is not there")
        return None
    thaw = [images, "--base", weights, "--split", "keras", "--seed", 1, "--orientation", "ignore"]
    keras = [images, "--network", "MobileNetV2", "--alpha", 0.35, "--weights", weights, "--seed", 1]
    return "MobileNetV2 alpha 0.35, 2022 + 505 photos of 150x150", thaw, keras


def photos(python):
    for part, images, seed in (("train", 40, 1), ("validation", 16, 2)):
        folder = WORK / "photos" / part
        if folder.exists():
            continue
        aside = WORK / "photos.part"
        shutil.rmtree(aside, ignore_errors=True)
        subprocess.run([DRAW, aside, "--set", "target", "--images", str(images), "--seed", str(seed),
                        "--width", "500", "--height", "375"], check=True)
        subprocess.run([python, "-c", JPEG, aside], check=True)
        folder.parent.mkdir(exist_ok=True)
        aside.rename(folder)
    train, validation = WORK / "photos/train", WORK / "photos/validation"
    thaw = [train, "--validation", validation, "--base", "resnet50_v2", "--weights", "none"]
    keras = [train, "--validation", validation, "--network", "ResNet50V2"]
    return "ResNet50V2, random weights, 160 + 64 drawn JPEG pictures of 500x375", thaw, keras


ROWS = {
    "wall": ("wall time, s", "{:.1f}"),
    "memory": ("peak memory, MiB", "{:.0f}"),
    "feature_extraction": ("feature extraction, s an epoch", "{:.2f}"),
    "feature_extraction last": ("  its last epoch, s", "{:.3f}"),
    "fine_tuning": ("fine-tuning, s an epoch", "{:.2f}"),
    "fine_tuning last": ("  its last epoch, s", "{:.3f}"),
    "accuracy": ("validation accuracy at the end", "{:.3f}"),
}


def print_table(title, columns):
    """Columns: name -> the figures of its rounds. The last one is the peer of the others."""
    names = list(columns)
    peer = names[-1]
    ratios = [f"{peer} / {name}" for name in names[:-1]]
    widths = [max(12, len(name) + 3) for name in names + ratios]
    print(f"\n{title}")
    print(" " * 32 + "".join(f"{name:>{width}}" for name, width in zip(names + ratios, widths)))
    for key, (label, form) in ROWS.items():
        if key not in columns[peer][0]:
            continue
        pick = max if key == "accuracy" else min
        best = [pick(figures[key] for figures in columns[name]) for name in names]
        cells = [form.format(value) for value in best]
        if key != "accuracy":
            cells += [f"{best[-1] / max(value, 1e-9):.3g}" for value in best[:-1]]
        print(f"{label:32}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths)))


def run_case(case, options, limits):
    title, thaw, keras = case
    out = ["--out", WORK / "model.keras"]
    commands = {
        "thaw": [THAW, "fit", *thaw, *out, *limits],
        "thaw, warm": [THAW, "fit", *thaw, *out, *limits],
        "thaw, cache off": [THAW, "fit", *thaw, *out, *limits, "--cache", "off"],
        "Keras": [options.python, ROOT / "benchmarks/recipe_keras.py", *keras, *limits],
    }
    columns = {name: [] for name in commands}
    for number in range(options.rounds):
        for name, command in commands.items():
            columns[name].append(run_recipe(command, warm=name.endswith("warm")))
            print(f"round {number + 1}: {name} {columns[name][-1]['wall']:.1f} s", file=sys.stderr)
    print_table(f"{title}; {options.epochs} + {options.fine_tune_epochs} epochs, batch 32, best of "
                f"{options.rounds}", columns)


def start_up(options):
    commands = {"thaw --version": [THAW, "--version"],
                "import tensorflow": [options.python, "-c", "import tensorflow"]}
    found = {name: [] for name in commands}
    for _ in range(max(3, options.rounds)):
        for name, command in commands.items():
            found[name].append(measure(command))
    print("\nstart-up")
    for name, figures in found.items():
        print(f"{name:32}{min(f['wall'] for f in figures):>18.3f} s"
              f"{min(f['memory'] for f in figures):>16.0f} MiB")


def main():
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--case", choices=("all", "trashnet", "photos"), default="all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5, help="of feature extraction")
    parser.add_argument("--fine-tune-epochs", type=int, default=5)
    parser.add_argument("--python", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="2", KERAS_BACKEND="tensorflow",
                      THAW_HOME=str(WORK / "home"))
    WORK.mkdir(parents=True, exist_ok=True)
    limits = ["--epochs", options.epochs, "--fine-tune-epochs", options.fine_tune_epochs]
    start_up(options)
    if options.case in ("all", "trashnet"):
        if (case := trashnet()) is not None:
            run_case(case, options, limits)
    if options.case in ("all", "photos"):
        run_case(photos(options.python), options, limits)


main()
