"""The frame around every command, in this process."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any

import pytest

from swb.cli.entry import COMMANDS, build_program, main
from tests.unit.cli import sample_commands
from tests.unit.cli.sample_commands import SECRET

FAILURE = {"code", "actor", "final", "message", "findings"}


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SWB_DEBUG", raising=False)


class Frame:
    """Runs sample commands and gives what they wrote."""

    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> tuple[int, bytes, str]:
        status = main(arguments, commands=sample_commands.COMMANDS)
        written = self._capture.readouterr()
        return status, written.out, written.err.decode()

    def json(self, *arguments: str) -> tuple[int, dict[str, Any], str]:
        status, out, err = self(*arguments)
        value = json.loads(out)
        assert isinstance(value, dict)
        return status, value, err


@pytest.fixture
def frame(capsysbinary: pytest.CaptureFixture[bytes]) -> Frame:
    return Frame(capsysbinary)


@pytest.mark.parametrize(
    ("ending", "status", "code", "actor", "final"),
    [
        ("refused", 1, "xml.entity", "sender", True),
        ("usage", 2, "cli.usage", "operator", True),
        ("name", 2, "cli.usage", "operator", True),
        ("undetermined", 3, "trust.list_expired", "operator", False),
        ("unavailable", 4, "store.unavailable", "operator", False),
        ("several", 4, "store.unavailable", "operator", False),
        ("internal", 5, "internal.fault", "developer", True),
        ("root", 5, "odd.one", "sender", True),
        ("interrupt", 130, "cli.interrupted", "operator", False),
    ],
)
def test_each_ending_has_its_status_and_its_one_json_form(
    frame: Frame, ending: str, status: int, code: str, actor: str, final: bool
) -> None:
    found, value, err = frame.json("fails", ending, "--json")
    assert found == status
    assert set(value) == FAILURE
    assert (value["code"], value["actor"], value["final"]) == (code, actor, final)
    assert err == ""

    found, out, err = frame("fails", ending)
    assert (found, out) == (status, b"")
    assert f"{code}: " in err
    assert f"who must act: {actor}" in err


def test_findings_are_objects_and_people_see_the_national_path_first(frame: Frame) -> None:
    _, value, _ = frame.json("fails", "refused", "--json")
    assert value["findings"] == [
        {
            "code": "adapter.loss",
            "severity": "loss",
            "path": "CertificateOfOrigin/Item[1]/NationalDescription[1]",
            "national_path": "FormD/Goods[1]/Thai",
            "message": "no place for it",
            "actor": "sender",
            "clause": "ATIGA OCP 7",
        }
    ]
    _, _, err = frame("fails", "refused")
    assert (
        "loss: FormD/Goods[1]/Thai (CertificateOfOrigin/Item[1]/NationalDescription[1]): "
        "no place for it [ATIGA OCP 7] <adapter.loss>"
    ) in err


def test_an_internal_fault_tells_type_and_place_and_no_content(frame: Frame) -> None:
    _, value, err = frame.json("fails", "internal", "--json")
    assert value["message"].startswith("ZeroDivisionError at sample_commands.py:")
    assert SECRET not in value["message"] + err


@pytest.mark.parametrize("asked", ["option", "environment"])
def test_the_traceback_is_on_standard_error_when_asked_for(
    frame: Frame, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    if asked == "environment":
        monkeypatch.setenv("SWB_DEBUG", "1")
    options = ["--debug"] if asked == "option" else []
    status, value, err = frame.json("fails", "internal", "--json", *options)
    assert status == 5
    assert set(value) == FAILURE
    assert "Traceback (most recent call last)" in err


def test_text_that_is_no_utf_8_is_wrong_usage(frame: Frame) -> None:
    status, value, _ = frame.json("fails", "\udcff", "--json")
    assert (status, value["code"]) == (2, "cli.usage")
    assert value["message"] == (
        "Invalid value for 'ENDING': expected text in UTF-8, found '\\udcff'"
    )


def test_an_answer_goes_to_standard_output_and_its_findings_do_not(frame: Frame) -> None:
    status, out, err = frame("answers")
    assert status == 0
    assert out.decode() == "a \\u001b[31m name ไทย\n"
    assert err.startswith("loss: FormD/Goods[1]/Thai")


@pytest.mark.parametrize(
    "arguments",
    [("answers", "--json"), ("--json", "answers"), ("--json", "answers", "--json")],
    ids=["after", "before", "both"],
)
def test_json_is_accepted_before_and_after_the_name(
    frame: Frame, arguments: tuple[str, ...]
) -> None:
    status, value, err = frame.json(*arguments)
    assert (status, err) == (0, "")
    assert value == {"name": "ไทย", "json": True}


@pytest.mark.parametrize(
    "arguments",
    [
        ("nested", "inner", "--json"),
        ("nested", "--json", "inner"),
        ("--json", "nested", "inner"),
    ],
)
def test_a_group_takes_json_at_every_level(frame: Frame, arguments: tuple[str, ...]) -> None:
    assert frame.json(*arguments)[:2] == (0, {"inner": True})


def test_what_a_command_prints_by_mistake_does_not_join_its_json(frame: Frame) -> None:
    status, value, err = frame.json("chatters", "--json")
    assert (status, value) == (0, {"done": True})
    assert err == "progress\n"


def test_people_are_told_how_far_it_is_and_programs_are_not(frame: Frame) -> None:
    assert frame("tells") == (0, b"", "half of it\n")
    assert frame.json("tells", "--json") == (0, {"done": True}, "")


def test_a_payload_is_written_octet_for_octet(frame: Frame) -> None:
    assert frame("payload") == (0, b"\xff\x00\r\n", "")


def test_a_command_with_nothing_to_say_gives_an_empty_object(frame: Frame) -> None:
    assert frame("silent") == (0, b"", "")
    assert frame.json("silent", "--json") == (0, {}, "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "expected one of the commands"),
        (("nested",), "expected one of the commands inner"),
        (("no-such-command",), "No such command"),
        (("silnet",), "Did you mean 'silent'?"),
        (("answers", "--no-such-option"), "No such option"),
        (("fails",), "Missing argument"),
        (("missing",), "is not part of this installation"),
    ],
    ids=["nothing", "group alone", "command", "slip in a command", "option", "argument", "module"],
)
def test_a_wrong_command_line_is_a_usage_error(
    frame: Frame, arguments: tuple[str, ...], expected: str
) -> None:
    status, out, err = frame(*arguments)
    assert (status, out) == (2, b"")
    assert expected in err
    status, value, err = frame.json(*arguments, "--json")
    assert (status, value["code"], err) == (2, "cli.usage", "")


def test_what_stands_behind_two_dashes_is_no_option(frame: Frame) -> None:
    status, out, _ = frame("silent", "--", "--json")
    assert (status, out) == (2, b"")


def test_help_lists_commands_without_importing_them(frame: Frame) -> None:
    status, out, err = frame("--help")
    assert (status, err) == (0, "")
    assert "missing   Not there." in out.decode()
    status, value, _ = frame.json("nested", "--help", "--json")
    assert status == 0
    assert "Answer from inside a group." in value["help"]


def test_the_version_is_text_or_json(frame: Frame) -> None:
    _, out, _ = frame("--version")
    assert out.startswith(b"swb ")
    assert set(frame.json("--version", "--json")[1]) == {"version"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says_of_itself(name: str) -> None:
    if find_spec(COMMANDS[name].target.partition(":")[0]) is None:
        pytest.skip(f"there is no command {name} yet")
    program = build_program()
    context = program.make_context("swb", [name], resilient_parsing=True)
    command = program.get_command(context, name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == COMMANDS[name].summary
