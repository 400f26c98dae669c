"""tests/golden/train/learning_rates.*.txt: what Keras and PyTorch make of a learning rate, step by step.

Run it once in each: with Keras it writes learning_rates.keras.txt, with PyTorch learning_rates.torch.txt.
A line is KIND WARMUP STEPS, then the rate of every step and of three after them.
"""
import pathlib

FOLDER = pathlib.Path(__file__).parents[2] / "tests/golden/train"
RATE = 0.05
CASES = [(0.0, 1), (0.0, 7), (0.0, 40), (0.1, 20), (0.3, 10), (0.25, 40), (0.9, 10)]


def with_keras():
    import keras

    rows = [f"# keras {keras.__version__}"]
    for warmup, steps in CASES:
        rising = min(round(warmup * steps), steps - 1)
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0 if rising else RATE, steps - rising, warmup_target=RATE if rising else None, warmup_steps=rising)
        rates = [float(schedule(step)) for step in range(steps + 3)]
        rows.append(" ".join(["cosine", repr(warmup), str(steps), *map(repr, rates)]))
    return "keras", rows


def with_torch():
    import torch

    rows = [f"# torch {torch.__version__}"]
    for warmup, steps in [(0.3, 10), (0.3, 40), (0.25, 40), (0.5, 21), (0.1, 100), (0.05, 30)]:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=RATE, total_steps=steps, pct_start=warmup, cycle_momentum=False)
        rates = []
        for step in range(steps):
            rates.append(schedule.get_last_lr()[0])
            optimizer.step()
            if step + 1 < steps:
                schedule.step()
        rates += [rates[-1]] * 3  # PyTorch refuses further steps
        rows.append(" ".join(["one_cycle", repr(warmup), str(steps), *map(repr, rates)]))
    return "torch", rows


try:
    name, lines = with_keras()
except ImportError:
    name, lines = with_torch()
(FOLDER / f"learning_rates.{name}.txt").write_text("\n".join(lines) + "\n")
