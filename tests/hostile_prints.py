"""Signed codes that nobody may believe, for both verifiers: the command's and the page's.

All but a few are signed by a listed issuing seal, as an issuing authority that has gone wrong might
sign: so each reaches the check that it is made for, and no signature stands before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import cbor2

from swb_schemas.catalogue import Purpose
from swb_schemas.parties import PartyId
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.base45 import decode_base45, encode_base45
from swb_schemas.wire.print_code import PREFIXES, name_key
from tests.certificates import make_certificate
from tests.printing import trust, write_codes
from tests.vectors.world import (
    AT,
    BEGIN,
    END,
    HOLDERS,
    SEALED_AT,
    VN_ISSUING,
    bundle,
    entry_of,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from swb_schemas.wire import TrustBundle

__all__ = ["HOSTILE", "OTHER_SPELLINGS", "Hostile", "alter", "close_code", "open_code", "sign"]


@dataclass(frozen=True, slots=True)
class Hostile:
    """Codes that are read together at `AT`, and the error code that refuses them."""

    texts: Sequence[str]
    code: str
    trust: TrustBundle


def open_code(text: str) -> list[Any]:
    """Take a code apart as another program would: the four parts of a COSE_Sign1."""
    tagged = cbor2.loads(decode_base45(text.partition(":")[2]))
    assert tagged.tag == 18
    parts: list[Any] = tagged.value
    return parts


def close_code(parts: list[Any], *, canonical: bool = True, version: int = 1) -> str:
    """Put one together again."""
    return PREFIXES[version - 1] + encode_base45(
        cbor2.dumps(cbor2.CBORTag(18, parts), canonical=canonical)
    )


def sign(
    payload: bytes,
    *,
    protected: bytes | None = None,
    by: Any = HOLDERS[0],  # noqa: ANN401 - a holder
    version: int = 1,
) -> str:
    """Sign whatever is given as an issuing authority that has gone wrong might."""
    headers = cbor2.dumps({1: -7, 4: name_key(by.der)}) if protected is None else protected
    context = f"urn:swb:print-code:{version}".encode()
    signed = cbor2.dumps(["Signature1", headers, context, payload])
    return close_code([headers, {}, payload, by.sign(signed)], version=version)


@cache
def _sheets() -> Sequence[Mapping[int, Any]]:
    """The fields of two sheets with an item on each, issued on the day on which they are judged."""
    certificate = make_certificate(items=2, certification__date=AT.date().isoformat())
    codes = write_codes(certificate, [(0,), (1,)])
    return [cbor2.loads(open_code(each)[2]) for each in codes]


def alter(
    changes: Mapping[int, object],
    *,
    sheet: int = 0,
    by: Any = HOLDERS[0],  # noqa: ANN401 - a holder
    version: int = 1,
) -> str:
    """Sign the code of a sheet with other fields than it has."""
    payload = cbor2.dumps({**_sheets()[sheet], **changes}, canonical=True)
    return sign(payload, by=by, version=version)


def _weigh(*, quantity: tuple[str | None, str | None] = (None, None), version: int = 2) -> str:
    """Sign the code of a sheet whose item has a weight."""
    item = [1, "63053310", *quantity, "CTSH + 35%", "5100", "KGM"]
    return alter({15: [item]}, version=version)


OTHER_SPELLINGS: Final[Mapping[str, Callable[[list[Any]], list[Any]]]] = {
    "unprotected header": lambda parts: [parts[0], {4: b"12345678"}, *parts[2:]],
    "short signature": lambda parts: [*parts[:3], parts[3][:-1]],
    "five parts": lambda parts: [*parts, b""],
    "more headers": lambda parts: [cbor2.dumps({1: -7, 4: b"12345678", 5: b""}), *parts[1:]],
}


def _refuse(code: str, *texts: str, known: TrustBundle | None = None) -> Hostile:
    return Hostile(texts, code, known or trust())


def _turn_headers() -> str:
    protected = cbor2.dumps({4: name_key(HOLDERS[0].der), 1: -7})
    return sign(cbor2.dumps(_sheets()[0], canonical=True), protected=protected)


def _turn_fields() -> str:
    return sign(cbor2.dumps(dict(reversed(list(_sheets()[0].items())))))


def _list_seal(start: datetime, end: datetime) -> TrustBundle:
    entries = (entry_of(HOLDERS[0], start=start, end=end), *map(entry_of, HOLDERS[1:]))
    return parse_trust_bundle(bundle(list_form("TH", entries)))


def _sign_by_another_role() -> Hostile:
    """A party that is no issuing authority, though its name begins like one."""
    desk = holder(PartyId("TH", "issuing-desk"), Purpose.ISSUING_SEAL)
    known = parse_trust_bundle(bundle(list_form("TH", tuple(map(entry_of, (*HOLDERS, desk))))))
    text = alter({4: "TH:issuing-desk"}, by=desk)
    return _refuse("print_code.disagrees", text, known=known)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


_VN: Final = holder(VN_ISSUING, Purpose.ISSUING_SEAL)
_FORM: Final = "print_code.malformed"
_MIXED: Final = "print_code.mixed"
_EARLY: Final = "print_code.not_yet_valid"

HOSTILE: Final[Mapping[str, Callable[[], Hostile]]] = {
    "P1 too large": lambda: _refuse(_FORM, alter({11: ["TH", "x" * 800]})),
    "P1 headers in another order": lambda: _refuse(_FORM, _turn_headers()),
    "P2 transport key": lambda: _refuse("certificate.unlisted", alter({}, by=HOLDERS[2])),
    "P3 signature of other fields": lambda: _refuse(
        "signature.value",
        close_code([*open_code(alter({}))[:3], open_code(alter({14: 3}))[3]]),
    ),
    "P3 another version of what was signed": lambda: _refuse(
        "signature.value", close_code(open_code(alter({})), version=2)
    ),
    "P4 weight in version 1": lambda: _refuse(_FORM, _weigh(version=1)),
    "P4 weight beside a quantity": lambda: _refuse(_FORM, _weigh(quantity=("1", "KGM"))),
    "P4 version 2 without a weight": lambda: _refuse(_FORM, alter({}, version=2)),
    "P4 weight without its unit": lambda: _refuse(
        _FORM, alter({15: [[1, "63053310", None, None, "WO", "5100", None]]}, version=2)
    ),
    "P4 fields in another order": lambda: _refuse(_FORM, _turn_fields()),
    "P4 unknown field": lambda: _refuse(_FORM, alter({18: 1})),
    "P4 day as text": lambda: _refuse(_FORM, alter({7: "2026-11-02"})),
    "P4 environment as text": lambda: _refuse(_FORM, alter({5: "0"})),
    "P4 copy as text": lambda: _refuse(_FORM, alter({6: "0"})),
    "P4 copy of a name that lists have": lambda: _refuse(_FORM, alter({6: "length"})),
    "P4 field numbered by text": lambda: _refuse(_FORM, alter(cast("Any", {"5": 0}))),
    "P4 state in a list": lambda: _refuse(_FORM, alter({3: [["TH"], "BKK", "D1"]})),
    "P4 office in a list": lambda: _refuse(_FORM, alter({3: ["TH", ["BKK"], "D1"]})),
    "P4 number in a list": lambda: _refuse(_FORM, alter({3: ["TH", "BKK", ["D1"]]})),
    "P4 party of a country in a list": lambda: _refuse(_FORM, alter({11: [["TH"], "Name"]})),
    "P4 pages as octets": lambda: _refuse(_FORM, alter({13: bytes([1, 2])})),
    "P4 page 0": lambda: _refuse(_FORM, alter({13: [0, 1]})),
    "P4 page 3 of 2": lambda: _refuse(_FORM, alter({13: [3, 2]})),
    "P4 short item": lambda: _refuse(_FORM, alter({15: [[1, "63", None, None]]})),
    "P4 more items than in all": lambda: _refuse(
        _FORM, alter({14: 1, 15: [*_sheets()[0][15], *_sheets()[1][15]]})
    ),
    "P5 production": lambda: _refuse("environment.wrong", alter({5: 2})),
    "P6 another party's seal": lambda: _refuse("certificate.unlisted", alter({}, by=_VN)),
    "P6 expired when it signed": lambda: _refuse(
        "certificate.expired", alter({}), known=_list_seal(BEGIN, SEALED_AT)
    ),
    "P6 not valid when it signed": lambda: _refuse(
        "certificate.not_yet_valid", alter({}), known=_list_seal(AT + timedelta(seconds=1), END)
    ),
    "P7 another state": lambda: _refuse("print_code.disagrees", alter({4: "VN:issuing"}, by=_VN)),
    "P7 another role": _sign_by_another_role,
    "P8 future": lambda: _refuse(_EARLY, alter({9: _seconds(AT + timedelta(minutes=6))})),
    "P8 before its document": lambda: _refuse(_EARLY, alter({8: _seconds(AT) + 1})),
    "J1 another document": lambda: _refuse(_MIXED, alter({}), alter({1: bytes(16)}, sheet=1)),
    "J1 another digest": lambda: _refuse(_MIXED, alter({}), alter({2: bytes(32)}, sheet=1)),
    "J1 another number of pages": lambda: _refuse(_MIXED, alter({}), alter({13: [2, 3]}, sheet=1)),
    "J2 one page twice, with other items": lambda: _refuse(
        _MIXED, alter({}), alter({15: _sheets()[1][15]})
    ),
    "J3 one item on two pages": lambda: _refuse(
        _MIXED, alter({14: 4}), alter({14: 4, 15: _sheets()[0][15]}, sheet=1)
    ),
    "J3 one item twice on a page": lambda: _refuse(_MIXED, alter({15: _sheets()[0][15] * 2})),
    "J3 too few items": lambda: _refuse(_MIXED, alter({14: 3}), alter({14: 3}, sheet=1)),
    "J3 too many items": lambda: _refuse(_MIXED, alter({14: 1}), alter({14: 1}, sheet=1)),
}
"""By the step that refuses: P1 to P8 of one code, J1 to J3 of several together."""
