"""The installed command in a process of its own: what a person or a program would start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.warm import find_command

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Program", "Ran", "find_program"]

_SECONDS: Final = 150
"""For a machine that does much else."""
FAILURE_KEYS: Final = {"code", "actor", "final", "message", "findings"}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    status: int
    stdout: bytes
    stderr: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The one JSON list on standard output, and nothing else there."""
        rows = json.loads(self.stdout)
        assert isinstance(rows, list)
        return rows

    @property
    def value(self) -> dict[str, Any]:
        """The one JSON value on standard output, and nothing else there."""
        value = json.loads(self.stdout)
        assert isinstance(value, dict)
        return value

    @property
    def failure(self) -> dict[str, Any]:
        """The one JSON value, which is a failure."""
        value = self.value
        assert set(value) >= FAILURE_KEYS
        assert isinstance(value["final"], bool)
        return value


@dataclass(frozen=True, slots=True)
class Program:
    """Starts ``swb``.

    Attributes:
        path: The installed command. Calling this object may fork a warm one (`tests.warm`).
    """

    path: Path

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Ran:
        """Run one command to its end."""
        done = subprocess.run(
            [find_command(), *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, "SWB_DEBUG": "", **(env or {})},
            cwd=cwd,
            timeout=_SECONDS,
        )
        return Ran(done.returncode, done.stdout, done.stderr.decode())


def find_program() -> Program:
    """Find the command that is installed beside this Python."""
    path = Path(sys.executable).parent / "swb"
    if not path.exists():
        pytest.fail("swb is not installed beside this Python: make dev", pytrace=False)
    return Program(path)
