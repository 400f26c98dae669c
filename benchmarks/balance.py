"""Balanced class weights where one class has few images, in thaw and in Keras: 100 images of one class and 5 of another, five
seeds, each with images of its own. Recall of the small class on images kept out, without weights and with; the gain, with
the 95 % interval of its mean over the seeds. A table; a quarter of an hour on two cores.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

from bases import T, interval
from compare import ROOT, SHARED, THAW, measure

WEIGHTS = SHARED / "weights/mobilenet_v2_0.35_224_teachable.h5"


def draw(options, seed, folder):
    """Copies images into train and kept, two classes each; the second is the small one."""
    for name, count in zip(options.classes, options.images):
        files = sorted((SHARED / "images/trashnet" / name).iterdir())
        random.Random(seed).shuffle(files)
        for part, chosen in (("train", files[:count]), ("kept", files[count:count + options.kept])):
            target = folder / part / name
            target.mkdir(parents=True)
            for file in chosen:
                shutil.copy(file, target)


def thaw(options, folder, seed, weight):
    flags = ["--base", WEIGHTS, "--metrics", "accuracy,confusion_matrix", "--class-weight", weight]
    return [THAW, "fit", folder / "train", *flags, "--out", folder / "model.keras"]


def keras(options, folder, seed, weight):
    flags = ["--network", "MobileNetV2", "--alpha", 0.35, "--weights", WEIGHTS, "--class-weight", weight]
    return [options.python, ROOT / "benchmarks/recipe_keras.py", folder / "train", *flags]


def recall(command, folder, seed, options, small):
    history = folder / "history.json"
    measure([*command, "--validation", folder / "kept", "--seed", seed, "--epochs", options.epochs, "--fine-tune-epochs",
             options.fine_tune_epochs, "--history", history])
    last = json.loads(history.read_text())["stages"][-1]["epochs"][-1]
    row = [last[f"val_confusion_matrix[{small}][{column}]"] for column in range(2)]
    return row[small] / sum(row)


def main():
    parser = argparse.ArgumentParser(prog="script/bench balance", description=__doc__)
    parser.add_argument("--python", required=True, help="one that has Keras")
    parser.add_argument("--classes", nargs=2, default=("plastic", "metal"), help="of TrashNet; the second has few images")
    parser.add_argument("--images", nargs=2, type=int, default=(100, 5))
    parser.add_argument("--kept", type=int, default=150, help="images of each class to judge by")
    parser.add_argument("--seeds", type=int, default=5, choices=T)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--fine-tune-epochs", type=int, default=5)
    options = parser.parse_args()
    for path in (SHARED / "images/trashnet", WEIGHTS):
        if not path.exists():
            sys.exit(f"script/bench balance: skipped, {path} is not there")
    small = sorted(options.classes).index(options.classes[1])
    print(f"| recall of {options.classes[1]} | none | balanced | gain |\n|---|---|---|---|")
    for name, command in {"thaw": thaw, "keras": keras}.items():
        found = {"none": [], "balanced": []}
        for seed in range(1, options.seeds + 1):
            with tempfile.TemporaryDirectory() as scratch:
                folder = pathlib.Path(scratch)
                os.environ["THAW_HOME"] = scratch
                draw(options, seed, folder)
                for weight, recalls in found.items():
                    recalls.append(recall(command(options, folder, seed, weight), folder, seed, options, small))
        gains = [after - before for before, after in zip(found["none"], found["balanced"])]
        cells = ["{:.3f} ± {:.3f}".format(*interval(values)) for values in (*found.values(), gains)]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
        print(f"<!-- {name}, seed by seed: " + ", ".join(f"{a:.3f} to {b:.3f}" for a, b in zip(*found.values())) + " -->",
              flush=True)


if __name__ == "__main__":
    main()
