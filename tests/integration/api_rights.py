"""Every operation of the API as its description has it: a request for it, and who may send it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from swb.api import build_document
from swb.core.access import RIGHTS, AccessRole, Right
from tests.services import ROOT

__all__ = ["PAGE", "Operation", "build_page", "list_operations"]

PAGE: Final = ROOT / "docs" / "reference" / "api-rights.md"
NOBODY_S: Final = "00000000-0000-7000-8000-000000000000"
_VALUES: Final = {
    "document_id": NOBODY_S,
    "delivery_id": NOBODY_S,
    "code": "api.host",
    "reference": "TH:BKK-01:NONE",
    "subscriber": "nobody",
}
_BODIES: Final[dict[str, Any]] = {
    "takeDeliveries": {"limit": 1, "lease_seconds": 1},
    "acknowledgeDelivery": {"lease_id": "0" * 32},
    "returnDelivery": {"lease_id": "0" * 32, "reason": "none"},
    "entitle": {
        "subscriber": "nobody",
        "reference": "TH:BKK-01:NONE",
        "until": "2030-01-01T00:00:00Z",
    },
    "signIn": {"name": "nobody", "password": "none"},
    "submit": {},
}

HEAD: Final = """\
# Who may use which operation of the HTTP API

This page is made of the API's description (`x-swb-right`) and of the table of roles
(`swb.core.access`); a test sends every request as every role, of the gateway's own state and of
another one. A dot means that the role may. **Whoever belongs to another state than the gateway may
nothing there** (`access.foreign_state`), and whoever shows no token or certificate may only what
stands under *anybody*.

The description itself is `GET /v1/openapi.json`, of any gateway and without a token; `swb openapi`
prints the same.

People use the API by the token of a session (`POST /v1/sessions`), systems by a token or a client
certificate (`swb tokens`).

The description itself (`GET /v1/openapi.json`) is anybody's, and stands in no row: it is the same
at every gateway, and says nothing of any document.
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and a request for it that changes nothing."""

    operation_id: str
    method: str
    template: str
    right: Right | None
    query: dict[str, str]
    body: Any

    @property
    def path(self) -> str:
        return self.template.format(**_VALUES)

    def allows(self, role: AccessRole | None) -> bool:
        """Whether the table lets a role do it."""
        return self.right is None or (role is not None and self.right in RIGHTS[role])


@lru_cache
def list_operations() -> tuple[Operation, ...]:
    """List every operation of the description."""
    return tuple(
        Operation(
            operation_id=operation["operationId"],
            method=method.upper(),
            template=path,
            right=Right(operation["x-swb-right"]) if "x-swb-right" in operation else None,
            query={
                each["name"]: _VALUES[each["name"]]
                for each in operation.get("parameters", [])
                if each["in"] == "query" and each["required"]
            },
            body=_BODIES[operation["operationId"]] if "requestBody" in operation else None,
        )
        for path, operations in build_document()["paths"].items()
        for method, operation in operations.items()
    )


def build_page() -> str:
    """The page as the description and the table say it."""
    roles = list(AccessRole)
    lines = [
        "| operation | right | " + " | ".join(["anybody", *roles]) + " |",
        "|---" * (len(roles) + 3) + "|",
    ]
    for each in list_operations():
        cells = ["•" if each.allows(role) else "" for role in (None, *roles)]
        name = f"`{each.method} {each.template}`"
        lines.append(f"| {name} | {each.right or ''} | {' | '.join(cells)} |")
    rights = [f"| `{right}` | {_explain(right)} |" for right in Right]
    return "\n".join(
        [HEAD, *lines, "", "## Rights", "", "| right | lets one |", "|---|---|", *rights, ""]
    )


def _explain(right: Right) -> str:
    """What stands behind a right in the table of roles."""
    source = (ROOT / "broker" / "swb" / "core" / "access.py").read_text(encoding="utf-8")
    _, _, behind = source.partition(f'{right.name} = "{right}"')
    said = behind.split('"""')[1]
    return f"{said[:1].lower()}{said[1:].rstrip('.')}"
