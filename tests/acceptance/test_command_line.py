"""The command line as a whole: what every command keeps, whatever stands around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Program

SLOW = {"pydantic", "lxml", "cryptography", "xmlschema", "joserfc", "structlog", "asyncio"}


def test_help_imports_nothing_that_it_does_not_need(swb: Program) -> None:
    program = (
        "import sys; from swb.cli import main; main(['--help']);"
        f"print(*sorted({SLOW!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [swb.path.parent / "python", "-c", program], capture_output=True, check=True, timeout=60
    )
    assert done.stderr.strip() == b""
    assert b"convert" in done.stdout


def test_a_reader_who_had_enough_is_no_failure(swb: Program, thai_form_d: Path) -> None:
    command: list[str | Path] = [
        swb.path,
        "convert",
        "--from",
        "thailand",
        "--to",
        "vietnam",
        thai_form_d,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read().decode()
        assert process.wait(60) == 0
    assert "Traceback" not in errors
    assert "Broken pipe" not in errors


def test_a_closed_standard_output_is_a_failure(swb: Program) -> None:
    shell = f"'{swb.path}' adapters list >&-"
    done = subprocess.run(
        ["/bin/sh", "-c", shell], capture_output=True, check=False, timeout=60, text=True
    )
    assert done.returncode == 4
    assert "cli.output" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_thai_names_break_no_terminal(swb: Program, thai_form_d: Path, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    convert = ("convert", "--from", "thailand", "--to", "canonical", thai_form_d)
    octets = swb(*convert, env=env)
    assert octets.status == 0
    assert "บริษัท" in octets.stdout.decode()
    value = swb(*convert, "--json", env=env).value
    assert value["payload"] == octets.stdout.decode()


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """What runs in the background of a shell inherits that it ignores interrupts; not here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_ends_quietly_with_130(swb: Program) -> None:
    with subprocess.Popen(
        [swb.path, "convert", "--from", "thailand", "--to", "canonical", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        # It reads until the input ends; having taken more than a pipe holds, it is reading.
        process.stdin.write(b" " * 1_000_000)
        process.stdin.flush()
        status = interrupt(process)
        assert process.stdout is not None
        assert process.stderr is not None
        out, err = process.stdout.read(), process.stderr.read()
    assert status == 130
    assert b'"cli.interrupted"' in out
    assert err == b""


def interrupt(process: subprocess.Popen[bytes]) -> int:
    """Press Ctrl-C until it ends: a signal just before a blocking call is seen after that call."""
    for _ in range(15):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(2)
    process.kill()
    pytest.fail("it does not end when it is interrupted")


def test_an_unreadable_file_is_a_usage_error(swb: Program, tmp_path: Path) -> None:
    convert = ("convert", "--from", "thailand", "--to", "canonical")
    for file in (tmp_path / "missing.xml", tmp_path):
        ran = swb(*convert, file, "--json")
        assert (ran.status, ran.failure["code"]) == (2, "cli.usage")


def test_every_command_explains_itself(swb: Program) -> None:
    commands = [
        ("convert",),
        ("verify",),
        ("submit",),
        ("status",),
        ("adapters",),
        ("adapters", "list"),
        ("keys",),
        ("keys", "make"),
        ("keys", "show"),
    ]
    for command in commands:
        ran = swb(*command, "--help")
        assert ran.status == 0
        text = ran.stdout.decode()
        assert text.startswith(f"Usage: swb {' '.join(command)}")
        assert "--json" in text
        assert "--debug" in text


def test_the_module_runs_as_the_command_does(swb: Program) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "swb.cli", "--version"],
        capture_output=True,
        check=True,
        env=os.environ,
        timeout=60,
    )
    assert done.stdout == swb("--version").stdout
