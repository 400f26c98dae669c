"""The recipe for every network by its name, from random weights on 20 images."""
import json
import pathlib
import sys
import tempfile
import time

from program import THAW, draw_shapes, run

SIZE = 96  # above the least size of every network; the default sizes would take an hour


def check(name, folder):
    began = time.perf_counter()
    model, history = folder / "model.keras", folder / "history.json"
    run(THAW, "fit", folder / "images", "--base", name, "--weights", "none", "--image-size", SIZE,
        "--batch-size", 8, "--epochs", 1, "--fine-tune-epochs", 1, "--out", model, "--history", history)
    stages = json.loads(history.read_text())["stages"]
    assert [stage["name"] for stage in stages] == ["feature_extraction", "fine_tuning"], stages
    # InceptionV3's last five layers join branches and have no weights.
    assert stages[1]["trainable_parameters"] >= stages[0]["trainable_parameters"] > 0, stages
    image = next((folder / "images").rglob("*.bmp"))
    answer = json.loads(run(THAW, "predict", model, image, "--json").splitlines()[0])
    probabilities = [entry["probability"] for entry in answer["predictions"]]
    assert len(probabilities) == 4 and abs(sum(probabilities) - 1) < 1e-4, answer
    print(f"{name}: {stages[0]['trainable_parameters']} weights of the head, "
          f"{stages[1]['trainable_parameters']} with the last layers, {time.perf_counter() - began:.1f} s", flush=True)
    model.unlink()


def main():
    networks = sys.argv[1:] or [entry["name"] for entry in json.loads(run(THAW, "models", "--json"))]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        draw_shapes(folder / "images", 5, SIZE)
        for name in networks:
            check(name, folder)
    print(f"{len(networks)} networks")


main()
