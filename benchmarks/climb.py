"""`thaw fit` with its defaults against `thaw climb`: accuracy on a quarter of the images that neither has seen, five seeds.

Of each class a random quarter is put aside; both commands get the rest, or so many images of each class of it, and
`thaw evaluate` judges their models on the quarter. With --python also real Keras at the recipe, once, for its wall time. A
table in the form of docs/climb.md.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

from bases import T
from compare import ROOT, SHARED, THAW

BASES = ("efficientnet_lite0", SHARED / "weights/mobilenet_v2_0.35_224_teachable.h5")
IMAGES = (SHARED / "images/trashnet", SHARED / "images/sign-digits")


def divide(images, per_class, seed, folder):
    """Links to the images: a quarter of each class under kept_out/, of the others at most `per_class` under learn/."""
    chance = random.Random(seed)
    for cls in sorted(path for path in images.iterdir() if path.is_dir()):
        files = sorted(cls.iterdir())
        chance.shuffle(files)
        quarter = len(files) // 4
        for part, chosen in (("kept_out", files[:quarter]), ("learn", files[quarter:][:per_class or None])):
            (folder / part / cls.name).mkdir(parents=True)
            for file in chosen:
                (folder / part / cls.name / file.name).symlink_to(file)


def run(command):
    """What it prints, and its wall seconds."""
    began = time.perf_counter()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(done.args)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout, time.perf_counter() - began


def accuracy(model, images):
    out, _ = run([THAW, "evaluate", model, images, "--json"])
    return json.loads(out)["accuracy"]


def one(images, base, per_class, seed, flags):
    """Accuracy and seconds of fit and of climb, both from nothing; what climb took."""
    result = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        divide(images, per_class, seed, folder)
        for command, more in (("fit", []), ("climb", ["--report", folder / "report.json", *flags])):
            os.environ["THAW_HOME"] = str(folder / command)
            model = folder / f"{command}.keras"
            _, seconds = run([THAW, command, folder / "learn", "--base", base, "--seed", seed, "--out", model, *more])
            result[command] = accuracy(model, folder / "kept_out"), seconds
        report = json.loads((folder / "report.json").read_text())
        kept = [rung["block"] for rung in report["rungs"] if rung["kept"]]
        result["took"] = report["heads"][0]["name"] + "".join(f", {block}" for block in kept)
        result["said"] = report["accuracy"]
    return result


def keras_seconds(python, images, per_class, folder):
    divide(images, per_class, 1, folder)
    _, seconds = run([python, ROOT / "benchmarks/recipe_keras.py", folder / "learn", "--network", "MobileNetV2", "--alpha",
                      0.35, "--weights", BASES[1], "--seed", 1, "--history", folder / "history.json"])
    return seconds


def interval(values):
    mean = statistics.mean(values)
    if len(values) < 2:
        return mean, float("nan")
    return mean, T[len(values)] * statistics.stdev(values) / len(values) ** 0.5


def compare(images, base, per_class, options):
    runs = [one(images, base, per_class, seed + 1, options.flags) for seed in range(options.seeds)]
    cells = []
    for command in ("fit", "climb"):
        cells.append("{:.3f} ± {:.3f}".format(*interval([r[command][0] for r in runs])))
    cells.append("{:+.3f} ± {:.3f}".format(*interval([r["climb"][0] - r["fit"][0] for r in runs])))
    cells.append(f"{statistics.mean(r['said'] for r in runs):.3f}")
    for command in ("fit", "climb"):
        cells.append(f"{statistics.median(r[command][1] for r in runs):.1f}")
    if options.python:
        with tempfile.TemporaryDirectory() as folder:
            cells.append(f"{keras_seconds(options.python, images, per_class, pathlib.Path(folder)):.1f}")
    print(f"| {images.name}, {per_class or 'all'} | {pathlib.Path(base).name} | {' | '.join(cells)} |", flush=True)
    for seed, r in enumerate(runs, 1):
        print(f"  seed {seed}: fit {r['fit'][0]:.4f}, climb {r['climb'][0]:.4f}: {r['took']}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", nargs="+", type=pathlib.Path, default=IMAGES)
    parser.add_argument("--bases", nargs="+", default=BASES)
    parser.add_argument("--per-class", nargs="+", type=int, default=(20, 0), help="0: all")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--python", help="one with Keras, whose recipe is then run once")
    parser.add_argument("flags", nargs="*", help="more for climb")
    options = parser.parse_args()
    for images in options.images:
        if not images.exists():
            print(f"skipped, {images} is not there")
            continue
        for base in options.bases:
            for per_class in options.per_class:
                compare(images, base, per_class, options)


if __name__ == "__main__":
    main()
