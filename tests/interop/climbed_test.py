"""What `thaw climb` made opens in Keras 3, whose numbers are the same, and learns there; thaw goes on with it too."""
import tempfile

import keras
import numpy as np
from networks import mobilenet, random_images
from program import THAW, check, draw_shapes, predict, run

IMAGE_SIZE = 96


def climb(folder, out, blocks, *more):
    run(THAW, "climb", f"{folder}/images", "--base", "mobilenet_v2@alpha=0.35", "--weights",
        f"{folder}/mobilenet.weights.h5", "--image-size", IMAGE_SIZE, "--folds", 3, "--most-blocks", blocks, "--epochs", 2,
        "--out", out, *more)


def check_climb(folder, form, blocks):
    out = f"{folder}/climbed-{blocks}.{form}"
    climb(folder, out, blocks)
    model = keras.models.load_model(out)
    x = random_images(model, 16, seed=7)
    check(f"{blocks} blocks into {form}", predict(out, x), model.predict(x, verbose=0), tolerance=1e-4)
    assert len(model.trainable_weights) == 2, "only the head trains until somebody unfreezes more"
    labels = keras.utils.to_categorical(np.arange(len(x)) % 4, 4)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    log = model.fit(x, labels, epochs=1, batch_size=8, verbose=0).history
    assert np.isfinite(log["loss"]).all(), log
    return out


with tempfile.TemporaryDirectory() as scratch:
    draw_shapes(f"{scratch}/images", images=12, size=IMAGE_SIZE)
    mobilenet(seed=1, include_top=False).save_weights(f"{scratch}/mobilenet.weights.h5")
    for written_as in ("keras", "h5"):
        for last_blocks in (0, 1):
            climbed = check_climb(scratch, written_as, last_blocks)
    tuned = f"{scratch}/tuned.keras"
    run(THAW, "fit", f"{scratch}/images", "--base", climbed, "--keep-head", "--epochs", 0, "--unfreeze", "1-block",
        "--fine-tune-epochs", 1, "--out", tuned)
    again = keras.models.load_model(tuned)
    noise = random_images(again, 8, seed=9)
    check("climbed, then fine-tuned", predict(tuned, noise), again.predict(noise, verbose=0), tolerance=1e-4)
