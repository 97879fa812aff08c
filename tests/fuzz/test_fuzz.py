"""The corpus, what is hostile in any syntax, and a few of `make fuzz`'s payloads, in every run."""

from __future__ import annotations

import pytest

from tests.fuzz.changing import Changer
from tests.fuzz.corpus import (
    find_adapter,
    list_hostile,
    list_kept,
    list_names,
    list_samples,
)
from tests.fuzz.judging import Judge

EACH = pytest.mark.parametrize("name", list_names())
FEW = 150


@EACH
def test_what_once_showed_a_fault_shows_none(name: str) -> None:
    for path in list_kept(name):
        assert Judge(find_adapter(name)).try_payload(path.read_bytes()) == (), path


@EACH
def test_what_is_hostile_in_any_syntax_is_refused(name: str) -> None:
    judge = Judge(find_adapter(name))
    for raw in list_hostile(name):
        assert judge.try_payload(raw) == (), raw[:200]
    assert judge.refused


@EACH
def test_changed_samples_are_read_and_carried_or_refused(name: str) -> None:
    judge, changer = Judge(find_adapter(name)), Changer(list_samples(name))
    for seed in range(FEW):
        assert judge.try_payload(changer.make(seed)) == (), seed
    assert judge.read
    assert judge.refused


def test_the_same_seed_makes_the_same_payload() -> None:
    first, second = (Changer(list_samples("thailand")) for _ in range(2))
    assert [first.make(seed) for seed in range(20)] == [second.make(seed) for seed in range(20)]
    assert len({first.make(seed) for seed in range(20)}) > 15
