"""thaw and its peers take turns at the same recipe; prints the best of each, and the ratios.

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
LIMIT = ROOT / "build/release/bin/thaw_bench_limit"
SHARED = pathlib.Path(os.environ.get("THAW_SHARED", ROOT.parent / "shared"))
WORK = ROOT / "build/bench"
JPEG = """
import pathlib, sys, tensorflow as tf
for path in pathlib.Path(sys.argv[1]).rglob("*.bmp"):
    image = tf.io.decode_image(path.read_bytes())
    path.with_suffix(".jpg").write_bytes(tf.io.encode_jpeg(image, quality=90).numpy())
    path.unlink()
"""


def measure(command):
    """Wall and processor seconds and peak memory of a command; what it says is shown if it fails."""
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(process.args)}: exit code {process.returncode}\n{said}")
    return {"wall": seconds, "processor": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


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


def trashnet(options):
    images = SHARED / "images/trashnet"
    weights = SHARED / "weights/mobilenet_v2_0.35_224_teachable.h5"
    if not (images.exists() and weights.exists()):
        print(f"skipped, {images} or {weights} is not there")
        return None
    thaw = [images, "--base", weights, "--split", "keras", "--seed", 1, "--orientation", "ignore"]
    peer = [images, "--network", "MobileNetV2", "--alpha", 0.35, "--seed", 1]
    return {"title": "MobileNetV2 alpha 0.35, 2022 + 505 photos of 150x150",
            "thaw": thaw, "keras": [*peer, "--weights", weights], "torch": peer,
            "limit": (2022, 505, "mobilenet_v2@alpha=0.35", [images])}


def photos(options):
    for part, images, seed in (("train", 40, 1), ("validation", 16, 2)):
        folder = WORK / "photos" / part
        if folder.exists():
            continue
        aside = WORK / "photos.part"
        shutil.rmtree(aside, ignore_errors=True)
        subprocess.run([DRAW, aside, "--set", "target", "--images", str(images), "--seed", str(seed),
                        "--width", "500", "--height", "375"], check=True)
        subprocess.run([options.python, "-c", JPEG, aside], check=True)
        folder.parent.mkdir(exist_ok=True)
        aside.rename(folder)
    train, validation = WORK / "photos/train", WORK / "photos/validation"
    peer = [train, "--validation", validation, "--network", "ResNet50V2"]
    return {"title": "ResNet50V2, random weights, 160 + 64 drawn JPEG images of 500x375",
            "thaw": [train, "--validation", validation, "--base", "resnet50_v2", "--weights", "none"],
            "keras": peer, "torch": peer, "limit": (160, 64, "resnet50_v2", [train, validation])}


def has_bfloat16():
    return "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()


# What is compared: the data, the recipe's flags, and thaw's ways beside the peers.
OFF = ["--cache", "off"]
BF16 = {"thaw, bf16": ["--precision", "bf16"]} if has_bfloat16() else {}
CASES = {
    "trashnet": (trashnet, {}, {"thaw": [], "thaw, warm": [], "thaw, cache off": OFF} | BF16),
    "extraction": (trashnet, {"epochs": 10, "fine-tune-epochs": 0}, {"thaw": [], "thaw, warm": []}),
    "photos": (photos, {}, {"thaw": [], "thaw, warm": []} | BF16),
    "augmented": (trashnet, {"epochs": 2, "fine-tune-epochs": 2, "augment": "random"}, {"thaw": []}),
    "everything": (trashnet, {"epochs": 0, "fine-tune-epochs": 2, "unfreeze": "all"}, {"thaw": OFF}),
}

ROWS = {
    "wall": ("wall time, s", "{:.1f}"),
    "memory": ("peak memory, MiB", "{:.0f}"),
    "feature_extraction": ("feature extraction, s an epoch", "{:.2f}"),
    "feature_extraction last": ("  its last epoch, s", "{:.3f}"),
    "fine_tuning": ("fine-tuning, s an epoch", "{:.2f}"),
    "fine_tuning last": ("  its last epoch, s", "{:.3f}"),
    "accuracy": ("validation accuracy at the end", "{:.3f}"),
}


def print_table(title, columns, peers):
    """Columns: name -> the figures of its rounds; the last ones are the peers of the others."""
    names = list(columns)
    pairs = [(peer, name) for peer in peers for name in names if name not in peers]
    ratios = [f"{peer} / {name}" for peer, name in pairs]
    peer = names[-1]
    widths = [max(12, len(name) + 3) for name in names + ratios]
    print(f"\n{title}")
    print(" " * 32 + "".join(f"{name:>{width}}" for name, width in zip(names + ratios, widths)))
    for key, (label, form) in ROWS.items():
        if key not in columns[peer][0]:
            continue
        pick = max if key == "accuracy" else min
        best = {name: pick(figures[key] for figures in columns[name]) for name in names}
        cells = [form.format(value) for value in best.values()]
        if key != "accuracy":
            cells += [f"{best[peer] / max(best[name], 1e-9):.3g}" for peer, name in pairs]
        print(f"{label:32}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths)))


def limit(case, flags):
    """Seconds that reading the images and the convolutions alone take, at the least: the frozen
    part once, what is above it in every epoch of fine-tuning (the head costs next to nothing)."""
    train, validation, network, folders = case["limit"]
    command = [LIMIT, network, flags["unfreeze"], *folders]
    parts = json.loads(subprocess.check_output([str(word) for word in command], text=True))
    epochs = flags["fine-tune-epochs"]
    once = parts["reading"], (train + validation) * parts["frozen"]
    suffix = epochs * (train * parts["suffix_training"] + validation * parts["suffix_forward"])
    print("limit, s: reading {:.2f} + frozen part once {:.2f} + last layers {:.2f} = {:.2f}".format(
        *once, suffix, sum(once) + suffix))
    ways = {"thaw": sum(once) + suffix, "thaw, warm": suffix}
    return {way: seconds for way, seconds in ways.items() if seconds > 0}


def run_case(name, options):
    make, own, ways = CASES[name]
    case = make(options)
    if case is None:
        return
    flags = {"epochs": options.epochs, "fine-tune-epochs": options.fine_tune_epochs, "unfreeze": 5} | own
    words = [word for flag, value in flags.items() for word in (f"--{flag}", value)]
    out = ["--out", WORK / "model.keras"]
    commands = {way: [THAW, "fit", *case["thaw"], *out, *words, *extra] for way, extra in ways.items()}
    commands["Keras"] = [options.python, ROOT / "benchmarks/recipe_keras.py", *case["keras"], *words]
    if options.torch and "augment" not in flags:
        commands["PyTorch"] = [options.torch, ROOT / "benchmarks/recipe_torch.py", *case["torch"], *words]
    columns = {name: [] for name in commands}
    for number in range(options.rounds):
        for way, command in commands.items():
            columns[way].append(run_recipe(command, warm=way.endswith("warm")))
            print(f"round {number + 1}: {way} {columns[way][-1]['wall']:.1f} s", file=sys.stderr)
    said = ", ".join(f"{flag} {value}" for flag, value in flags.items())
    print_table(f"{name}: {case['title']}; {said}; batch 32; best of {options.rounds}", columns,
                [peer for peer in ("Keras", "PyTorch") if peer in columns])
    if "thaw, warm" in columns:
        for way, least in limit(case, flags).items():
            best = min(figures["wall"] for figures in columns[way])
            print(f"{way}: {100 * least / best:.0f} % of the limit's pace")
    sys.stdout.flush()


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
    parser.add_argument("--case", choices=("all", *CASES), default="all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5, help="of feature extraction")
    parser.add_argument("--fine-tune-epochs", type=int, default=5)
    parser.add_argument("--torch", help="a Python that has torch, torchvision and timm, to be measured too")
    parser.add_argument("--python", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="2", KERAS_BACKEND="tensorflow",
                      THAW_HOME=str(WORK / "home"))
    WORK.mkdir(parents=True, exist_ok=True)
    start_up(options)
    for name in CASES if options.case == "all" else (options.case,):
        run_case(name, options)


if __name__ == "__main__":
    main()
