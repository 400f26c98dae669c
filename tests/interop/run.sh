#!/bin/bash
# Runs tests/interop/*_test.py on the built program with real Keras.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TF_CPP_MIN_LOG_LEVEL=2 KERAS_BACKEND=tensorflow
THAW_HOME=$(mktemp -d)
export THAW_HOME
trap 'rm -rf "$THAW_HOME"' EXIT
python=$(script/keras-python)
for check in tests/interop/*_test.py; do
  echo "--- $check"
  "$python" "$check"
done
