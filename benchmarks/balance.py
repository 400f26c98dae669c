"""Balanced class weights where one class has few images, in thaw and in Keras: 100 images of one class and 5 of another, five
seeds, each with images of its own; a new head on a frozen base. Recall of the small class on images kept out, without
weights and with; the gain, with the 95 % interval of its mean over the seeds. A table; some minutes on two cores.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
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


def thaw(options, folder, seed, small):
    recalls = {}
    for weight in ("none", "balanced"):
        measure([THAW, "fit", folder / "train", "--validation", folder / "kept", "--base", WEIGHTS, "--seed", seed,
                 "--epochs", options.epochs, "--fine-tune-epochs", 0, "--metrics", "confusion_matrix", "--class-weight",
                 weight, "--out", folder / "model.keras", "--history", folder / "history.json"])
        last = json.loads((folder / "history.json").read_text())["stages"][-1]["epochs"][-1]
        row = [last[f"val_confusion_matrix[{small}][{column}]"] for column in range(2)]
        recalls[weight] = row[small] / sum(row)
    return recalls


def keras(options, folder, seed, small):
    command = [options.python, ROOT / "benchmarks/balance_keras.py", folder, WEIGHTS, "--small", small, "--seed", seed,
               "--epochs", options.epochs]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return json.loads(result.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(prog="script/bench balance", description=__doc__)
    parser.add_argument("--python", required=True, help="one that has Keras")
    parser.add_argument("--classes", nargs=2, default=("plastic", "metal"), help="of TrashNet; the second has few images")
    parser.add_argument("--images", nargs=2, type=int, default=(100, 5))
    parser.add_argument("--kept", type=int, default=150, help="images of each class to judge by")
    parser.add_argument("--seeds", type=int, default=5, choices=T)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    for path in (SHARED / "images/trashnet", WEIGHTS):
        if not path.exists():
            print(f"script/bench balance: skipped, {path} is not there")
            return
    small = sorted(options.classes).index(options.classes[1])
    found = {thaw: [], keras: []}
    for seed in range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory() as scratch:
            os.environ["THAW_HOME"] = scratch
            draw(options, seed, pathlib.Path(scratch))
            for side, rows in found.items():
                rows.append(side(options, pathlib.Path(scratch), seed, small))
                print(f"seed {seed}, {side.__name__}: {rows[-1]['none']:.3f} to {rows[-1]['balanced']:.3f}",
                      file=sys.stderr, flush=True)
    print(f"| recall of {options.classes[1]} | none | balanced | gain |\n|---|---|---|---|")
    for side, rows in found.items():
        columns = [[row["none"] for row in rows], [row["balanced"] for row in rows],
                   [row["balanced"] - row["none"] for row in rows]]
        print(f"| {side.__name__} | {' | '.join('{:.3f} ± {:.3f}'.format(*interval(column)) for column in columns)} |")


if __name__ == "__main__":
    main()
