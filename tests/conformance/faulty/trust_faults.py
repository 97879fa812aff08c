"""Faults of a target that believes lists and roots too much."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.wire import jws, root_succession, trust_reading
from tests.conformance.faulty.fault import Answering, Fault, replace, silence, take

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAULTS"]


def _believe_signatures(*modules: Any) -> Callable[[Answering], Answering]:
    """Take the payload of a list or statement as signed by all who could."""

    def switch_on(answer: Answering) -> Answering:
        def verify(members: Any, *, roots: Any, code: str, limit: int) -> jws.Signed:
            payload, _ = jws.read_unverified_jws(members, code=code, limit=limit)
            return jws.Signed(payload=payload, signers=tuple(roots))

        for each in modules:
            replace(each, "verify_jws", verify)
        return answer

    return switch_on


def _ignore_quorum(answer: Answering) -> Answering:
    honest = take(trust_reading, "verify_jws")

    def verify(members: Any, **asked: Any) -> jws.Signed:
        signed: jws.Signed = honest(members, **asked)
        return changed(signed, signers=signed.signers * 16)

    replace(trust_reading, "verify_jws", verify)
    return answer


class _AnyNumber(int):
    """A number that is no other number than any."""

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        return True


def _ignore_gaps(answer: Answering) -> Answering:
    honest = take(root_succession, "parse_root_statement")

    def parse(payload: bytes) -> Any:
        form = honest(payload)
        return form.model_copy(update={"number": _AnyNumber(form.number)})

    replace(root_succession, "parse_root_statement", parse)
    return answer


def _take_members_twice(answer: Answering) -> Answering:
    replace(jws, "_members_once", dict)
    return answer


def _fault(
    name: str, text: str, requirements: str, switch_on: Callable[[Answering], Answering]
) -> Fault:
    return Fault(
        name=name,
        text=text,
        profile="message",
        requirements=tuple(f"MSG-{each}" for each in requirements.split()),
        switch_on=switch_on,
    )


FAULTS: Final = (
    _fault(
        "pins-a-leaf",
        "takes any certificate as a root",
        "001",
        silence((trust_reading, "check_root"), (root_succession, "check_root")),
    ),
    _fault(
        "list-signature",
        "does not check who signed a list",
        "002 004",
        _believe_signatures(trust_reading),
    ),
    _fault(
        "root-signature",
        "does not check who signed a root statement",
        "002",
        _believe_signatures(root_succession),
    ),
    _fault("gap", "follows root statements over a gap", "002 003", _ignore_gaps),
    _fault("twice", "takes a list that says a thing twice", "003", _take_members_twice),
    _fault("quorum", "believes a list that too few roots signed", "004", _ignore_quorum),
)
