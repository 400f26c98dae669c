"""tests/golden/efficientnet_lite/: timm's tf_efficientnet_lite0 to 4, with weights from a seed and with the published
ones: features (pooled) and probabilities of two images.

Needs timm and PyTorch in place of Keras. `WEIGHTS` is efficientnet-lite0-57934424.pth, which script/setup fetches; without
it only random weights are recorded. Weights are noted under their names in timm's state dict, in PyTorch's layout. As in
families.py, statistics are measured on the way up, so that a deep network still tells one image from another.
"""

import sys

import numpy as np
import timm
import torch
from torch import nn

from golden import GoldenFile, range_of
import philox

CELLS = 4
SIZES = ((64, 96), (77, 90), (64, 64), (83, 70), (96, 64))  # of which strides leave odd and even sides
REAL_SIZE = (224, 224)


def images(golden, size, seed):
    """Pixels of 0 to 255 as the network takes them: (x - 127)/128."""
    cells = golden.generated("cells", (2, CELLS, CELLS, 3), 0.0, 255.0, seed, 100000)
    rows, columns = (np.arange(side) * CELLS // side for side in size)
    pixels = cells[:, rows][:, :, columns]
    return torch.from_numpy(((pixels - np.float32(127)) / np.float32(128)).transpose(0, 3, 1, 2).copy())


class Seeded:
    """Gives each module its numbers, once its input is known."""

    def __init__(self, golden, model, seed):
        self.golden, self.seed, self.count = golden, seed, 0
        self.names = {module: name for name, module in model.named_modules()}

    def assign(self, module, weight, low, high):
        values = self.golden.generated(f"weight/{self.names[module]}.{weight}", tuple(getattr(module, weight).shape),
                                       float(np.float32(f"{low:.3g}")), float(np.float32(f"{high:.3g}")), self.seed,
                                       self.count)
        self.count += 1
        getattr(module, weight).data.copy_(torch.from_numpy(values))

    def __call__(self, module, inputs):
        if isinstance(module, nn.BatchNorm2d):
            mean, variance = float(inputs[0].mean()), float(inputs[0].var(correction=0))
            self.assign(module, "weight", *range_of("gamma", ()))
            self.assign(module, "bias", *range_of("beta", ()))
            self.assign(module, "running_mean", mean - 0.1 * variance ** 0.5, mean + 0.1 * variance ** 0.5)
            self.assign(module, "running_var", 0.8 * variance, 1.2 * variance)
        else:
            bound = (6 / module.weight[0].numel()) ** 0.5
            self.assign(module, "weight", -bound, bound)
            if module.bias is not None:
                self.assign(module, "bias", -0.1, 0.1)


@torch.no_grad()
def outputs(golden, model, x):
    features = model.forward_head(model.forward_features(x), pre_logits=True)
    probabilities = model.get_classifier()(features).softmax(-1)
    for name, y in (("features", features), ("probabilities", probabilities)):
        apart = float((y[0] - y[1]).abs().max() / y.abs().max())
        golden.array(name, y.numpy())
        golden.text(f"apart/{name}", f"{apart:.3g}")
        print(name, tuple(y.shape), f"largest {float(y.abs().max()):.3g}, images apart {apart:.3g}")


def new_golden(size):
    golden = GoldenFile()
    golden.text("timm", timm.__version__)
    golden.text("torch", torch.__version__)
    golden.text("size", f"{size[0]} {size[1]}")
    return golden


def record_random(number):
    golden = new_golden(SIZES[number])
    model = timm.create_model(f"tf_efficientnet_lite{number}", num_classes=10).eval()
    x = images(golden, SIZES[number], number + 1)
    seeded = Seeded(golden, model, number + 1)
    hooks = [module.register_forward_pre_hook(seeded) for module in model.modules()
             if isinstance(module, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))]
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    outputs(golden, model, x)
    golden.write(f"efficientnet_lite/lite{number}.golden.gz")


def record_published(path):
    golden = new_golden(REAL_SIZE)
    model = timm.create_model("tf_efficientnet_lite0").eval()
    published = torch.load(path, map_location="cpu", weights_only=True)
    # The same modules in the same order, under other names.
    own = model.state_dict()
    assert [v.shape for v in own.values()] == [v.shape for v in published.values()]
    model.load_state_dict(dict(zip(own, published.values())))
    outputs(golden, model, images(golden, REAL_SIZE, 7))
    golden.write("efficientnet_lite/published.golden.gz")


if __name__ == "__main__":
    for lite in range(len(SIZES)):
        record_random(lite)
    if len(sys.argv) > 1:
        record_published(sys.argv[1])
