"""Makes `.venv` and installs the locked versions into it.

Usage: ``python3 tools/bootstrap.py run|dev``. *run* is what the program needs, *dev* adds what
tests and lint need. Standard library only; returns at once when all is there already.

Debian splits `venv` off its Python, so there are three ways to an environment, tried in order:
the `venv` module; the same without pip, which the outer pip then puts there; `virtualenv` from
the package index, in a temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
#: What the commands said that failed, for the one case in which nothing works.
COMPLAINTS: list[str] = []

LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
OLDEST = (3, 11)


def main() -> int:
    """Bring `.venv` to the state that was asked for."""
    kind = "".join(sys.argv[1:])
    if kind not in LOCKS:
        print("usage: bootstrap.py run|dev", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        print(
            "Python 3.11 or later is needed, and {} is {}.{}. Name another one: "
            "make PYTHON=/path/to/python3.11".format(sys.executable, *sys.version_info[:2]),
            file=sys.stderr,
        )
        return 1
    if is_installed(kind):
        return 0
    if not has_pip() and not create():
        print(
            *COMPLAINTS,
            "Cannot make .venv: neither venv nor virtualenv works with this Python, see above. "
            "On Debian `apt-get install python3-venv` helps.",
            sep="\n",
            file=sys.stderr,
        )
        return 1
    return install(kind)


def has_pip() -> bool:
    """Whether `.venv` has a working Python that is new enough, and pip."""
    question = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return PYTHON.exists() and succeeds(str(PYTHON), "-c", question)


def create() -> bool:
    """Make an empty environment with pip, by the first of the three ways that works."""
    for way in (by_venv, by_venv_without_pip, by_virtualenv):
        shutil.rmtree(VENV, ignore_errors=True)
        if way() and has_pip():
            print(f"Made .venv ({way.__name__.replace('_', ' ')}).")
            return True
    shutil.rmtree(VENV, ignore_errors=True)
    return False


def by_venv() -> bool:
    """The `venv` module with `ensurepip`, as Python is meant to be."""
    return succeeds(sys.executable, "-m", "venv", str(VENV))


def by_venv_without_pip() -> bool:
    """The `venv` module where Debian's `ensurepip` is missing; the outer pip brings pip."""
    if not succeeds(sys.executable, "-m", "venv", "--without-pip", str(VENV)):
        return False
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    target = subprocess.run(
        [str(PYTHON), "-c", where], check=True, capture_output=True, text=True
    ).stdout.strip()
    return succeeds(sys.executable, *pip("install", "--target", target, "pip"))


def by_virtualenv() -> bool:
    """`virtualenv` from the package index, which carries a pip of its own."""
    with tempfile.TemporaryDirectory(prefix="swb-virtualenv-") as folder:
        if not succeeds(sys.executable, *pip("install", "--target", folder, "virtualenv")):
            return False
        path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
        return succeeds(sys.executable, "-m", "virtualenv", str(VENV), PYTHONPATH=path)


def install(kind: str) -> int:
    """Install the locked versions and this project, editable, on top of them."""
    print(f"Installing {LOCKS[kind].name} into .venv ...", flush=True)
    for arguments in (
        pip("install", "--require-hashes", "-r", str(LOCKS[kind])),
        # Its requirements are all there, and what builds it is in the lock.
        pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)),
    ):
        status = subprocess.run([str(PYTHON), *arguments], check=False).returncode
        if status:
            return status
    stamp(kind).write_text(fingerprint(kind))
    return 0


def is_installed(kind: str) -> bool:
    """Whether `.venv` holds what was asked for; *dev* holds *run* too."""
    kinds = ["dev"] if kind == "dev" else ["run", "dev"]
    return PYTHON.exists() and any(
        stamp(each).is_file() and stamp(each).read_text() == fingerprint(each) for each in kinds
    )


def stamp(kind: str) -> Path:
    """The file that says what was installed last."""
    return VENV / f".installed-{kind}"


def fingerprint(kind: str) -> str:
    """Digest of all that an installation depends on."""
    digest = hashlib.sha256(str(ROOT).encode())
    for file in (ROOT / "pyproject.toml", LOCKS[kind]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def pip(command: str, *arguments: str) -> list[str]:
    """Arguments for a Python that has pip."""
    return ["-m", "pip", command, "--quiet", "--disable-pip-version-check", *arguments]


def succeeds(*command: str, **environment: str) -> bool:
    """Run a command in silence, and remember what it said when it failed."""
    done = subprocess.run(
        command,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    if done.returncode:
        COMPLAINTS.append(f"$ {' '.join(command)}\n{done.stdout}")
    return not done.returncode


if __name__ == "__main__":
    sys.exit(main())
