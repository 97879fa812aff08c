#!/bin/sh
# Writes requirements.lock (to run), requirements-dev.lock (to develop), requirements-fuzz.lock and
# requirements-mutants.lock (what `make fuzz` and `make mutants` add) and requirements-sbom.lock (what
# `make sbom` looks with) from pyproject.toml: exact versions with hashes, for every
# platform. Needs `uv` (pip install uv); nobody else does.
# Arguments go to uv, for example `tools/lock.sh --upgrade`.
set -eu
cd "$(dirname "$0")/.."

compile() {
    # No package source that this machine is configured for may leak into the files.
    env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
        uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --custom-compile-command tools/lock.sh "$@"
}

compile pyproject.toml --group build --extra all --output-file requirements.lock "$@"
compile pyproject.toml --group build --extra dev --constraint requirements.lock --output-file requirements-dev.lock "$@"
compile --group fuzz --output-file requirements-fuzz.lock "$@"
compile --group mutants --constraint requirements-dev.lock --output-file requirements-mutants.lock "$@"
compile --group sbom --output-file requirements-sbom.lock "$@"
