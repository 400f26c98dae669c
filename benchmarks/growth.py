"""How the cost of the recipe grows with images, epochs and the layers that are fine-tuned, in thaw and
in real Keras; prints tables and draws a chart. One round: the points of a line are in one run."""
import argparse
import math
import os
import pathlib
import shutil

from compare import ROOT, SHARED, THAW, WORK, run_recipe

WEIGHTS = SHARED / "weights/mobilenet_v2_0.35_224_teachable.h5"
# What grows, with what else is held: (images, epochs of each stage, layers that are fine-tuned).
LINES = {
    "images": ("photos, 2 + 2 epochs, 5 layers", [(n, 2, "5") for n in (250, 500, 1000, 2500)]),
    "epochs": ("epochs of each stage, 250 photos, 5 layers", [(250, n, "5") for n in (1, 5, 10, 25, 50)]),
    "layers": ("layers fine-tuned, 500 photos, 2 + 2 epochs", [(500, 2, n) for n in ("0", "5", "20", "50", "all")]),
}
AXIS = {"images": 0, "epochs": 1, "layers": 2}


def photos(count):
    """So many of the photos, as evenly from their classes as there are."""
    folder = WORK / "growth" / str(count)
    if folder.exists():
        return folder
    classes = [sorted(path.iterdir()) for path in sorted((SHARED / "images/trashnet").iterdir()) if path.is_dir()]
    turns = [files[i] for i in range(max(map(len, classes))) for files in classes if i < len(files)]
    aside = folder.with_suffix(".part")
    shutil.rmtree(aside, ignore_errors=True)
    for path in turns[:count]:
        (aside / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, aside / path.parent.name)
    aside.rename(folder)
    return folder


def commands(images, epochs, layers, python):
    folder = photos(images)
    both = ["--seed", 1, "--epochs", epochs, "--fine-tune-epochs", epochs if layers != "0" else 0, "--unfreeze", layers]
    return {
        "thaw": [THAW, "fit", folder, "--base", WEIGHTS, "--split", "keras", "--orientation", "ignore",
                 "--out", WORK / "model.keras", *both],
        "Keras": [python, ROOT / "benchmarks/recipe_keras.py", folder, "--network", "MobileNetV2",
                  "--alpha", 0.35, "--weights", WEIGHTS, *both],
    }


def draw(tables, path):
    """One panel a line: seconds, on a scale of powers of ten."""
    width, height, left, top, floor, decades = 300, 220, 50, 40, 0.1, 4
    colours = {"thaw": "#0b7285", "Keras": "#e8590c"}
    parts = []
    for panel, (name, rows) in enumerate(tables.items()):
        x0 = left + panel * (width + 60)

        def place(i, seconds):
            x = x0 + (i + 0.5) * width / len(rows)
            y = top + height - min(max(math.log10(seconds / floor) / decades, 0), 1) * height
            return x, y

        parts.append(f'<text x="{x0}" y="24" font-weight="bold">{LINES[name][0]}</text>')
        for decade in range(decades + 1):
            _, y = place(0, floor * 10**decade)
            parts.append(f'<line x1="{x0}" x2="{x0 + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dee2e6"/>'
                         f'<text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{floor * 10**decade:g} s</text>')
        for i, row in enumerate(rows):
            parts.append(f'<text x="{place(i, 1)[0]:.1f}" y="{top + height + 18}" text-anchor="middle">{row["at"]}</text>')
        for tool, colour in colours.items():
            points = [place(i, row[tool]) for i, row in enumerate(rows)]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
            parts.append(f'<text x="{points[-1][0]:.1f}" y="{points[-1][1] - 9:.1f}" text-anchor="end" fill="{colour}">{tool}</text>')
    total = left + len(tables) * (width + 60)
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {top + height + 32}" '
                    f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
                    + "".join(parts) + "</svg>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--line", choices=LINES, action="append", help="only this one; may be repeated")
    parser.add_argument("--chart", type=pathlib.Path, default=WORK / "growth.svg")
    parser.add_argument("--python", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="2", KERAS_BACKEND="tensorflow", THAW_HOME=str(WORK / "home"))
    measured, tables = {}, {}
    for name in options.line or LINES:
        print(f"\n| {LINES[name][0]} | thaw, s | Keras, s | Keras / thaw |\n|---|---|---|---|")
        tables[name] = []
        for point in LINES[name][1]:
            if point not in measured:
                measured[point] = {tool: run_recipe(command)["wall"]
                                   for tool, command in commands(*point, options.python).items()}
            row = {"at": point[AXIS[name]], **measured[point]}
            tables[name].append(row)
            print("| {at} | {thaw:.2f} | {Keras:.1f} | {ratio:.1f} |".format(ratio=row["Keras"] / row["thaw"], **row),
                  flush=True)
    draw(tables, options.chart)


main()
