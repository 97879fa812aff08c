"""The calling side believes nothing but what the protocol allows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swb_conformance.protocol import CommandTarget, check_description, encode_request, parse_answer
from swb_conformance.requirements import load_profiles
from swb_conformance.target import BrokenTargetError, Verb
from tests.conformance.engine.doubles import DESCRIPTION, Channel

ACCEPTED = {"id": 1, "verdict": "accepted", "code": None}
REFUSED = {"id": 1, "verdict": "refused", "code": "adapter.value"}


def line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def test_a_request_is_one_line_of_ascii() -> None:
    raw = encode_request(7, Verb.CHECK, b"\x00\xff", {"place": "Đà Nẵng"})
    assert raw.count(b"\n") == 1
    assert raw.isascii()
    assert json.loads(raw) == {"id": 7, "verb": "check", "input": "AP8=", "place": "Đà Nẵng"}
    assert json.loads(encode_request(1, Verb.DESCRIBE, b"", {})) == {"id": 1, "verb": "describe"}


def test_answers_of_each_kind_are_read() -> None:
    sealed = parse_answer(line({**ACCEPTED, "output": "AP8="}), 1, Verb.SEAL)
    assert sealed.output == b"\x00\xff"
    opened = parse_answer(line({**ACCEPTED, "output": {"a": 1}}), 1, Verb.OPEN)
    assert opened.told["output"] == {"a": 1}
    findings = [{"code": "rule.x", "severity": "warn", "path": "A/B", "more": 1}]
    checked = parse_answer(line({**ACCEPTED, "findings": findings}), 1, Verb.CHECK)
    assert checked.told["findings"] == [{"code": "rule.x", "severity": "warn", "path": "A/B"}]
    undetermined = {"id": 1, "verdict": "undetermined", "code": "trust.missing"}
    assert parse_answer(line(undetermined), 1, Verb.VERIFY).code == "trust.missing"


NONSENSE = {
    "nothing": b"\n",
    "no JSON": b"hello\n",
    "no line feed": line(ACCEPTED).strip(),
    "no object": b"[1]\n",
    "a member twice": b'{"id":1,"id":1,"verdict":"accepted"}\n',
    "not a number": b'{"id":NaN}\n',
    "deep": b"[" * 100_000 + b"\n",
    "another id": line({**ACCEPTED, "id": 2}),
    "an id that is true": line({**ACCEPTED, "id": True}),
    "an id in words": line({**ACCEPTED, "id": "1"}),
    "no verdict": line({"id": 1}),
    "another verdict": line({**ACCEPTED, "verdict": "fine"}),
    "undetermined where that is no verdict": line(
        {"id": 1, "verdict": "undetermined", "code": "a.b"}
    ),
    "a code where it accepts": line({**ACCEPTED, "code": "adapter.value"}),
    "no code where it refuses": line({**REFUSED, "code": None}),
    "a code in other words": line({**REFUSED, "code": "Not Found!"}),
    "no output": line(ACCEPTED),
    "output that is no base64": line({**ACCEPTED, "output": "?"}),
    "output without padding": line({**ACCEPTED, "output": "AP8"}),
    "an object for octets": line({**ACCEPTED, "output": {}}),
    "findings that are none": line({**ACCEPTED, "output": "", "findings": {}}),
    "a finding without code": line({**REFUSED, "findings": [{"message": "x"}]}),
    "another severity": line({**REFUSED, "findings": [{"code": "a.b", "severity": "bad"}]}),
    "a message without end": line({**REFUSED, "message": "x" * 5000}),
}


@pytest.mark.parametrize("raw", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_no_refusal(raw: bytes) -> None:
    with pytest.raises(BrokenTargetError):
        parse_answer(raw, 1, Verb.FROM_CANONICAL)


def test_octets_for_an_object_are_nonsense() -> None:
    with pytest.raises(BrokenTargetError):
        parse_answer(line({**ACCEPTED, "output": "AP8="}), 1, Verb.VERIFY)


# --- a target ------------------------------------------------------------------------------------


def accept(request: dict[str, Any]) -> bytes:
    output: object = dict(DESCRIPTION) if request["verb"] == "describe" else "AP8="
    return line({"id": request["id"], "verdict": "accepted", "code": None, "output": output})


def test_a_target_describes_itself_once_for_each_start() -> None:
    channel = Channel(accept)
    target = CommandTarget(channel)
    assert target.describe() == DESCRIPTION
    assert target.ask(Verb.SEAL, b"x").output == b"\x00\xff"
    target.close()
    assert target.ask(Verb.SEAL, b"x").verdict == "accepted"
    assert channel.starts == 2


def test_nonsense_ends_a_target_and_the_next_question_starts_it_again() -> None:
    def answer(request: dict[str, Any]) -> bytes:
        return b"what?\n" if request.get("input") == "YmFk" else accept(request)

    channel = Channel(answer)
    target = CommandTarget(channel)
    with pytest.raises(BrokenTargetError, match="one line of JSON"):
        target.ask(Verb.SEAL, b"bad")
    assert not channel.runs
    assert target.ask(Verb.SEAL, b"good").verdict == "accepted"
    assert channel.starts == 2


def test_a_target_that_ends_between_two_questions_is_noticed() -> None:
    channel = Channel(accept)
    target = CommandTarget(channel)
    target.ask(Verb.SEAL, b"x")
    channel.runs = False
    with pytest.raises(BrokenTargetError, match="between two questions"):
        target.ask(Verb.SEAL, b"x")
    assert target.ask(Verb.SEAL, b"x").verdict == "accepted"


def test_a_target_must_describe_itself_as_at_its_first_start() -> None:
    names = iter(["one", "one", "two"])

    def answer(request: dict[str, Any]) -> bytes:
        if request["verb"] != "describe":
            return accept(request)
        output = {**DESCRIPTION, "name": next(names)}
        return line({"id": request["id"], "verdict": "accepted", "code": None, "output": output})

    target = CommandTarget(Channel(answer))
    for _ in range(2):
        target.ask(Verb.SEAL, b"x")
        target.close()
    with pytest.raises(BrokenTargetError, match="first start"):
        target.ask(Verb.SEAL, b"x")


# --- descriptions --------------------------------------------------------------------------------

ADAPTER: dict[str, Any] = {
    **DESCRIPTION,
    "api": 1,
    "verbs": ["describe", "to-canonical", "from-canonical"],
    "provenance": "simulated",
    "system": "an example",
    "media_type": "application/json",
    "file_suffix": ".json",
    "messages": [{"message_type": "CustomsReceipt", "loses": ["CustomsReceipt/At"]}],
}


def test_whole_descriptions_have_no_faults() -> None:
    assert check_description(ADAPTER, load_profiles()["adapter"]) == ()
    assert check_description(DESCRIPTION, load_profiles()["rules"]) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": 2},
        {"protocol": "1"},
        {"api": True},
        {"verbs": "describe"},
        {"verbs": ["describe", "to-canonical"]},
        {"name": "Not A Name"},
        {"version": "1"},
        {"provenance": "guessed"},
        {"system": ""},
        {"messages": []},
        {"messages": {}},
        {"messages": [1]},
        {"messages": [{"message_type": "NoSuchType"}]},
        {"messages": ADAPTER["messages"] * 2},
        {"messages": [{"message_type": "CustomsReceipt", "reads": "yes"}]},
        {"messages": [{"message_type": "CustomsReceipt", "loses": ["CustomsResponse/At"]}]},
        {"messages": [{"message_type": "CustomsReceipt", "agreements": "ATIGA"}]},
    ],
    ids=str,
)
def test_a_description_that_lacks_something_is_told(change: dict[str, object]) -> None:
    assert check_description({**ADAPTER, **change}, load_profiles()["adapter"]) != ()
