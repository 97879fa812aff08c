"""The drill tells what happened: with a check out of the way, it says that nobody noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb.cli.drill import describe_drill
from swb.cli.outcome import Status
from swb.clock import SystemClock
from swb.sandbox import drill, drill_stage
from swb.sandbox.drill import Outcome, run_drill
from swb.sandbox.region import lay_out_region
from swb.services import answers, witnessing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

TAKEN_OUT: Final = {
    "reads what it carries": "bodies are protected",
    "receipts another content": "a receipt is for the digest that was sent",
    "shows an older log": "a witness holds the log to what it cosigned",
    "forks the log": "a witness holds the log to what it cosigned",
}
LEFT_IN: Final = {"writes another receiver", "delivers to another member"}


async def test_an_attack_that_no_check_meets_goes_unnoticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which check each of them needs is in `TAKEN_OUT`; the others are met as ever."""

    def find_by_id_alone(judged: Any, kept: Mapping[str, object], _: object) -> object:  # noqa: ANN401 - as the drill calls it
        return kept[judged.message_id]

    async def hold_to_nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(answers, "_own_message", find_by_id_alone)
    monkeypatch.setattr(witnessing.WitnessService, "_check_same", hold_to_nothing)
    monkeypatch.setattr(drill_stage, "PATIENCE", 3.0)
    region = await lay_out_region(
        tmp_path / "region",
        at=SystemClock().now(),
        answers=False,
        protect=False,
        limits={"poll_seconds": 0.05},
    )
    outcomes = await run_drill(region, only={*TAKEN_OUT, *LEFT_IN})
    assert {each.attack for each in outcomes if not each.noticed} == set(TAKEN_OUT)
    assert {each.attack for each in outcomes if each.noticed} == LEFT_IN


def test_what_nobody_noticed_fails_the_command() -> None:
    noticed = Outcome(attack="delays", noticed_by="gateway TH", code="RELAYED", proof="waited")
    answer = describe_drill([noticed, Outcome(attack="reads")], seconds=1.0, keep=None)
    assert answer.failure is not None
    assert (answer.failure.code, answer.failure.status) == ("drill.unnoticed", Status.REFUSED)
    assert "UNNOTICED" in answer.text
    assert (answer.value["mounted"], answer.value["noticed"]) == (2, 1)
    assert describe_drill([noticed], seconds=1.0, keep=None).failure is None


def test_every_attack_of_the_drill_has_a_name_of_its_own() -> None:
    assert len(drill.ATTACKS) == len(set(drill.ATTACKS.values())) == 12
