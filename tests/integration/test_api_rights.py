"""Who may what: every operation as every role, of one's own state and of another, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb.core.access import AccessRole
from tests.integration.api_rights import list_operations
from tests.integration.api_world import serve_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.integration.api_rights import Operation
    from tests.integration.api_world import ApiWorld


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with serve_region(tmp_path_factory.mktemp("api")) as made:
        yield made


def ask(client: httpx.Client, operation: Operation) -> tuple[int, str]:
    """Send the operation's request; returns status and code of the answer."""
    json = {"json": operation.body} if operation.body is not None else {}
    with client.stream(operation.method, operation.path, params=operation.query, **json) as answer:
        if answer.headers.get("Content-Type") == "application/problem+json":
            answer.read()
            return answer.status_code, answer.json()["code"]
        return answer.status_code, ""


_WINDOW, _SUBSCRIBER = AccessRole.SINGLE_WINDOW, AccessRole.SUBSCRIBER
_OPERATOR, _REGULATOR = AccessRole.OPERATOR, AccessRole.REGULATOR
_EVERYBODY: Final = frozenset(AccessRole)
_OF_THE_STATE: Final = _EVERYBODY - {_SUBSCRIBER}
MAY: Final[dict[str, frozenset[AccessRole]]] = {
    "submit": frozenset({_OPERATOR, _WINDOW}),
    "findDocument": _OF_THE_STATE,
    "followDocument": _OF_THE_STATE,
    "readDocument": frozenset({_OPERATOR, _REGULATOR, _WINDOW}),
    "exportEvidence": frozenset({_OPERATOR, _REGULATOR, _WINDOW}),
    "listInbox": frozenset({_WINDOW}),
    "takeDeliveries": frozenset({_WINDOW}),
    "acknowledgeDelivery": frozenset({_WINDOW}),
    "returnDelivery": frozenset({_WINDOW}),
    "listReferences": frozenset({_SUBSCRIBER}),
    "streamReferences": frozenset({_SUBSCRIBER}),
    "entitle": frozenset({_OPERATOR, _WINDOW}),
    "endEntitlement": frozenset({_OPERATOR, _WINDOW}),
    "getPrincipal": _EVERYBODY,
    "listDocumentTypes": _EVERYBODY,
    "listAdapters": _OF_THE_STATE,
    "getHealth": _OF_THE_STATE,
    "signOut": _EVERYBODY,
}
"""Who may what at their own state's gateway, written by hand: neither the description nor the table
of roles that the gateway asks is asked here. What is not in it is anybody's."""
ANYBODY_S: Final = {"explainProblem", "describeApi", "signIn"}


def expected(operation: Operation, role: AccessRole | None, *, is_own: bool) -> str:
    """The code with which the guard refuses; empty where it lets pass."""
    if operation.operation_id in ANYBODY_S:
        return ""
    if role is None:
        return "access.unauthenticated"
    if not is_own:
        return "access.foreign_state"
    return "" if role in MAY[operation.operation_id] else "access.denied"


# Signing out ends the tokens that the others need, so it comes last.
OPERATIONS: Final = sorted(list_operations(), key=lambda each: each.operation_id == "signOut")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.operation_id)
def test_every_role_may_what_the_table_says_and_nothing_else(
    world: ApiWorld, operation: Operation
) -> None:
    wrong = []
    is_public = operation.operation_id in ANYBODY_S
    roles = (None, AccessRole.SUBSCRIBER) if is_public else (None, *AccessRole)
    for role in roles:
        for is_own in (True, False):
            with world.client("VN", role, of="VN" if is_own else "TH") as client:
                status, code = ask(client, operation)
            meant = expected(operation, role, is_own=is_own)
            told = code if status in {401, 403} and code.startswith("access.") else ""
            if operation.operation_id == "signIn":
                told = ""
            if told != meant:
                wrong.append((role, is_own, status, code, meant))
    assert wrong == []
