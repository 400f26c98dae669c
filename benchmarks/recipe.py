"""What the recipes of the peers share: the flags of `thaw fit`."""
import argparse


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("images")
    parser.add_argument("--validation", help="a folder; without it a fifth of the images")
    parser.add_argument("--network", required=True)
    parser.add_argument("--alpha", type=float, help="of MobileNetV2")
    parser.add_argument("--weights", help="an .h5 file whose layers are found by name; none: random")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--fine-tune-epochs", type=int, default=5)
    parser.add_argument("--unfreeze", default="5", help="so many of the base's last layers, or all")
    parser.add_argument("--augment", choices=("none", "random"), default="none")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--history", required=True)
    return parser.parse_args()
