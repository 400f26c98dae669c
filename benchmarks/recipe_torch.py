"""The recipe of `thaw fit` in PyTorch and timm, with random weights (for time and memory): the same
flags, the same figures as JSON in --history."""
import json
import time

import timm
import torch
from torchvision import datasets, transforms

import recipe

NETWORKS = {("MobileNetV2", 0.35): "mobilenetv2_035", ("ResNet50V2", None): "resnetv2_50"}


def loaders(options):
    view = transforms.Compose([transforms.Resize((options.image_size, options.image_size)),
                               transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)])
    train = datasets.ImageFolder(options.images, view)
    classes = train.classes
    if options.validation:
        validation = datasets.ImageFolder(options.validation, view)
    else:
        generator = torch.Generator().manual_seed(options.seed)
        train, validation = torch.utils.data.random_split(train, [0.8, 0.2], generator)

    def loader(data, shuffle):
        return torch.utils.data.DataLoader(data, batch_size=options.batch_size, shuffle=shuffle,
                                           num_workers=1, persistent_workers=True)

    return classes, loader(train, True), loader(validation, False)


def run_epoch(model, data, optimizer=None):
    right = count = 0
    with torch.set_grad_enabled(optimizer is not None):
        for images, labels in data:
            logits = model(images)
            if optimizer is not None:
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(logits, labels).backward()
                optimizer.step()
            right += int((logits.argmax(1) == labels).sum())
            count += len(labels)
    return right / count


def run_stage(model, name, data, epochs, learning_rate, trained):
    model.requires_grad_(False)
    for parameter in trained:
        parameter.requires_grad_(True)
    optimizer = torch.optim.Adam(trained, learning_rate)
    began, figures = time.perf_counter(), []
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        accuracy = run_epoch(model, data[0], optimizer)
        validation = run_epoch(model, data[1])
        figures.append({"epoch": epoch, "seconds": time.perf_counter() - start, "accuracy": accuracy,
                        "val_accuracy": validation})
    return {"name": name, "seconds": time.perf_counter() - began, "epochs": figures,
            "trainable_parameters": sum(parameter.numel() for parameter in trained)}


def main():
    options = recipe.arguments(__doc__)
    torch.manual_seed(options.seed)
    classes, *data = loaders(options)
    network = NETWORKS[options.network, options.alpha]
    # eval(): batch normalization goes by the moving statistics, as in a base called with training=False.
    model = timm.create_model(network, pretrained=False, num_classes=len(classes)).eval()
    head = list(model.get_classifier().parameters())
    modules = [m for m in model.modules() if list(m.parameters(recurse=False))]
    if options.unfreeze != "all":
        # Of Keras's last five layers three have weights: a convolution between two normalizations.
        modules = modules[-(1 + 3 * int(options.unfreeze) // 5):]
    top = list({id(p): p for m in modules for p in m.parameters(recurse=False)}.values())
    stages = []
    if options.epochs:
        stages.append(run_stage(model, "feature_extraction", data, options.epochs, 1e-3, head))
    if options.fine_tune_epochs:
        stages.append(run_stage(model, "fine_tuning", data, options.fine_tune_epochs, 1e-4, top))
    with open(options.history, "w") as file:
        json.dump({"version": torch.__version__, "classes": classes, "stages": stages}, file)


main()
