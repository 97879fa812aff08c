"""Guessing passwords: who waits for it, who is slowed down, and who is kept out by nobody."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from swb.services.guessing import Guesses
from swb_schemas.errors import UnavailableError

PROXY = "192.0.2.1"


@dataclass
class Door:
    """A door with a clock that only tests turn."""

    at: float = 0
    guesses: Guesses = field(init=False)

    def __post_init__(self) -> None:
        self.guesses = Guesses(ticks=lambda: self.at)

    def lets(self, name: str, address: str = PROXY) -> bool:
        """Whether an attempt is let through at once."""
        try:
            return self.guesses.ask(name, address) == 0
        except UnavailableError as error:
            return error.retry_after is None

    def lets_by(self, name: str, device: str) -> bool:
        """Whether an attempt by a browser is let through at once."""
        try:
            return self.guesses.ask(name, PROXY, device) == 0
        except UnavailableError:
            return False

    def enter(self, name: str, address: str = PROXY) -> None:
        """Be right."""
        self.guesses.ask(name, address)
        self.guesses.forgive(name, address)


@pytest.fixture
def door() -> Door:
    return Door()


def test_ten_wrong_passwords_for_one_name_from_one_address_make_that_pair_wait_alone(
    door: Door,
) -> None:
    assert [door.lets("anna") for _ in range(11)] == [True] * 10 + [False]
    assert door.lets("boun")
    assert door.lets("anna", "192.0.2.2")
    door.at += 30
    assert [door.lets("anna") for _ in range(2)] == [True, False]


def test_whoever_is_right_takes_no_place_of_those_behind_the_same_proxy(door: Door) -> None:
    for number in range(200):
        door.enter("anna")
        door.enter(f"officer-{number}")
    assert all(door.lets("boun") for _ in range(10))


def test_wrong_passwords_of_one_behind_a_proxy_slow_the_others_down_and_keep_none_out(
    door: Door,
) -> None:
    door.enter("anna")
    assert [door.lets(f"name-{number}") for number in range(30)] == [True] * 30
    assert door.guesses.ask("boun", PROXY) == pytest.approx(1)
    assert door.guesses.ask("chai", PROXY) == pytest.approx(2)
    assert door.lets("anna"), "who signed in here before is not even slowed down"
    door.at += 3
    assert door.lets("boun")


def test_an_address_is_never_let_through_faster_than_once_a_second(door: Door) -> None:
    rests = [door.guesses.ask(f"name-{number}", PROXY) for number in range(40)]
    assert rests == pytest.approx([0] * 30 + list(range(1, 11)))
    with pytest.raises(UnavailableError) as caught:
        door.guesses.ask("anna", PROXY)
    assert caught.value.code == "access.too_many_attempts"
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == pytest.approx(11)
    assert door.lets("anna", "192.0.2.2")


def test_an_address_that_has_to_wait_takes_no_place_of_a_name(door: Door) -> None:
    for number in range(40):
        door.guesses.ask(f"name-{number}", PROXY)
    for _ in range(50):
        assert not door.lets("anna")
    assert [door.lets("anna", "192.0.2.2") for _ in range(10)] == [True] * 10


def test_a_name_waits_whatever_addresses_it_is_guessed_from_but_where_its_person_was_before(
    door: Door,
) -> None:
    door.enter("anna", "192.0.2.77")
    told = [door.lets("anna", f"198.51.100.{number // 10}") for number in range(110)]
    assert told == [True] * 100 + [False] * 10
    assert door.lets("anna", "192.0.2.77")
    assert door.lets("boun", "198.51.100.1")


def test_a_browser_of_before_waits_for_nobody_who_guesses_at_the_same_address(door: Door) -> None:
    door.guesses.ask("anna", PROXY, "planted")
    door.guesses.forgive("anna", PROXY, device="planted", next_device="first")
    for _ in range(200):
        door.lets("anna")
        door.lets_by("anna", "planted")
        door.lets_by("anna", "")
        door.lets_by("boun", "first")
    assert not door.lets("anna"), "by its address alone it would wait"
    assert not door.lets_by("boun", "first"), "it is known for one name"
    for number in range(50):
        assert door.lets_by("anna", "first" if number == 0 else f"next {number - 1}")
        door.guesses.forgive(
            "anna",
            PROXY,
            device="first" if number == 0 else f"next {number - 1}",
            next_device=f"next {number}",
        )
    assert not door.lets_by("anna", "first"), "each holds until the next one"
    assert [door.lets_by("anna", "next 49") for _ in range(11)] == [True] * 10 + [False]


def test_it_remembers_only_so_many(door: Door) -> None:
    for number in range(12_000):
        door.enter(f"n{number}", f"address {number}")
    assert len(door.guesses._known) == 10_000  # noqa: SLF001 - its bound
