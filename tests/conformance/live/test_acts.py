"""Who acts at the national side: a command, a person, nobody."""

from __future__ import annotations

import os
import sys
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from swb.cli.conformance_gateway import open_gateway
from swb_conformance.live import (
    ActError,
    AmqpWire,
    CannotActError,
    CommandAct,
    NoAct,
    Patience,
    PersonAct,
    Stage,
    Step,
    WireError,
)
from swb_conformance.live.acts import Told
from swb_conformance.live.plays.arriving import require_arrived, require_same
from swb_conformance.testing import UnmetError
from swb_schemas.documents.acknowledgements import Hop
from tests.acceptance.program import find_program

if TYPE_CHECKING:
    from pathlib import Path


def command(program: str) -> CommandAct:
    return CommandAct([sys.executable, "-c", program], patience=5)


def test_a_command_gets_one_line_and_answers_by_one() -> None:
    act = command(
        "import json, sys; asked = json.loads(sys.stdin.readline());"
        "print('noise'); print(json.dumps({'arrived': asked['times'] + 1}))"
    )
    assert act.do(Step.ARRIVED, within=5, times=2).times == 3


def test_a_command_that_says_nothing_has_done_it_and_refused_nothing() -> None:
    told = command("pass").do(Step.ENTER, within=5)
    assert told.is_accepted
    with pytest.raises(CannotActError):
        assert told.is_refused
    assert Told(members={"accepted": False}).is_refused


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.exit('broken')", "broken"),
        ("print('nonsense')", "one line of JSON"),
        ("print('[]')", "JSON object"),
        ("import time; time.sleep(60)", "not done within"),
    ],
)
def test_a_command_that_fails_is_told(program: str, reason: str) -> None:
    act = CommandAct([sys.executable, "-c", program], patience=0.5)
    with pytest.raises(ActError, match=reason):
        act.do(Step.ENTER, within=0.5)


def test_a_command_that_is_not_there_is_told() -> None:
    with pytest.raises(ActError, match="No such file"):
        CommandAct(["/nowhere/act"]).do(Step.ENTER, within=1)


def test_a_command_may_not_do_a_step() -> None:
    with pytest.raises(CannotActError):
        command("import sys; sys.exit(3)").do(Step.RESTART, within=5)
    with pytest.raises(CannotActError):
        NoAct().do(Step.ENTER, within=1)


def ask_person(said: str | None, step: Step = Step.ENTER) -> tuple[object, str]:
    """Ask a person who writes `said` into a pipe; nobody is there for None."""
    reading, writing = os.pipe()
    asks = StringIO()
    with os.fdopen(reading) as answers, os.fdopen(writing, "w") as lines:
        if said is not None:
            lines.write(f"{said}\n")
            lines.flush()
        act = PersonAct(patience=0.2, asks=asks, answers=answers)
        return act.do(step, within=0.1, text="Issue it.", document="c2VjcmV0"), asks.getvalue()


def test_a_person_is_asked_and_says_that_it_is_done() -> None:
    _, asked = ask_person("")
    assert "Issue it." in asked
    assert "c2VjcmV0" not in asked


def test_a_person_puts_a_step_off_or_is_not_there() -> None:
    with pytest.raises(CannotActError):
        ask_person("skip")
    with pytest.raises(ActError, match="nobody answered"):
        ask_person(None)
    with pytest.raises(ActError):
        ask_person("no", Step.RESTART)


def test_our_command_acts_at_a_drop_folder(tmp_path: Path) -> None:
    patience = Patience(answer=20, act=30, quiet=0.2)
    with open_gateway(
        state="TH", adapters=["thailand"], patience=patience, folder=tmp_path
    ) as stage:
        config = tmp_path / "gateway-TH.toml"
        words = [str(find_program().path), "conformance", "act", "--config", str(config)]
        act = CommandAct(words, patience=60)
        slow = Stage(material=stage.material, wire=stage.wire, act=act, patience=patience)
        slow.begin()
        heard = slow.issue()
        assert heard.message_type == "CertificateIssue"
        sent = slow.send(slow.draw())
        slow.require_acknowledged(sent, Hop.AS3)
        told = slow.arrived(sent)
        assert told.times == 1
        assert b"<CertificateOfOrigin" in told.document
        with pytest.raises(CannotActError):
            slow.act(Step.RESTART, "Restart it.")


def test_what_must_arrive_and_what_must_not_is_asked_for_in_the_same_words() -> None:
    """An act that echoes what is wanted of it has nothing to echo."""

    class Asked:
        def __init__(self) -> None:
            self.asked: list[set[str]] = []

        def do(self, step: Step, *, within: float, **members: object) -> Told:
            assert (step, within) == (Step.ARRIVED, 0.1)
            self.asked.append(set(members))
            return Told(members={"arrived": 0})

    act = Asked()
    with open_gateway(
        state="TH", adapters=["canonical"], kinds=["CertificateIssue-ATIGA"]
    ) as opened:
        patience = Patience(answer=0.1, act=0.1, quiet=0.0)
        stage = Stage(material=opened.material, wire=opened.wire, act=act, patience=patience)
        stage.begin()
        sent = stage.prepare(stage.draw())
        require_arrived(stage, sent, times=0)
        with pytest.raises(UnmetError, match="1 time"):
            require_arrived(stage, sent)
        assert len(act.asked) >= 3
        assert all(
            each == {"text", "message_type", "document_id", "certificate_key"} for each in act.asked
        )
        with pytest.raises(CannotActError):
            require_same(stage, sent, b"")


def test_a_line_that_is_not_there_is_told() -> None:
    wire = AmqpWire("amqp://guest:secret@127.0.0.1:1", state="TH")
    with pytest.raises(WireError, match=r"127\.0\.0\.1:1") as caught:
        wire.open()
    assert "secret" not in str(caught.value)
    with pytest.raises(WireError, match="not open"):
        wire.take(within=0)
    wire.close()


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aio_pika", None)
    with pytest.raises(WireError, match=r"single-window-broker\[rabbitmq\]"):
        AmqpWire("amqp://127.0.0.1:1", state="TH").open()
