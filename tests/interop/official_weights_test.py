"""The way of the official weights: fetched from a server on this machine, verified, kept, used.

The server holds a file that Keras wrote, under the name that the official one has.
"""
import functools
import http.server
import os
import pathlib
import subprocess
import tempfile
import threading

import h5py
import keras
from keras.src.legacy.saving import legacy_h5_format
from networks import mobilenet, nested_in, random_images
from program import THAW, check, draw_shapes, run

NAME = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5"
WITH_HASH = "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5"


class Server:
    """Serves a folder on 127.0.0.1 and notes what is asked for."""

    def __init__(self, folder):
        self.asked = asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                if self.command == "GET":
                    asked.append(self.path)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def write_weights(model, path):
    """As the files on Keras's server are: the legacy form, weights alone."""
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)


def fit(folder, out, base="mobilenet_v2@alpha=0.35"):
    run(THAW, "fit", f"{folder}/images", "--base", base, "--image-size", 96, "--epochs", 1,
        "--fine-tune-epochs", 0, "--out", out)


def check_fetched(folder, server, home):
    base = mobilenet(seed=6, include_top=False)
    write_weights(base, f"{folder}/served/{NAME}")
    for out in ("first.keras", "second.keras"):
        fit(folder, f"{folder}/{out}")
        nested = nested_in(keras.models.load_model(f"{folder}/{out}"))
        x = random_images(base, 4, seed=8)
        check(f"the fetched base in {out}", nested.predict(x, verbose=0), base.predict(x, verbose=0))
    assert server.asked == [f"/{NAME}"], f"expected one request, the second run to find the file: {server.asked}"
    kept = pathlib.Path(home, "weights", NAME).read_bytes()
    assert kept == pathlib.Path(folder, "served", NAME).read_bytes()
    rows = run(THAW, "models")
    assert any("mobilenet_v2" in row for row in rows.splitlines())


def check_refused(folder, home, name, base, reason):
    """What is not the official file, or not all of it, trains nothing and leaves nothing."""
    command = [THAW, "fit", f"{folder}/images", "--base", base, "--image-size", "96", "--out", f"{folder}/no.keras"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1 and reason in result.stderr, (result.returncode, result.stderr)
    left = [path.name for path in pathlib.Path(home, "weights").iterdir() if path.name.startswith(name)]
    assert left == [] and not os.path.exists(f"{folder}/no.keras"), left
    print(f"refused: {result.stderr.strip()[:160]}")


with tempfile.TemporaryDirectory() as scratch:
    os.makedirs(f"{scratch}/served")
    draw_shapes(f"{scratch}/images", images=5, size=64)
    server = Server(f"{scratch}/served")
    os.environ.update(THAW_WEIGHTS_URL=server.address, THAW_HOME=f"{scratch}/home", HOME=scratch)
    check_fetched(scratch, server, f"{scratch}/home")
    write_weights(mobilenet(seed=7, include_top=False), f"{scratch}/served/{WITH_HASH}")
    check_refused(scratch, f"{scratch}/home", WITH_HASH, "resnet50_v2", "expected")
    cut = NAME.replace("0.35_96", "0.5_96")
    whole = pathlib.Path(scratch, "served", NAME).read_bytes()
    pathlib.Path(scratch, "served", cut).write_bytes(whole[: len(whole) // 2])
    check_refused(scratch, f"{scratch}/home", cut, "mobilenet_v2@alpha=0.5", "bytes")
