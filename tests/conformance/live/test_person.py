"""A person at a terminal can do each step that is asked for, and is told how."""

from __future__ import annotations

import base64
import json
import os
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from swb_conformance.live import ActError, CannotActError, NoAct, PersonAct, Step, Told
from swb_conformance.testing import CutShortError

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = b"<CertificateOfOrigin/>"
ROOTS = {"roots": {"TH": ["sha-256:1"]}, "lists": {"TH": "sha-256:2"}}


def ask(
    folder: Path, step: Step, *said: str, ends: bool = True, **members: object
) -> tuple[Told, str]:
    """Ask a person who writes some lines, and then leaves or says nothing more."""
    reading, writing = os.pipe()
    asks = StringIO()
    with os.fdopen(reading) as answers:
        os.write(writing, "".join(f"{line}\n" for line in said).encode())
        if ends:
            os.close(writing)
        try:
            act = PersonAct(patience=0.2, asks=asks, answers=answers, folder=folder)
            return act.do(step, within=0.1, text="Do it.", **members), asks.getvalue()
        finally:
            if not ends:
                os.close(writing)


def test_what_has_to_be_entered_is_written_to_a_file_whose_path_is_told(tmp_path: Path) -> None:
    document = base64.b64encode(DOCUMENT).decode()
    told, asked = ask(tmp_path, Step.ENTER, "", document=document, message_type="CertificateIssue")
    assert told.is_accepted
    (path,) = tmp_path.iterdir()
    assert str(path) in asked
    assert path.read_bytes() == DOCUMENT
    assert document not in asked


@pytest.mark.parametrize(
    ("step", "said", "members"),
    [
        (Step.ENTER, "no", {"accepted": False}),
        (Step.ARRIVED, "", {"arrived": 1}),
        (Step.ARRIVED, "12", {"arrived": 12}),
        (Step.ARRIVED, "no", {"arrived": 0}),
        (Step.NOTICED, "", {"noticed": True}),
        (Step.NOTICED, "no", {"noticed": False}),
        (Step.KEPT, "no", {"kept": []}),
        (Step.CLOSE, "", {}),
        (Step.ROOTS, json.dumps(ROOTS), ROOTS),
        (Step.NOTICE, '{"document_id": "x"}', {"document_id": "x"}),
    ],
)
def test_a_step_is_answered_by_a_word_or_by_a_line_of_json(
    tmp_path: Path, step: Step, said: str, members: dict[str, object]
) -> None:
    assert ask(tmp_path, step, said)[0].members == members


def test_a_file_answers_what_is_too_long_for_a_line(tmp_path: Path) -> None:
    file = tmp_path / "roots.json"
    file.write_text(json.dumps(ROOTS, indent=1))
    assert ask(tmp_path, Step.ROOTS, f"@{file}")[0].members == ROOTS


@pytest.mark.parametrize("said", ["", "12", "yes", "{", "[1]", "@/nowhere/roots.json"])
def test_what_is_no_answer_is_asked_for_again(tmp_path: Path, said: str) -> None:
    told, asked = ask(tmp_path, Step.ROOTS, said, json.dumps(ROOTS))
    assert told.members == ROOTS
    assert "expected" in asked
    assert '{"roots":' in asked, "the question shows the form"


def test_a_person_may_put_a_step_off_fail_or_be_away(tmp_path: Path) -> None:
    with pytest.raises(CannotActError, match="step roots was put off"):
        ask(tmp_path, Step.ROOTS, "skip")
    with pytest.raises(ActError, match="step restart could not be done"):
        ask(tmp_path, Step.RESTART, "no")
    with pytest.raises(ActError, match="nobody answered the step enter within"):
        ask(tmp_path, Step.ENTER, ends=False)


def test_an_input_that_has_ended_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(CutShortError, match=r"standard input ended at the step enter; .*--act"):
        ask(tmp_path, Step.ENTER)


def test_nobody_is_told_which_option_says_so() -> None:
    with pytest.raises(CannotActError, match=r"step enter needs the national side.*--act none"):
        NoAct().do(Step.ENTER, within=1)


def test_the_terminal_is_free_while_a_person_is_asked(tmp_path: Path) -> None:
    seen: list[str] = []

    @contextmanager
    def pausing() -> Iterator[None]:
        seen.append("stopped")
        yield
        seen.append("goes on")

    class Asks(StringIO):
        def write(self, text: str) -> int:
            seen.append("asked")
            return super().write(text)

    with Path(os.devnull).open() as nothing:
        act = PersonAct(asks=Asks(), answers=nothing, folder=tmp_path, pausing=pausing)
        with pytest.raises(CutShortError):
            act.do(Step.ENTER, within=1)
    assert seen[:2] == ["stopped", "asked"]
