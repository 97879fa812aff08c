"""Every attack of the catalogue is mounted, and meets what its story says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.attacks.catalogue import ATTACKS
from tests.attacks.story import Field, Side

if TYPE_CHECKING:
    from pathlib import Path

    from tests.attacks.story import Attack

FEWEST: Final = 60


@pytest.mark.parametrize("attack", ATTACKS, ids=[each.name for each in ATTACKS])
def test_is_noticed(attack: Attack, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    field = Field(tmp_path, lambda: request.getfixturevalue("rabbitmq_node"))
    assert attack.run(field) == attack.expected


def test_every_attack_has_a_name_of_its_own() -> None:
    assert len({each.name for each in ATTACKS}) == len(ATTACKS) >= FEWEST


def test_attackers_stand_on_every_side() -> None:
    assert {each.by for each in ATTACKS} == set(Side)


def test_every_story_says_what_is_done_and_what_for() -> None:
    for each in ATTACKS:
        assert each.story.endswith("."), each.name
        assert each.gain.endswith("."), each.name
        assert each.expected, each.name
