"""Images of none of the classes: climbs to four of trashnet's six classes, offered images of these that were held back, of
the other two classes, and six photographs of other things. How well the model's distance tells them apart, beside its
probabilities (1 less the largest): the area under the curve of right against false refusals (AUROC), the share refused where
5 % of the held-back images are refused falsely, and what the model's own threshold refuses. Means over draws of the four
classes and of the images; a table in the form of docs/predictions.md; some minutes on two cores.
"""
import argparse
import bisect
import itertools
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

from compare import SHARED, THAW, measure

IMAGES = SHARED / "images/trashnet"
PHOTOS = SHARED / "photos"
BASES = ("efficientnet_lite0", SHARED / "weights/mobilenet_v2_0.35_224_teachable.h5")
PICTURES = (".jpg", ".jpeg", ".png", ".bmp")


def images_of(folder):
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)


def link(paths, folder):
    folder.mkdir(parents=True)
    for path in paths:
        (folder / path.name).symlink_to(path)


def deal(known, seed, per_class, folder):
    """A quarter of each known class is held back, of the rest `per_class` are learned from (None: all)."""
    draw = random.Random(seed)
    for classes in sorted(IMAGES.iterdir()):
        paths = images_of(classes)
        draw.shuffle(paths)
        quarter = len(paths) // 4
        if classes.name in known:
            link(paths[:quarter], folder / "held" / classes.name)
            link(paths[quarter:][:per_class], folder / "train" / classes.name)
        else:
            link(paths, folder / "others" / classes.name)
    link(images_of(PHOTOS), folder / "photos")


def judged(model, images):
    """(1 less the largest probability, distance, whether it is refused) of each image."""
    run = subprocess.run([str(THAW), "predict", str(model), str(images), "--json", "--top", "1"], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"thaw predict: exit code {run.returncode}\n{run.stderr}")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [(1 - line["predictions"][0]["probability"], line["distance"], line["none_of_these"]) for line in lines]


def area(known, unknown):
    """The chance that an unknown image scores above a known one."""
    ordered = sorted(known)
    wins = sum(bisect.bisect_left(ordered, x) + bisect.bisect_right(ordered, x) for x in unknown)
    return wins / 2 / len(known) / len(unknown)


def refused_at(rate, known, unknown):
    """The share of unknown images above what all but `rate` of the known ones are at most."""
    ordered = sorted(known)
    threshold = ordered[min(len(ordered) - 1, int((1 - rate) * len(ordered)))]
    return sum(x > threshold for x in unknown) / len(unknown)


def climb(base, known, seed, per_class):
    """A row of figures: for others and photographs, by probability and by distance."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        deal(known, seed, per_class, folder)
        measure([THAW, "climb", folder / "train", "--base", base, "--seed", seed, "--unknown-rate", "0.05", "--out",
                 folder / "model.keras"])
        held, *offered = (judged(folder / "model.keras", folder / part) for part in ("held", "others", "photos"))
    row = [sum(line[2] for line in held) / len(held)]
    for lines in offered:
        for score in (0, 1):
            scores = [[line[score] for line in part] for part in (held, lines)]
            row += [area(*scores), refused_at(0.05, *scores)]
        row.append(sum(line[2] for line in lines) / len(lines))
    return row


def main():
    parser = argparse.ArgumentParser(prog="script/bench unknown", description=__doc__)
    parser.add_argument("--bases", nargs="+", default=BASES)
    parser.add_argument("--per-class", nargs="+", type=lambda text: None if text == "all" else int(text), default=(20, None))
    parser.add_argument("--draws", type=int, default=5, help="of four classes, and of the images")
    options = parser.parse_args()
    for path in [IMAGES, PHOTOS, *options.bases]:
        if isinstance(path, pathlib.Path) and not path.exists():
            print(f"script/bench unknown: skipped: expected {path}, which is not there")
            return
    fours = list(itertools.combinations(sorted(path.name for path in IMAGES.iterdir()), 4))
    random.Random(1).shuffle(fours)
    print("| base | images a class | known refused | others: AUROC by probability, by distance | refused at 5 %, by both | by the "
          "threshold | photographs: AUROC | refused at 5 % | by the threshold |\n|---|---|---|---|---|---|---|---|---|")
    for base, per_class in itertools.product(options.bases, options.per_class):
        with tempfile.TemporaryDirectory() as os.environ["THAW_HOME"]:
            rows = [climb(base, fours[draw % len(fours)], draw + 1, per_class) for draw in range(options.draws)]
        mean = [statistics.mean(column) for column in zip(*rows)]
        cells = [f"{mean[0]:.3f}"]
        for first in (1, 6):
            p_area, p_share, d_area, d_share, own = mean[first:first + 5]
            cells += [f"{p_area:.3f}, {d_area:.3f}", f"{p_share:.3f}, {d_share:.3f}", f"{own:.3f}"]
        print(f"| {pathlib.Path(base).name} | {per_class or 'all'} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
