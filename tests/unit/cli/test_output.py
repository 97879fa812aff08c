"""What reaches standard output and standard error, whatever they are."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from swb.cli.outcome import Status, explain_failure
from swb.cli.output import Answer, Output, printable
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from typing_extensions import Buffer

THAI = "ชุดอาหาร é 😀"


class FullDisk(io.RawIOBase):
    """A file that takes nothing at first; somebody makes room before it is closed."""

    full = True

    def writable(self) -> bool:
        return True

    def write(self, octets: Buffer, /) -> int:
        if self.full:
            self.full = False
            raise OSError(28, "No space left on device")
        return len(memoryview(octets))


def stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def written(text: io.TextIOWrapper) -> bytes:
    buffer = text.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252", "cp874"])
def test_json_is_json_whatever_the_terminal_speaks(encoding: str) -> None:
    out = stream(encoding)
    Output(as_json=True, stdout=out, stderr=stream(encoding)).show_answer(
        Answer(value={"name": THAI, "path": "caf\udce9"})
    )
    assert json.loads(written(out)) == {"name": THAI, "path": "caf\udce9"}


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_text_for_people_never_breaks_on_a_terminal(encoding: str) -> None:
    out, err = stream(encoding), stream(encoding)
    output = Output(as_json=False, stdout=out, stderr=err)
    failure = explain_failure(RefusedError("x.y", THAI))
    assert output.show_answer(Answer(text=THAI, failure=failure)) is Status.REFUSED
    assert written(out).decode(encoding).startswith("ชุด" if encoding == "utf-8" else "\\u0e0a")
    assert b"x.y" in written(err)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2Jgone", "\\u001b[2Jgone"),
        ("\x9b31m", "\\u009b31m"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("a\rb", "a\\u000db"),
        ("two\nlines\tand ไทย\u200b", "two\nlines\tand ไทย\u200b"),
    ],
    ids=["escape", "C1", "direction", "return", "harmless"],
)
def test_names_from_strangers_cannot_drive_a_terminal(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


def test_people_are_shown_so_many_findings_and_programs_all() -> None:
    findings = tuple(
        Finding(code="a.b", severity=Severity.REFUSE, path=f"X/Y[{number}]", message="no")
        for number in range(1, 121)
    )
    failure = explain_failure(RefusedError("a.b", "many", findings=findings))
    out, err = stream("utf-8"), stream("utf-8")
    Output(as_json=False, stdout=out, stderr=err).show_failure(failure)
    assert written(err).count(b"fault: X/Y") == 50
    assert b"... and 70 more; --json shows all" in written(err)
    Output(as_json=True, stdout=out, stderr=err).show_failure(failure)
    assert len(json.loads(written(out))["findings"]) == 120


def test_a_full_disk_is_a_failure_and_no_traceback() -> None:
    out = io.TextIOWrapper(io.BufferedWriter(FullDisk()), write_through=True)
    with pytest.raises(UnavailableError) as caught:
        Output(as_json=False, stdout=out, stderr=stream("utf-8")).show_answer(Answer(payload=b"x"))
    assert caught.value.code == "cli.output"


def test_an_answer_that_failed_keeps_what_it_found() -> None:
    out = stream("utf-8")
    failure = explain_failure(RefusedError("x.y", "no"))
    answer = Answer(value={"verdict": "refused", "findings": []}, failure=failure)
    assert Output(as_json=True, stdout=out, stderr=stream("utf-8")).show_answer(answer) == 1
    value = json.loads(written(out))
    assert next(iter(value)) == "verdict"
    assert set(value) == {"verdict", "code", "actor", "final", "message", "findings"}
