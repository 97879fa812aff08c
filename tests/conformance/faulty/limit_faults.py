"""Faults of a target that draws its limits elsewhere: of sizes, clocks, keys, days and forms."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.reference import checking, making, verifying
from swb_schemas.errors import RefusedError
from swb_schemas.wire import verification
from tests.conformance.faulty.fault import (
    Answering,
    Fault,
    answering_with,
    replace,
    silence,
    take,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FAULTS"]

_SIZES: Final = ("message/sizes/*",)
_CLOCKS: Final = ("message/drawn/*clock*", "message/drawn/*future*", "message/drawn/*expired*")


def _refuse_above(check: str, limit: int, code: str) -> Callable[[Answering], Answering]:
    def switch_on(answer: Answering) -> Answering:
        def refuse(found: Any) -> None:
            count = (
                found if isinstance(found, int) else sum(1 for _ in found.iterchildren("{*}Item"))
            )
            if count > limit:
                raise RefusedError(code, "too much")

        replace(verification, check, refuse)
        return answer

    return switch_on


def _allow_clocks(skew: timedelta) -> Callable[[Answering], Answering]:
    def switch_on(answer: Answering) -> Answering:
        object.__setattr__(verification.DEFAULT_POLICY, "skew", skew)
        return answer

    return switch_on


def _take_keys(which: slice) -> Callable[[Answering], Answering]:
    def switch_on(answer: Answering) -> Answering:
        honest = take(verifying, "read_octets_list")
        replace(verifying, "read_octets_list", lambda *asked: honest(*asked)[which])
        return answer

    return switch_on


class _AnyMoment:
    """Equal to every moment."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # nothing is kept by it


def _leave_moment_aside(answer: Answering) -> Answering:
    replace(making, "read_moment", lambda _: _AnyMoment())
    return answer


def _judge_elsewhere(hours: int) -> Callable[[Answering], Answering]:
    def switch_on(answer: Answering) -> Answering:
        honest = take(checking, "read_moment")
        replace(checking, "read_moment", lambda asked: honest(asked) + timedelta(hours=hours))
        return answer

    return switch_on


def _name_no_clause(_: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    findings = [{**each, "clause": ""} for each in said.get("findings") or ()]
    return {**said, "findings": findings} if "findings" in said else said


def _take_anything(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    if request["place"] == "importer" and said["verdict"] == "refused":
        return {"id": said["id"], "verdict": "accepted", "code": None, "findings": []}
    return said


def _fault(name: str, text: str, requirements: str, switch_on: Any, **more: Any) -> Fault:
    profile = {"MSG": "message", "RUL": "rules"}[requirements[:3]]
    return Fault(
        name=name,
        text=text,
        profile=profile,
        requirements=tuple(requirements.split()),
        switch_on=switch_on,
        **more,
    )


FAULTS: Final = (
    _fault(
        "message-of-any-size",
        "reads messages of any size",
        "MSG-046",
        silence((verification, "check_message_size")),
        quick=_SIZES,
    ),
    _fault(
        "small-messages",
        "refuses messages above a megabyte",
        "MSG-046",
        _refuse_above("check_message_size", 1_000_000, "document.too_large"),
        quick=_SIZES,
        is_broad=True,
    ),
    _fault(
        "document-of-any-size",
        "reads sealed documents of any size",
        "MSG-047",
        silence((verification, "check_sealed_size")),
        quick=_SIZES,
    ),
    _fault(
        "any-number-of-items",
        "reads any number of items",
        "MSG-048",
        silence((verification, "check_tree_items")),
        quick=_SIZES,
    ),
    _fault(
        "a-thousand-items",
        "refuses more than a thousand items",
        "MSG-048",
        _refuse_above("check_tree_items", 1_000, "document.too_many_items"),
        quick=_SIZES,
    ),
    _fault(
        "six-minutes",
        "allows six minutes between clocks",
        "MSG-014 MSG-027",
        _allow_clocks(timedelta(minutes=6)),
        quick=_CLOCKS,
    ),
    _fault(
        "no-minutes",
        "allows nothing between clocks",
        "MSG-014 MSG-027",
        _allow_clocks(timedelta(0)),
        quick=_CLOCKS,
    ),
    _fault("first-key", "tries the first key alone", "MSG-031", _take_keys(slice(1))),
    _fault("last-key", "tries the last key alone", "MSG-031", _take_keys(slice(-1, None))),
    _fault(
        "seals-at-any-time",
        "seals and signs for another moment",
        "MSG-044 MSG-045",
        _leave_moment_aside,
    ),
    _fault(
        "day-of-bangkok",
        "judges at the day of Bangkok",
        "RUL-020",
        _judge_elsewhere(7),
        is_broad=True,
    ),
    _fault("no-clause", "names no clause", "RUL-091", answering_with(_name_no_clause, "check")),
    _fault(
        "anything-arrives",
        "takes what is no document, where it arrives",
        "RUL-090",
        answering_with(_take_anything, "check"),
    ),
)
