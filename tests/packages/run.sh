#!/bin/bash
# tests/packages/run.sh: installs each package that script/package made in a fresh Debian root of its own, without a
# compiler, and lets it fine-tune there without a network. Needs root, and the network to make the roots: debootstrap,
# and what the Debian package names. Its roots are in build/packages, the first kept for another run.
set -euo pipefail
cd "$(dirname "$0")/../.."
packages=$PWD/build/release/packages
work=$PWD/build/packages
fail() { echo "tests/packages: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "expected to run as root, for roots of their own"
script/setup build package package_test

mkdir -p "$work"
if ! [ -e "$work/complete" ]; then
  rm -rf "$work/pristine"
  debootstrap --variant=minbase bookworm "$work/pristine" > "$work/debootstrap.log"
  # How this machine reaches its packages.
  cp /etc/resolv.conf "$work/pristine/etc/"
  cp -r /etc/apt/apt.conf.d/. "$work/pristine/etc/apt/apt.conf.d/"
  chroot "$work/pristine" apt-get update -qq
  touch "$work/complete"
fi
cmake --build --preset release --target thaw_example_draw_shapes
rm -rf "$work/images"
build/release/bin/examples/draw_shapes "$work/images" --images 20 --seed 1 --width 64 --height 64

fresh() {
  rm -rf "$work/$1"
  cp -a "$work/pristine" "$work/$1"
  cp -r "$work/images" "$work/$1/images"
}
# With /proc, by which a program finds what lies beside it, and without a network.
within() {
  unshare --net --mount --propagation private sh -c \
    'mount -t proc proc "$0/proc" && exec chroot "$0" env HOME=/root OMP_WAIT_POLICY=passive sh -ec "$1"' "$work/$1" "$2"
}
# tries ROOT PROGRAM
tries() {
  within "$1" "! command -v cc g++ || exit 1
    $2 --version
    $2 fit /images --image-size 64 --out /model.keras --epochs 2 --fine-tune-epochs 1
    $2 predict /model.keras /images/moon/0000.bmp"
}

echo "--- tarball"
fresh tarball
tar xzf "$packages"/thaw-*.tar.gz -C "$work/tarball/opt"
tries tarball '/opt/thaw-*/bin/thaw'

echo "--- Debian package"
fresh debian
cp "$packages"/thaw_*.deb "$work/debian/root/"
chroot "$work/debian" sh -ec 'DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /root/thaw_*.deb' \
  > "$work/debian.log"
tries debian thaw

echo "--- wheel"
fresh wheel
cp "$packages"/thaw-*.whl "$work/wheel/root/"
chroot "$work/wheel" sh -ec 'DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv' \
  > "$work/wheel.log"
within wheel 'python3 -m venv /environment && /environment/bin/pip install --quiet --no-index /root/thaw-*.whl'
tries wheel /environment/bin/thaw

# One program, one model.
cmp "$work/tarball/model.keras" "$work/debian/model.keras"
cmp "$work/tarball/model.keras" "$work/wheel/model.keras"
echo "three packages work, and give the same bytes"
