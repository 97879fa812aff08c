"""What is drawn for one run of the profile ``message``: parcels that nobody saw before.

A name is that of a kind, whatever the seed; what is put to the target is made when it is asked.
"""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Case, Verdict
from swb_conformance.drawing.arrivals import ARRIVALS
from swb_conformance.drawing.keys import BUNDLE
from swb_conformance.drawing.makings import MAKINGS
from swb_conformance.drawing.sizes import SIZES
from swb_conformance.folders import read_material
from swb_conformance.judging import judge
from swb_conformance.suites.asking import skip
from swb_conformance.suites.making import try_making
from swb_conformance.suites.verifying import try_verification
from swb_conformance.testing import SuiteCase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_conformance.drawing.arrivals import Kind
    from swb_conformance.drawing.makings import MakingKind
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["build_arrival", "list_drawn"]

_TIMES: Final = 2
"""Of each kind."""
_CLAUSE: Final = "docs/reference/wire.md, Verification"


def list_drawn(description: Mapping[str, Any], seed: int) -> Iterator[SuiteCase]:
    """List what is drawn; the same for the same seed.

    Args:
        description: What the target said of itself: it seals no document of a type that it does
            not carry.
        seed: From which it is drawn.
    """
    for name, kind in SIZES.items():
        whole = f"message/sizes/{name}"
        yield SuiteCase(
            name=whole,
            requirements=(kind.requirement,),
            negative=name.startswith("refuses-"),
            try_on=partial(_try_arrival, kind, whole, seed),
        )
    for name, kind in ARRIVALS.items():
        for number in range(1, _TIMES + 1):
            whole = f"message/drawn/{name}-{number}"
            yield SuiteCase(
                name=whole,
                requirements=(kind.requirement,),
                negative=name.startswith("refuses-"),
                try_on=partial(_try_arrival, kind, whole, seed),
            )
    carried = frozenset(
        each["message_type"]
        for each in description.get("messages") or ()
        if isinstance(each, dict) and "message_type" in each
    )
    for name, making in MAKINGS.items():
        for number in range(1, _TIMES + 1):
            whole = f"message/drawn/{name}-{number}"
            yield SuiteCase(
                name=whole,
                requirements=making.requirements,
                negative=bool(making.codes),
                try_on=partial(_try_making, making, whole, seed, carried),
            )


def build_arrival(kind: Kind, name: str, seed: int) -> Case:
    """Draw one arrival, as a vector has it."""
    arrival = kind.draw(Random(f"{seed}/{name}"))  # noqa: S311 - nothing secret
    files = {"input/subject.xml": arrival.subject, BUNDLE: read_material(BUNDLE)}
    files |= {path: read_material(path) for path in arrival.keys}
    case = Case(
        name=name,
        question=kind.question,
        requirements=(kind.requirement,),
        clause=_CLAUSE,
        at=arrival.at,
        receiver=arrival.receiver,
        subject_path="input/subject.xml",
        trust_path=BUNDLE,
        key_paths=arrival.keys,
        verdict=arrival.verdict,
        code=arrival.code,
        files=files,
    )
    if arrival.verdict is Verdict.ACCEPTED:
        produced = judge(case).produced
        files |= {f"expected/{path}": octets for path, octets in produced.items()}
    return case


def _try_arrival(kind: Kind, name: str, seed: int, target: Target) -> Result:
    return try_verification(build_arrival(kind, name, seed), target)


def _try_making(
    kind: MakingKind, name: str, seed: int, carried: frozenset[str], target: Target
) -> Result:
    drawn = Random(f"{seed}/{name}")  # noqa: S311 - nothing secret
    case = kind.draw(name, drawn, carried)
    if case is None:
        return skip("no type that the test keys seal is carried")
    return try_making(case, target)
