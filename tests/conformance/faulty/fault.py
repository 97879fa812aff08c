"""What a fault is: one thing that our own target does wrong, and what it breaks by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Answering", "Fault", "answering_with", "nothing", "replace", "silence", "take"]

Answering = Callable[[bytes], bytes]
"""Takes the line of a request, and makes what is written in return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, which can be switched on by its name.

    Attributes:
        name: As it is switched on.
        text: What the target does wrong.
        profile: By whose cases it is tried.
        requirements: Those that it breaks: for each of them a case has to fail.
        switch_on: Puts the fault into this process, for good: changes our code where it stands, or
            wraps the answers.
        quick: Patterns of the names of cases that suffice to notice it; empty is all that name one
            of the requirements.
        is_broad: Whether cases about other requirements fail with it, too: it touches all answers.
    """

    name: str
    text: str
    profile: str
    requirements: tuple[str, ...]
    switch_on: Callable[[Answering], Answering]
    quick: tuple[str, ...] = ()
    is_broad: bool = False


def nothing(*_: object, **__: object) -> None:
    """Check nothing."""


def silence(*places: tuple[object, str]) -> Callable[[Answering], Answering]:
    """Make checks that let everything pass.

    Args:
        places: Module or class, and the name of a check in it.
    """

    def switch_on(answer: Answering) -> Answering:
        for owner, name in places:
            replace(owner, name, nothing)
        return answer

    return switch_on


def take(owner: object, name: str) -> Any:
    """Take a function that is to be replaced."""
    return getattr(owner, name)


def replace(owner: object, name: str, by: object) -> None:
    """Put something in the place of a function that must be there."""
    if not hasattr(owner, name):
        msg = f"expected {name} to be there: the fault has lost its place"
        raise AttributeError(msg)
    setattr(owner, name, by)


def answering_with(
    change: Callable[[Mapping[str, Any], dict[str, Any]], dict[str, Any]], *verbs: str
) -> Callable[[Answering], Answering]:
    """Make answers to some verbs other ones.

    Args:
        change: Takes request and answer, and makes the other answer.
        verbs: Which.
    """

    def switch_on(answer: Answering) -> Answering:
        def answer_wrongly(line: bytes) -> bytes:
            request, said = json.loads(line), json.loads(answer(line))
            if request.get("verb") in verbs:
                said = change(request, said)
            return json.dumps(said).encode() + b"\n"

        return answer_wrongly

    return switch_on
