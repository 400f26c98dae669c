#!/bin/bash
# Runs tests/interop/*_test.py on the built program with real Keras: $THAW_KERAS_PYTHON, else an
# environment kept between runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TF_CPP_MIN_LOG_LEVEL=2 KERAS_BACKEND=tensorflow
python=${THAW_KERAS_PYTHON:-}
if ! { [ -n "$python" ] && "$python" -c 'import keras, tensorflow' 2> /dev/null; }; then
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/thaw-interop/keras-3.15.1
  python=$folder/bin/python
  if ! [ -e "$folder/complete" ]; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$python" -m pip install --quiet --disable-pip-version-check \
      tensorflow-cpu==2.21.0 keras==3.15.1
    touch "$folder/complete"
  fi
fi
for check in tests/interop/*_test.py; do
  echo "--- $check"
  "$python" "$check"
done
