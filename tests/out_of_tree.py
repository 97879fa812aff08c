"""Projects of other people, installed beside the broker without network."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.services import ROOT
from tests.warm import WarmCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Beside", "make_beside"]


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
