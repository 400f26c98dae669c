"""Networks of timm through ONNX: exported by both of PyTorch's exporters, converted by thaw, and what Keras predicts with
the result beside what PyTorch did. The table it prints is docs/bases.md's.

    python onnx_timm.py export FOLDER [NAME…]             a Python with torch, timm, onnx, onnxscript
    python onnx_timm.py convert FOLDER THAW [NAME…]       any; runs `thaw convert`
    python onnx_timm.py compare FOLDER [NAME…]            a Python with keras

Weights are random. Widths and images are small, so that the whole takes minutes.
"""

import json
import os
import subprocess
import sys
import time

import numpy as np

# name: (what create_model() takes beside it, the image's size)
NETWORKS = {
    "resnet18": ({"channels": (16, 32, 64, 128)}, 64),
    "resnet50": ({"channels": (8, 16, 32, 64)}, 64),
    "mobilenetv2_050": ({}, 64),
    "mobilenetv3_small_050": ({}, 64),
    "mobilenetv3_large_100": ({}, 64),
    "efficientnet_b0": ({}, 64),
    "tf_efficientnet_b0": ({}, 64),
    "tf_efficientnetv2_b0": ({}, 64),
    "efficientnet_lite0": ({}, 64),
    "vgg11_bn": ({}, 224),
    "vgg16": ({}, 224),
    "densenet121": ({}, 64),
    "regnetx_002": ({}, 64),
    "regnety_002": ({}, 64),
    "resnext50_32x4d": ({"channels": (16, 32, 32, 64)}, 64),
    "convnext_atto": ({"depths": (1, 1, 2, 1), "dims": (16, 32, 48, 64)}, 64),
    "convnextv2_atto": ({"depths": (1, 1, 2, 1), "dims": (16, 32, 48, 64)}, 64),
    "vit_tiny_patch16_224": ({"img_size": 64, "depth": 2, "embed_dim": 48, "num_heads": 3}, 64),
    "deit_tiny_patch16_224": ({"img_size": 64, "depth": 2, "embed_dim": 48, "num_heads": 3}, 64),
    "deit_tiny_distilled_patch16_224": ({"img_size": 64, "depth": 2, "embed_dim": 48, "num_heads": 3}, 64),
    "swin_tiny_patch4_window7_224": ({"img_size": 56, "embed_dim": 24, "depths": (2, 2), "num_heads": (2, 4)}, 56),
    "swinv2_tiny_window8_256": ({"img_size": 64, "embed_dim": 24, "depths": (2, 2), "num_heads": (2, 4)}, 64),
    "mixer_s32_224": ({"img_size": 64}, 64),
    "wide_resnet50_2": ({"channels": (8, 16, 32, 64)}, 64),
    "seresnet18": ({"channels": (16, 32, 64, 128)}, 64),
    "seresnext50_32x4d": ({"channels": (16, 32, 32, 64)}, 64),
    "resnet50d": ({"channels": (8, 16, 32, 64)}, 64),
    "resnetv2_50": ({"channels": (16, 32, 64, 128), "layers": (1, 1, 1, 1)}, 64),
    "ecaresnet26t": ({"channels": (8, 16, 32, 64)}, 64),
    "mnasnet_small": ({}, 64),
    "mobilenetv4_conv_small_050": ({}, 64),
    "mobilenetv4_hybrid_medium": ({}, 64),
    "ghostnet_050": ({}, 64),
    "repvgg_a0": ({}, 64),
    "mobileone_s0": ({}, 64),
    "mobilevit_xxs": ({}, 64),
    "mobilevitv2_050": ({}, 64),
    "edgenext_xx_small": ({}, 64),
    "fastvit_t8": ({}, 64),
    "inception_v3": ({}, 128),
    "inception_v4": ({}, 128),
    "xception41": ({}, 64),
    "res2net50_26w_4s": ({}, 64),
    "skresnet18": ({}, 64),
    "dpn48b": ({}, 64),
    "cspresnet50": ({}, 64),
    "cspdarknet53": ({}, 64),
    "dla34": ({}, 64),
    "hrnet_w18_small": ({}, 64),
    "ese_vovnet19b_dw": ({}, 64),
    "rexnet_100": ({}, 64),
    "lcnet_035": ({}, 64),
    "tinynet_e": ({}, 64),
    "hardcorenas_a": ({}, 64),
    "fbnetc_100": ({}, 64),
    "semnasnet_075": ({}, 64),
    "selecsls42b": ({}, 64),
    "nfnet_l0": ({}, 64),
    "poolformer_s12": ({}, 64),
    "caformer_s18": ({}, 64),
    "resmlp_12_224": ({"img_size": 64}, 64),
    "gmlp_ti16_224": ({"img_size": 64}, 64),
    "pit_ti_224": ({}, 224),
    "levit_128s": ({}, 224),
    "cait_xxs24_224": ({"depth": 2, "embed_dim": 48, "num_heads": 3, "img_size": 64}, 64),
    "xcit_nano_12_p16_224": ({"depth": 2}, 64),
    "pvt_v2_b0": ({}, 64),
    "twins_svt_small": ({}, 224),
    "coat_lite_tiny": ({}, 224),
    "efficientformer_l1": ({}, 224),
    "efficientformerv2_s0": ({}, 224),
    "efficientvit_b0": ({}, 64),
    "efficientvit_m0": ({}, 224),
    "repghostnet_050": ({}, 64),
    "repvit_m0_9": ({}, 64),
    "tiny_vit_5m_224": ({}, 224),
    "beit_base_patch16_224": ({"img_size": 64, "depth": 2, "embed_dim": 48, "num_heads": 3}, 64),
    "eva02_tiny_patch14_224": ({"img_size": 56, "depth": 2}, 56),
    "maxvit_rmlp_pico_rw_256": ({}, 256),
    "coatnet_pico_rw_224": ({}, 224),
    "hiera_tiny_224": ({}, 224),
    "inception_next_atto": ({}, 64),
    "starnet_s1": ({}, 64),
    "fasternet_t0": ({}, 64),
    "mambaout_femto": ({}, 64),
    "focalnet_tiny_srf": ({}, 64),
    "davit_tiny": ({"depths": (1, 1, 1, 1), "embed_dims": (24, 48, 72, 96), "num_heads": (1, 2, 3, 4)}, 64),
    "visformer_tiny": ({}, 224),
    "botnet26t_256": ({}, 256),
    "nest_tiny": ({}, 224),
}
EXPORTERS = ("script", "dynamo")


def randomize(network):
    """So that nothing is 0 or 1 where an error would not show."""
    import torch

    generator = torch.Generator().manual_seed(1)

    def uniform(tensor, low, high):
        tensor.data.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    for module in network.modules():
        if hasattr(module, "running_var") and module.running_var is not None:
            uniform(module.running_mean, -0.1, 0.1)
            uniform(module.running_var, 0.8, 1.2)
    for name, parameter in network.named_parameters():
        if parameter.numel() > 1 and float(parameter.std()) == 0:
            is_scale = name.endswith("weight")
            uniform(parameter, *((0.8, 1.2) if is_scale else (-0.1, 0.1) if float(parameter.mean()) == 0 else (0.2, 0.4)))


def export(folder, names):
    import timm
    import torch

    for name in names:
        settings, size = NETWORKS[name]
        try:
            torch.manual_seed(0)
            network = timm.create_model(name, num_classes=10, **settings).eval()
            randomize(network)
            x = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(2)) * 2 - 1
            with torch.no_grad():
                y = network(x)
        except Exception as error:
            print(name, "cannot be made:", str(error)[:200], flush=True)
            continue
        np.save(os.path.join(folder, f"{name}.x.npy"), x.permute(0, 2, 3, 1).numpy())
        np.save(os.path.join(folder, f"{name}.y.npy"), y.numpy())
        for exporter in EXPORTERS:
            path = os.path.join(folder, f"{name}.{exporter}.onnx")
            if os.path.exists(path):
                continue
            start = time.time()
            try:
                if exporter == "script":
                    torch.onnx.export(network, x, path, dynamo=False, opset_version=17, input_names=["input"],
                                      output_names=["output"], dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}})
                else:
                    torch.onnx.export(network, (x[:1],), path, dynamo=True, external_data=False, verbose=False)
                print(name, exporter, f"{time.time() - start:.0f} s, {os.path.getsize(path)} bytes", flush=True)
            except Exception as error:
                print(name, exporter, "cannot be exported:", str(error)[:200].replace("\n", " "), flush=True)


def convert(folder, thaw, names):
    for name in names:
        for exporter in EXPORTERS:
            path = os.path.join(folder, f"{name}.{exporter}")
            if not os.path.exists(path + ".onnx"):
                continue
            done = subprocess.run([thaw, "convert", path + ".onnx", path + ".keras"], capture_output=True, text=True,
                                  check=False)
            with open(path + ".log", "w") as log:
                log.write(done.stderr or done.stdout)
            if done.returncode != 0:
                if os.path.exists(path + ".keras"):
                    os.remove(path + ".keras")
                print(name, exporter, done.returncode, done.stderr.strip()[-600:], flush=True)


def all_layers(config):
    for layer in config.get("layers", []):
        yield layer
        yield from all_layers(layer.get("config", {}) if isinstance(layer.get("config"), dict) else {})


def compare(folder, names):
    import zipfile

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    print("| network | exporter | nodes | layers | Permute | largest difference, relative |\n|---|---|---|---|---|---|")
    for name in names:
        for exporter in EXPORTERS:
            path = os.path.join(folder, f"{name}.{exporter}")
            if not os.path.exists(path + ".keras"):
                if os.path.exists(path + ".onnx"):
                    print(f"| {name} | {exporter} | | | | not read |", flush=True)
                continue
            with zipfile.ZipFile(path + ".keras") as file:
                layers = list(all_layers(json.loads(file.read("config.json"))["config"]))
            permutes = sum(layer["class_name"] == "Permute" for layer in layers)
            x = np.load(os.path.join(folder, f"{name}.x.npy"))
            y = np.load(os.path.join(folder, f"{name}.y.npy"))
            try:
                keras.backend.clear_session()
                z = np.asarray(keras.models.load_model(path + ".keras", compile=False)(x))
                difference = f"{np.abs(z - y).max() / np.abs(y).max():.1e}" if z.shape == y.shape else f"{z.shape}"
            except Exception as error:
                difference = str(error)[:200].replace("\n", " ")
            print(f"| {name} | {exporter} | | {len(layers)} | {permutes} | {difference} |", flush=True)


def main(stage, folder, *names):
    if stage == "convert":
        thaw, *names = names
        convert(folder, thaw, names or NETWORKS)
    else:
        os.makedirs(folder, exist_ok=True)
        {"export": export, "compare": compare}[stage](folder, names or NETWORKS)


if __name__ == "__main__":
    main(*sys.argv[1:])
