"""What a command gives back, and the only code that writes it.

A command returns an `Answer` and prints nothing. With ``--json`` standard output then holds
exactly one JSON value, failures too; without it, text for people or a payload's octets. Findings,
failures and progress go to standard error.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TextIO

from swb.cli.outcome import Status
from swb.core.printing import printable
from swb_schemas.errors import UnavailableError
from swb_schemas.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from swb.cli.outcome import Failure
    from swb_schemas.findings import Finding

__all__ = ["Answer", "Output", "describe_failure", "describe_finding", "printable"]

_SHOWN_FINDINGS: Final = 50
"""How many findings people are shown; with ``--json`` all are there."""

_LABELS: Final = {Severity.REFUSE: "fault", Severity.WARN: "warning", Severity.LOSS: "loss"}
_ADVICE: Final = {**_LABELS, Severity.REFUSE: "advice"}
"""The same for a side that refuses for no rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command that came to its end has to say.

    Attributes:
        value: What ``--json`` prints.
        rows: What it prints in place of `value`, where a command that cannot fail lists things.
        text: What people get on standard output.
        payload: Octets for standard output, as they are, in place of `text`.
        findings: Warnings and losses, which people get on standard error; `value` has them too.
        advises: What would be a fault elsewhere is advice to whoever asked.
        failure: Why the command did not do what it was for, where it has something to tell
            nevertheless, such as a verification that refuses; joins `value`.
    """

    value: Mapping[str, object] = field(default_factory=dict)
    rows: Sequence[object] | None = None
    text: str = ""
    payload: bytes | None = None
    findings: Sequence[Finding] = ()
    advises: bool = False
    failure: Failure | None = None


def describe_finding(finding: Finding) -> dict[str, object]:
    """Bring a finding into its JSON form."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "national_path": finding.national_path,
        "message": finding.message,
        "actor": finding.actor,
        "clause": finding.clause,
    }


def describe_failure(failure: Failure) -> dict[str, object]:
    """Bring a failure into its JSON form."""
    return {
        "code": failure.code,
        "actor": failure.actor,
        "final": failure.final,
        "message": failure.message,
        "findings": [describe_finding(each) for each in failure.findings],
    }


class Output:
    """Standard output and standard error of one command.

    Args:
        as_json: Whether a program reads standard output.
        stdout: Where results go; None where it is closed.
        stderr: Where everything else goes; None where it is closed.
    """

    def __init__(
        self, *, as_json: bool, stdout: TextIO | None = None, stderr: TextIO | None = None
    ) -> None:
        self.as_json = as_json
        self._stdout = sys.stdout if stdout is None else stdout
        self._stderr = sys.stderr if stderr is None else stderr

    def show_answer(self, answer: Answer) -> Status:
        """Write an answer, and say what the command exits with.

        Raises:
            UnavailableError: ``cli.output``.
        """
        if self.as_json and answer.rows is not None:
            self._write_json(answer.rows)
        elif self.as_json:
            failure = describe_failure(answer.failure) if answer.failure else {}
            self._write_json({**answer.value, **failure, **answer.value})
        else:
            if answer.payload is not None:
                self._write(answer.payload)
            elif answer.text:
                self._write_text(printable(answer.text) + "\n")
            labels = _ADVICE if answer.advises else _LABELS
            self.tell(_lines_of_findings(answer.findings, labels))
            if answer.failure is not None:
                self.tell(_lines_of_failure(answer.failure))
        return answer.failure.status if answer.failure else Status.DONE

    def show_failure(self, failure: Failure) -> Status:
        """Write a failure, and say what the command exits with.

        Raises:
            UnavailableError: ``cli.output``.
        """
        if self.as_json:
            self._write_json(describe_failure(failure))
        else:
            self.tell(_lines_of_failure(failure))
        return failure.status

    def tell(self, lines: Iterable[str]) -> None:
        """Write lines for people to standard error."""
        text = "".join(f"{printable(line)}\n" for line in lines)
        if self._stderr is not None:
            with _reader_may_leave(self._stderr):
                self._stderr.write(_encodable(text, self._stderr))
                self._stderr.flush()

    def _write_json(self, value: Mapping[str, object] | Sequence[object]) -> None:
        import json  # noqa: PLC0415 - not needed for every start

        # Lone surrogates, which undecodable arguments become, are spelled as JSON spells them.
        if _is_utf8(self._stdout):
            text = printable(json.dumps(value, ensure_ascii=False))
            self._write(text.encode("utf-8", "backslashreplace") + b"\n")
        else:
            self._write(json.dumps(value).encode("ascii") + b"\n")

    def _write_text(self, text: str) -> None:
        encoding = getattr(self._stdout, "encoding", None) or "utf-8"
        self._write(text.encode(encoding, "backslashreplace"))

    def _write(self, octets: bytes) -> None:
        if self._stdout is None:
            message = "expected an open standard output, found it closed"
            raise UnavailableError("cli.output", message)
        try:
            with _reader_may_leave(self._stdout):
                self._stdout.flush()
                self._stdout.buffer.write(octets)
                self._stdout.buffer.flush()
        except OSError as cause:
            message = f"expected to write to standard output, found: {cause.strerror}"
            raise UnavailableError("cli.output", message) from cause


@contextmanager
def _reader_may_leave(stream: TextIO) -> Iterator[None]:
    """Take it for granted that the reader of a pipe may stop reading: it had enough."""
    try:
        yield
    except BrokenPipeError:
        # What is still buffered would complain again when the interpreter ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _is_utf8(stream: TextIO | None) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "").replace("_", "") == "utf8"


def _encodable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _lines_of_findings(
    findings: Sequence[Finding], labels: Mapping[Severity, str] = _LABELS
) -> Iterator[str]:
    for finding in findings[:_SHOWN_FINDINGS]:
        yield _line_of_finding(finding, labels)
    if len(findings) > _SHOWN_FINDINGS:
        yield f"... and {len(findings) - _SHOWN_FINDINGS} more; --json shows all"


def _line_of_finding(finding: Finding, labels: Mapping[Severity, str]) -> str:
    places = [place for place in (finding.national_path, finding.path) if place]
    where = f" {places[0]}" if places else ""
    where += f" ({places[1]})" if len(places) > 1 else ""
    where += ":" if places else ""
    clause = f" [{finding.clause}]" if finding.clause else ""
    return f"{labels[finding.severity]}:{where} {finding.message}{clause} <{finding.code}>"


def _lines_of_failure(failure: Failure) -> Iterator[str]:
    yield f"swb: {failure.status.name.lower()}: {failure.code}: {failure.message}"
    for line in _lines_of_findings(failure.findings):
        yield f"  {line}"
    if failure.usage:
        yield f"  {failure.usage}"
    yield f"  who must act: {failure.actor}"
