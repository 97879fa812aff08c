#!/bin/sh
# Writes build/sbom.json: the bill of materials (CycloneDX, JSON) of what requirements.lock installs on
# this kind of machine, with the licences that it declares. The same lock makes the same octets: no
# time, no random number, no path of this machine. It ends with 1 where the bill is not what the lock
# has for this kind of machine. Needs the package index, and no more.
# Argument: the Python that makes the two environments, python3 where none is named.
set -eu
cd "$(dirname "$0")/.."
python=${1:-python3}

# One environment holds what runs, and nothing else; the tool looks at it from another.
for each in running tool; do
    "$python" -m venv --clear --without-pip "build/sbom/$each"
done
install() {
    "$python" -m pip --python "build/sbom/$1/bin/python" install --quiet --disable-pip-version-check \
        --require-hashes --requirement "$2"
}
install running requirements.lock
install tool requirements-sbom.lock

build/sbom/tool/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
    --output-format JSON --output-file build/sbom.json build/sbom/running/bin/python
build/sbom/tool/bin/python tools/sbom_compare.py requirements.lock build/sbom.json
