"""Asks Keras what its callbacks do of given losses; writes tests/golden/train/callbacks.txt.

A line: the callback as thaw names it with its options, "|", val_loss after each epoch, "|", what came of it:
for early_stopping the epochs that ran, then the only weight afterwards, which in each epoch was that epoch's number;
for reduce_lr_on_plateau the learning rate after each epoch; for csv_logger the file, its line ends written as "\\r\\n"; for model_checkpoint the files and the epoch that each is of.
"""

import os
import pathlib
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import keras
import numpy as np
import tensorflow as tf

C = keras.callbacks
LOSSES = {
    "falls and rises": [1.0, 0.8, 0.7, 0.72, 0.71, 0.705, 0.69, 0.75, 0.8, 0.9],
    "stays": [0.5] * 8,
    "nan": [0.5, float("nan"), 0.4, 0.45, 0.46, 0.47],
    "creeps": [1.0, 0.96, 0.93, 0.91, 0.9, 0.89, 0.88],
}


def new_model():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    return model


def run(callback, losses):
    """The epochs that ran, the weight afterwards, the rate after each."""
    model = new_model()
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(losses):
        model.set_weights([np.full((1, 1), epoch, "float32")])
        callback.on_epoch_end(epoch, {"loss": loss / 2, "val_loss": loss})
        rates.append(float(model.optimizer.learning_rate.numpy()))
        if model.stop_training:
            break
    callback.on_train_end()
    return len(rates), float(model.get_weights()[0][0, 0]), rates


def text(options):
    """The options behind a name."""
    return "" if not options else "@" + ",".join(f"{k}={str(v).lower() if isinstance(v, bool) else v}" for k, v in options.items())


def csv(logs):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log.csv")
        logger = C.CSVLogger(path)
        logger.set_model(new_model())
        logger.on_train_begin()
        for epoch, row in enumerate(logs):
            logger.on_epoch_end(epoch, row)
        logger.on_train_end()
        with open(path, newline="") as file:
            return file.read().replace("\r", "\\r").replace("\n", "\\n")


def saved(options, losses):
    """The files that there are at the end, with the epoch whose weight each holds; batches are two an epoch."""
    with tempfile.TemporaryDirectory() as folder:
        model = new_model()
        callback = C.ModelCheckpoint(**{**options, "filepath": os.path.join(folder, options["filepath"])})
        callback.set_model(model)
        callback.on_train_begin()
        for epoch, loss in enumerate(losses):
            model.set_weights([np.full((1, 1), epoch, "float32")])
            callback.on_epoch_begin(epoch)
            for batch in range(2):
                callback.on_train_batch_end(batch, {"loss": loss / 2})
            callback.on_epoch_end(epoch, {"loss": loss / 2, "val_loss": loss})
        callback.on_train_end()
        results = []
        for name in sorted(os.listdir(folder)):
            if options.get("save_weights_only"):
                model.load_weights(os.path.join(folder, name))
                weight = model.get_weights()
            else:
                weight = keras.models.load_model(os.path.join(folder, name), compile=False).get_weights()
            results.append(f"{name}={int(weight[0][0, 0])}")
        return " ".join(results)


def main():
    lines = [f"# keras {keras.__version__} tensorflow {tf.__version__}"]
    stopping = [{}, {"patience": 2}, {"patience": 2, "restore_best_weights": True},
                {"patience": 1, "min_delta": 0.05, "restore_best_weights": True},
                {"patience": 2, "baseline": 0.75, "restore_best_weights": True},
                {"patience": 1, "start_from_epoch": 3, "restore_best_weights": True}, {"mode": "max", "patience": 1}]
    plateau = [{"patience": 1}, {"patience": 2, "cooldown": 2, "factor": 0.5}, {"patience": 1, "min_lr": 0.1},
               {"patience": 1, "min_delta": 0.05, "factor": 0.5}]
    for losses in LOSSES.values():
        given = " ".join(repr(loss) for loss in losses)
        for options in stopping:
            epochs, weight, _ = run(C.EarlyStopping(**options), losses)
            lines.append(f"early_stopping{text(options)} | {given} | {epochs} {weight!r}")
        for options in plateau:
            rates = run(C.ReduceLROnPlateau(**options), losses)[2]
            lines.append(f"reduce_lr_on_plateau{text(options)} | {given} | {' '.join(map(repr, rates))}")
    saving = [{"filepath": "{epoch:02d}-{val_loss:.2f}.keras"}, {"filepath": "best.keras", "save_best_only": True},
              {"filepath": "{epoch}_{loss}.weights.h5", "save_weights_only": True, "save_best_only": True},
              {"filepath": "{epoch:d}.{batch:03d}.{loss:.3e}.keras", "save_freq": 3},
              {"filepath": "max{{{epoch:>3}}}.h5", "save_best_only": True, "mode": "max"},
              {"filepath": "at{val_loss:08.4f}.keras", "save_best_only": True, "initial_value_threshold": 0.75},
              {"filepath": "loss{epoch:.1f}.keras", "save_best_only": True, "monitor": "loss", "save_freq": 2}]
    for losses in LOSSES.values():
        given = " ".join(repr(loss) for loss in losses)
        lines += [f"model_checkpoint{text(options)} | {given} | {saved(options, losses)}" for options in saving]
    for losses in (LOSSES["stays"][:2], [1.0, 1e-5, 2.5]):
        given = " ".join(repr(loss) for loss in losses)
        for with_validation in (True, False):
            logs = [{"val_loss": loss, "loss": loss / 2} if with_validation else {"loss": loss} for loss in losses]
            name = "csv_logger@" + ("validation=true" if with_validation else "validation=false")
            lines.append(f"{name} | {given} | {csv(logs)}")
    folder = pathlib.Path(__file__).parents[2] / "tests/golden/train"
    (folder / "callbacks.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
