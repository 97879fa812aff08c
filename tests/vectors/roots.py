"""Root statements of Thailand in the world of the vectors: three roots, of which two sign."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.root_succession import (
    FormerRootEntry,
    RootStatementForm,
    encode_root_statement,
)
from swb_schemas.wire.trust_list import encode_bundle, encode_trust_list
from tests.vectors.world import BEGIN, END, authority, list_form, next_authority, second_authority

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.softkey import Authority
    from swb_schemas.wire.trust_list import TrustListForm

FIRST: Final = (authority("TH"), second_authority(), next_authority(3))
"""The pinned ones."""
SECOND: Final = (second_authority(), next_authority(3), next_authority(4))
"""The first of them was replaced."""
QUORUM: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A root statement, signed.

    Attributes:
        form: What it says.
        octets: JWS.
    """

    form: RootStatementForm
    octets: bytes


def der_of(root: Authority) -> bytes:
    return x509.load_pem_x509_certificate(root.root_pem).public_bytes(Encoding.DER)


def sign_payload(payload: bytes, signers: Sequence[Authority]) -> bytes:
    """Sign a JWS payload with several roots."""
    return assemble_jws(payload, {each.thumbprint: each.sign(payload) for each in signers})


def state_roots(
    roots: Sequence[Authority] = SECOND,
    *,
    signed_by: Sequence[Authority] = SECOND[:2],
    former: Sequence[tuple[Authority, datetime]] = ((FIRST[0], END),),
    **changes: object,
) -> Statement:
    """Make a root statement; the second of Thailand, signed by the two roots that stay."""
    values: dict[str, object] = {
        "state": "TH",
        "environment": "test",
        "number": 2,
        "issued": BEGIN,
        "expires": END,
        "quorum": QUORUM,
        "roots": tuple(base64.b64encode(der_of(each)).decode() for each in roots),
        "former": tuple(
            FormerRootEntry(root=each.thumbprint, until=until) for each, until in former
        ),
    }
    form = RootStatementForm.model_validate(values | changes)
    return Statement(form=form, octets=sign_payload(encode_root_statement(form), signed_by))


def bundle_of_chain(
    *statements: Statement,
    form: TrustListForm | None = None,
    signed_by: Sequence[Authority] = SECOND[:2],
    pinned: Sequence[Authority] = FIRST,
    quorum: int = QUORUM,
    region: TrustListForm | None = None,
) -> bytes:
    """Make the standard bundle, in which Thailand pins several roots and has a chain."""
    last = statements[-1].form.number if statements else 1
    payload = encode_trust_list(form or list_form("TH", root_number=last))
    roots = {state: [authority(state).root_pem.decode()] for state in ("TH", "VN", "REGION")}
    roots["TH"] = [each.root_pem.decode() for each in pinned]
    lists = {
        "TH": sign_payload(payload, signed_by),
        "VN": authority("VN").sign_list(list_form("VN")),
        "REGION": authority("REGION").sign_list(region or list_form("REGION")),
    }
    chain = [each.octets for each in statements]
    return encode_bundle(
        environment="test",
        roots=roots,
        quorums={"TH": quorum},
        lists={state: json.dumps(json.loads(jws)).encode() for state, jws in lists.items()},
        root_statements={"TH": chain} if chain else None,
    )
