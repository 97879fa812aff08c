"""The commands on a page of the documentation, to be executed as they stand."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import psutil

from tests.services import ROOT
from tests.warm import find_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["BLOCK", "commands_of", "quoted_lines", "run_page"]

BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)

_PATIENCE_S: Final = 110
"""Less than a test may take, so that it is the page's own end that is told."""

_PORT: Final = re.compile(r"localhost:[0-9]+")

QUOTED = re.compile(r"^```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


def quoted_lines(page: str) -> list[str]:
    """What a page says that its commands print: the lines of its ``text`` blocks.

    Args:
        page: Path from the root of the repository.
    """
    blocks = QUOTED.findall((ROOT / page).read_text(encoding="utf-8"))
    return [line for block in blocks for line in block.splitlines()]


def commands_of(page: str) -> str:
    """All ``bash`` blocks of a page, as one script.

    Args:
        page: Path from the root of the repository; behind a ``#`` the heading of the one section
            that is meant.
    """
    path, _, heading = page.partition("#")
    text = (ROOT / path).read_text(encoding="utf-8")
    if heading:
        _, found, below = text.partition(f"\n## {heading}\n")
        assert found, page
        text = below.partition("\n## ")[0]
    blocks = BLOCK.findall(text)
    assert blocks, page
    return "\n".join(blocks)


def run_page(
    page: str,
    folder: Path,
    *,
    then: tuple[str, str] | None = None,
    without: str = "",
    amid: tuple[str, str] | None = None,
    instead: Mapping[str, str | Path] = MappingProxyType({}),
) -> str:
    """Execute all ``bash`` blocks of a page as one script, and require that it succeeds.

    Args:
        page: Path from the root of the repository.
        folder: Where to; ``adapters``, ``broker`` and ``examples`` are there as in a checkout.
        then: A line of the page and what a thief does after it. The page is then run as by a
            person at a shell, which goes on after what fails.
        amid: A line of the page, and another page, or a section of one, as `commands_of` has it,
            whose commands are executed before it.
        without: Lines that are left out, as a pattern, because what they make is there already.
        instead: Places of the machine that the page names, and those that take their place.

    Returns:
        What it printed.
    """
    for name in ("adapters", "broker", "examples"):
        (folder / name).symlink_to(ROOT / name)
    script = commands_of(page)
    if amid is not None:
        line, other = amid
        assert script.count(f"{line}\n") == 1
        script = script.replace(f"{line}\n", f"{commands_of(other)}\n{line}\n")
    if without:
        script = re.sub(f"^{without}$", "", script, flags=re.MULTILINE)
    for place, taken in instead.items():
        assert place in script
        script = script.replace(place, str(taken))
    if then is None:
        script = f"set -euo pipefail\nset -m\n{script}"
    else:
        line, act = then
        assert script.count(f"{line}\n") == 1
        script = script.replace(f"{line}\n", f"{line}\n{act}\n") + "\ntrue\n"
    # Not resolved: this Python's own folder is where the command is installed.
    binaries = f"{find_command().parent}:{os.path.dirname(sys.executable)}"  # noqa: PTH120 - pathlib resolves no less
    printed = folder / "printed.txt"
    named = _PORT.search(script) is not None
    held = _ports_to_itself() if named else contextlib.nullcontext()
    with held, printed.open("w", encoding="utf-8") as output:
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=folder,
            env={**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = shell.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end_session(shell)
    told = printed.read_text(encoding="utf-8")
    assert status == 0, f"status {status} ...{told[-4000:]}"
    return told


@contextlib.contextmanager
def _ports_to_itself() -> Iterator[None]:
    """Let one page at a time name its ports, of all that workers execute beside each other."""
    with (Path(tempfile.gettempdir()) / "swb-tests-pages.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _end_session(shell: subprocess.Popen[bytes]) -> None:
    """End whatever a page started and left behind: pages share the ports that they name."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == shell.pid:
                process.kill()
    shell.wait()
