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


def expected(operation: Operation, role: AccessRole | None, *, is_own: bool) -> str:
    """The code with which the guard refuses; empty where it lets pass."""
    if operation.right is None:
        return ""
    if role is None:
        return "access.unauthenticated"
    if not is_own:
        return "access.foreign_state"
    return "" if operation.allows(role) else "access.denied"


# Signing out ends the tokens that the others need, so it comes last.
OPERATIONS: Final = sorted(list_operations(), key=lambda each: each.operation_id == "signOut")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.operation_id)
def test_every_role_may_what_the_table_says_and_nothing_else(
    world: ApiWorld, operation: Operation
) -> None:
    wrong = []
    roles = (None, *AccessRole) if operation.right else (None, AccessRole.SUBSCRIBER)
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
