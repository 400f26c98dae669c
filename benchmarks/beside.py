"""What one thread and two take beside other programs: loops that keep a processor busy. A table in the
form of docs/performance.md; about two minutes on two cores.

`--thaw PROGRAM` measures another program, such as an older one.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from compare import DRAW, THAW, WORK, measure

LOADS = (0, 1, 3, 10)
THREADS = (1, 2)
# MobileNetV2 alpha 0.35 at 224 with random weights, over features that an earlier run has kept.
CASES = {
    "60 epochs of a head": ["--epochs", 60, "--fine-tune-epochs", 0],
    "10 epochs of the last 5 layers": ["--epochs", 0, "--fine-tune-epochs", 10, "--unfreeze", 5],
}


def images():
    """120 drawn images, 30 of each class."""
    folder = WORK / "beside"
    if not folder.exists():
        aside = WORK / "beside.part"
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([DRAW, aside, "--set", "target", "--images", "30", "--seed", "1", "--width", "150",
                        "--height", "150"], check=True, stdout=subprocess.DEVNULL)
        aside.rename(folder)
    return folder


class Busy:
    """So many loops, each in a process of its own."""

    def __init__(self, count):
        self.count = count

    def __enter__(self):
        self.loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(self.count)]
        time.sleep(0.2)

    def __exit__(self, *error):
        for loop in self.loops:
            loop.kill()
            loop.wait()


def run(thaw, out, flags, threads):
    out.unlink(missing_ok=True)
    return measure([thaw, "fit", images(), "--base", "mobilenet_v2@alpha=0.35", "--weights", "none", "--seed", 1,
                    "--out", out, "--threads", threads, *flags])["wall"]


def main():
    parser = argparse.ArgumentParser(prog="script/bench beside", description=__doc__)
    parser.add_argument("--thaw", type=pathlib.Path, default=THAW, help="the program to measure")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print("| | busy loops beside | one thread, s | two threads, s | two / one |\n|---|---|---|---|---|")
    worst = 0
    with tempfile.TemporaryDirectory() as home:
        os.environ["THAW_HOME"] = home
        out = pathlib.Path(home) / "model.keras"
        for case, flags in CASES.items():
            for threads in THREADS:  # keep the features
                run(options.thaw, out, flags, threads)
            for load in LOADS:
                found = {threads: [] for threads in THREADS}
                with Busy(load):
                    for _ in range(options.rounds):
                        for threads in THREADS:
                            found[threads].append(run(options.thaw, out, flags, threads))
                one, two = (statistics.median(found[threads]) for threads in THREADS)
                worst = max(worst, two / one)
                cells = [f"{statistics.median(times):.2f} ({max(times):.2f})" for times in found.values()]
                print(f"| {case} | {load} | {' | '.join(cells)} | {two / one:.2f} |", flush=True)
    print(f"\nMedians (slowest) of {options.rounds}, one thread and two in turns. Two threads take at most "
          f"{worst:.2f} times as long as one.")


if __name__ == "__main__":
    main()
