"""The one error root and its three families."""

from __future__ import annotations

from typing import Any, Final

import pytest

from swb_schemas.error_codes import Family, find_error_code
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError, UndeterminedError
from swb_schemas.findings import Finding, Severity

FAMILIES: Final = {
    "refused": (RefusedError, True, Actor.SENDER),
    "undetermined": (UndeterminedError, False, Actor.OPERATOR),
    "unavailable": (UnavailableError, False, Actor.OPERATOR),
}


@pytest.mark.parametrize(("error", "final", "actor"), FAMILIES.values(), ids=FAMILIES)
def test_a_family_says_whether_trying_again_helps_and_who_acts(
    error: Any,  # noqa: ANN401 - one of the three
    final: bool,
    actor: Actor,
) -> None:
    finding = Finding(code="xml.schema", severity=Severity.REFUSE, path="A", message="m")
    raised = error("a.b", "expected x, found y", findings=[finding])
    assert isinstance(raised, SwbError)
    assert raised.final is final
    assert raised.actor is actor
    assert str(raised) == "a.b: expected x, found y"
    assert raised.findings == (finding,)
    assert error("a.b", "m", actor=Actor.DEVELOPER).actor is Actor.DEVELOPER


def test_finds_what_a_code_means() -> None:
    known = find_error_code("trust.list_expired")
    assert known is not None
    assert known.family is Family.UNDETERMINED
    assert known.actor is Actor.OPERATOR
    assert find_error_code("no.such_code") is None
