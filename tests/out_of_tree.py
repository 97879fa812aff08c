"""Projects of other people beside the broker, and the broker's wheel by itself; without network."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.services import ROOT
from tests.warm import WarmCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Beside", "build_wheel", "make_base", "make_beside"]


@dataclass(frozen=True, slots=True)
class Beside:
    """An environment that has the broker and what it needs, and takes further distributions.

    Attributes:
        folder: Where it is.
    """

    folder: Path

    @property
    def programs(self) -> Path:
        """Its folder of programs."""
        return self.folder / "bin"

    def run(self, *arguments: str | Path, cwd: Path, status: int = 0) -> str:
        """Run its Python.

        Returns:
            What it printed on standard output.
        """
        return self._run(self.programs / "python", *arguments, cwd=cwd, status=status)

    def command(self, *arguments: str | Path, cwd: Path, status: int = 0) -> str:
        """Run its command ``swb``.

        Returns:
            What it printed on standard output.
        """
        return self._run(self.programs / "swb", *arguments, cwd=cwd, status=status)

    @contextmanager
    def warmed(self, folder: Path) -> Iterator[Callable[..., str]]:
        """Have a process that forks for each call of the command ``swb`` (`tests.warm`).

        Args:
            folder: Empty.

        Yields:
            What calls it, as `run` calls Python.
        """
        with WarmCommand.of_swb(
            folder,
            self.programs / "swb",
            python=self.programs / "python",
            environment=self._environment,
        ) as warm:
            yield partial(self._run, warm.path)

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": ""}

    def _run(self, *words: str | Path, cwd: Path, status: int = 0) -> str:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def install(self, *projects: Path) -> None:
        """Build projects and install them, from what is on this machine alone."""
        options = ("--quiet", "--no-index", "--no-build-isolation", "--no-deps")
        self.run("-m", "pip", "install", *options, *projects, cwd=projects[0])


def make_beside(folder: Path) -> Beside:
    """Make an environment beside the one that runs the tests."""
    venv.create(folder, with_pip=False, symlinks=True)
    own = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    paths = "\n".join(str(ROOT / name) for name in ("schemas", "adapters", "broker"))
    packages = sysconfig.get_path("purelib")
    # The line that begins with import makes the .pth files of the other environment count.
    beside = f"{paths}\nimport site; site.addsitedir({packages!r})\n"
    (own / "site-packages" / "beside.pth").write_text(beside)
    program = folder / "bin" / "swb"
    program.write_text(
        f"#!{folder}/bin/python\nimport sys\nfrom swb.cli import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    return Beside(folder)


def build_wheel(folder: Path) -> Path:
    """Build the broker's wheel, from what is on this machine alone."""
    options = ("--quiet", "--no-index", "--no-build-isolation", "--no-deps", "--wheel-dir")
    words = (sys.executable, "-m", "pip", "wheel", *options, folder, ROOT)
    subprocess.run(words, check=True, timeout=110)
    (wheel,) = folder.glob("*.whl")
    return wheel


def make_base(folder: Path, wheel: Path) -> Beside:
    """Install the broker's wheel and what it needs without any extra, as `pip install WHEEL` does.

    What it needs is linked from the environment that runs the tests, file by file; nothing of the
    checkout, and no distribution that an extra brings, can be imported there.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    own = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = own / "site-packages"
    for distribution in _needed_by_base():
        for file in distribution.files or ():
            if ".." not in file.parts:
                place = packages / file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(str(distribution.locate_file(file)))
    base = Beside(folder)
    options = ("--quiet", "--no-index", "--no-deps", "--no-compile")
    words = ("-m", "pip", "--python", base.programs / "python", "install", *options, wheel)
    subprocess.run((sys.executable, *words), check=True, timeout=110)
    return base


def _needed_by_base() -> Iterator[metadata.Distribution]:
    """Every distribution that a base install brings, the broker itself left out."""
    waiting, seen = [("single-window-broker", "")], set[tuple[str, str]]()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        distribution = metadata.distribution(name)
        if name not in {"single-window-broker", *(each for each, _ in seen)}:
            yield distribution
        seen.add((name, extra))
        for line in distribution.requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                known = canonicalize_name(needed.name)
                waiting += [(known, each) for each in ("", *needed.extras)]
