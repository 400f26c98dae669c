"""The default base against another on the same images: the recipe with several seeds, each with a split of its own.
Validation accuracy after each stage, with the 95 % interval of its mean over the seeds, and processor time. A table in the
form of docs/performance.md; a few minutes on two cores.
"""
import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile

from compare import SHARED, THAW, measure

BASES = ("efficientnet_lite0", SHARED / "weights/mobilenet_v2_0.35_224_teachable.h5")
IMAGES = (SHARED / "images/trashnet", SHARED / "images/sign-digits")
STAGES = ("feature_extraction", "fine_tuning")
# Student's t for 95 %, two-sided, by the number of values.
T = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}


def interval(values):
    """Mean, and half the width of its 95 % interval."""
    return statistics.mean(values), T[len(values)] * statistics.stdev(values) / len(values) ** 0.5


def run(images, base, seed, folder, flags):
    """Accuracy after each stage, and processor seconds; one thread, which other programs disturb least."""
    history = folder / "history.json"
    figures = measure([THAW, "fit", images, "--base", base, "--seed", seed, "--threads", 1, "--out", folder / "model.keras",
                       "--history", history, *flags])
    report = json.loads(history.read_text())
    accuracy = {stage["name"]: stage["epochs"][-1]["val_accuracy"] for stage in report["stages"]}
    return accuracy, figures["processor"], (report["train_images"], report["validation_images"])


def compare(images, options):
    """A row for each base; then the first less each other one, seed by seed."""
    flags = ["--images-per-class", options.images_per_class] if options.images_per_class else []
    found = {}
    for base in options.bases:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["THAW_HOME"] = folder
            runs = [run(images, base, seed + 1, pathlib.Path(folder), flags) for seed in range(options.seeds)]
        found[base] = [accuracy for accuracy, _, _ in runs]
        cells = ["{:.3f} ± {:.3f}".format(*interval([accuracy[stage] for accuracy in found[base]])) for stage in STAGES]
        first, later = runs[0][1], statistics.median(seconds for _, seconds, _ in runs[1:])
        train, validation = runs[0][2]
        print(f"| {pathlib.Path(images).name}, {train} + {validation} | {pathlib.Path(base).name} | {' | '.join(cells)} | "
              f"{first:.1f} | {later:.1f} |", flush=True)
    best, *others = options.bases
    for other in others:
        cells = []
        for stage in STAGES:
            mean, half = interval([a[stage] - b[stage] for a, b in zip(found[best], found[other])])
            cells.append(f"{mean:+.3f} ± {half:.3f}")
        print(f"| | difference | {' | '.join(cells)} | | |", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="script/bench bases", description=__doc__)
    parser.add_argument("--images", action="append", help="a source of images; several may be named")
    parser.add_argument("--bases", nargs="+", default=BASES, help="the first is compared with each other one")
    parser.add_argument("--seeds", type=int, default=5, choices=T)
    parser.add_argument("--images-per-class", type=int)
    options = parser.parse_args()
    sources = options.images or IMAGES
    for path in [*sources, *options.bases]:
        if isinstance(path, pathlib.Path) and not path.exists():
            sys.exit(f"script/bench bases: expected {path}, which is not there: name others with --images and --bases")
    print("| images | base | new head alone | last 5 layers too | first seed, s | another seed, s |\n|---|---|---|---|---|---|")
    for images in sources:
        compare(images, options)


if __name__ == "__main__":
    main()
