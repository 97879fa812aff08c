#!/bin/sh
# Writes requirements.lock (to run) and requirements-dev.lock (to develop) from pyproject.toml:
# exact versions with hashes, for every platform. Needs `uv` (pip install uv); nobody else does.
# Arguments go to uv, for example `tools/lock.sh --upgrade`.
set -eu
cd "$(dirname "$0")/.."

compile() {
    # No package source that this machine is configured for may leak into the files.
    env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
        uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --custom-compile-command tools/lock.sh pyproject.toml --group build "$@"
}

compile --extra all --output-file requirements.lock "$@"
compile --extra dev --constraint requirements.lock --output-file requirements-dev.lock "$@"
