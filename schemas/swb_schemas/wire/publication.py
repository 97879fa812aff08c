"""What a state publishes: its list, and the root statements that lead to it, in one file.

A reader takes both together: a list counts under the root statement that it was made under, so
one without the other could not be judged. A list alone, as JWS, is a publication too, of a state
whose roots were not replaced since they were pinned.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, ValidationError

from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.jws import parse_json
from swb_schemas.wire.root_succession import extend_root_chain
from swb_schemas.wire.trust_list import MAXIMAL_CHAIN, TrustForm
from swb_schemas.wire.trust_reading import verify_trust_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "PUBLICATION_FORMAT",
    "PUBLICATION_LIMIT",
    "PublicationForm",
    "encode_publication",
    "parse_publication",
    "take_publication",
]

PUBLICATION_FORMAT: Final = "urn:swb:trust-publication:1"
PUBLICATION_LIMIT: Final = 20_000_000
"""Octets."""


class PublicationForm(TrustForm):
    """A publication, as it is written.

    Attributes:
        format: Names the major version.
        root_statements: In order, JWS General JSON Serialization; those before the reader's are
            passed over.
        list: The list, JWS General JSON Serialization.
    """

    format: Literal["urn:swb:trust-publication:1"] = "urn:swb:trust-publication:1"
    root_statements: Annotated[tuple[dict[str, object], ...], Field(max_length=MAXIMAL_CHAIN)] = ()
    list: dict[str, object]


def parse_publication(raw: bytes) -> PublicationForm:
    """Read a publication, or a list alone. Nothing of it is verified.

    Raises:
        RefusedError: ``trust.malformed``.
    """
    members = parse_json(raw, code="trust.malformed", limit=PUBLICATION_LIMIT)
    if isinstance(members, dict) and set(members) == {"payload", "signatures"}:
        return PublicationForm(list=members)
    try:
        return PublicationForm.model_validate(members)
    except ValidationError as cause:
        message = "expected a publication with a list, and root statements where there are any"
        raise RefusedError("trust.malformed", message) from cause


def encode_publication(trust_list: bytes, root_statements: Sequence[bytes] = ()) -> bytes:
    """Write a publication of JWS octets."""
    members = {
        "format": PUBLICATION_FORMAT,
        "rootStatements": [json.loads(each) for each in root_statements],
        "list": json.loads(trust_list),
    }
    return json.dumps(members, separators=(",", ":")).encode()


def take_publication(bundle: TrustBundle, state: str, raw: bytes) -> TrustBundle:
    """Put what a state publishes into the place of what a bundle has of it.

    Whether it may follow is asked of the result (`trust_succession`).

    Raises:
        RefusedError: ``trust.root``: the state is not pinned; ``trust.malformed``, and what
            `extend_root_chain` and `verify_trust_list` raise.
    """
    form = parse_publication(raw)
    roots = bundle.root_sets.get(state)
    if roots is None:
        message = f"expected a list of a state whose roots are pinned, found one of {state}"
        raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
    roots = extend_root_chain(
        roots, form.root_statements, state=state, environment=bundle.environment
    )
    found = verify_trust_list(
        json.dumps(form.list).encode(), state=state, environment=bundle.environment, roots=roots
    )
    lists = {**bundle.lists, state: found}
    said = [each.compromised for each in lists.values()]
    return replace(
        bundle,
        roots={**bundle.roots, state: roots.roots},
        root_sets={**bundle.root_sets, state: roots},
        lists=lists,
        statuses={},
    ).with_statuses({name: status for each in said for name, status in each.items()})
