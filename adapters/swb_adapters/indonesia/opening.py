"""Opening a payload: what it is, and whether it is valid.

Three kinds of payload are known by a member that only they have: ``ska`` (a certificate),
``dataStatus`` and ``dataRespon`` (what customs says of one). A customs declaration has the same
header as a certificate. One for export (BC 3.0) is an extract; every other one is refused by name
before anything else of it is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.indonesia.codes import CERTIFICATE, CONSIGNEE, DECLARATIONS, EXPORTER
from swb_adapters.indonesia.paths import RECEIPT_PATHS, RESPONSE_PATHS, get_certificate_paths
from swb_adapters.indonesia.payload import Certificate, Responses, Statuses
from swb_adapters.indonesia.peb import EXPORT_DECLARATION
from swb_adapters.sdk import check_json, parse_json, refuse, spell_member

if TYPE_CHECKING:
    from swb_adapters.sdk import PathMap

__all__ = ["find_party", "open_payload", "paths_of"]

_SCHEMA: Final = "indonesia-1.schema.json"


def open_payload(raw: bytes) -> Certificate | Statuses | Responses | dict[str, Any]:
    """Take a payload for what it is.

    Returns:
        An export declaration as it was parsed; everything else as its model.

    Raises:
        RefusedError: ``adapter.too_large``, ``adapter.malformed``, ``adapter.unsupported``,
            ``adapter.schema``; ``adapter.value`` where the only faults are values that cannot be
            understood.
    """
    payload = parse_json(raw)
    if not isinstance(payload, dict):
        raise refuse("adapter.malformed", "expected an object", national_path="$")
    if payload.get("kodeDokumen") == EXPORT_DECLARATION:
        return payload
    _require_certificate_or_answer(payload)
    if b"null" in raw:
        _refuse_null(payload, "")
    if "dataStatus" in payload:
        return check_json(Statuses, payload, paths=RECEIPT_PATHS, schema=_SCHEMA)
    if "dataRespon" in payload:
        return check_json(Responses, payload, paths=RESPONSE_PATHS, schema=_SCHEMA)
    paths = paths_of(payload.get("entitas"))
    return check_json(Certificate, payload, paths=paths, schema=_SCHEMA)


def _require_certificate_or_answer(payload: dict[str, Any]) -> None:
    if "dataStatus" in payload or "dataRespon" in payload:
        return
    code = payload.get("kodeDokumen")
    if isinstance(code, str) and code in DECLARATIONS:
        message = (
            f"expected kodeDokumen {CERTIFICATE}, an electronic certificate of origin, or 30, an "
            f"export declaration, found {code}: {DECLARATIONS[code]}, which nobody exchanges"
        )
        raise refuse("adapter.unsupported", message, national_path="kodeDokumen")
    if isinstance(code, str) and code != CERTIFICATE:
        message = (
            f"expected kodeDokumen {CERTIFICATE}, an electronic certificate of origin, "
            f"found {code[:20]!r}"
        )
        raise refuse("adapter.unsupported", message, national_path="kodeDokumen")
    if code is None and "ska" not in payload:
        message = "expected kodeDokumen and ska, or dataStatus, or dataRespon"
        raise refuse("adapter.malformed", message, national_path="$")


def _refuse_null(value: object, path: str) -> None:
    """Refuse ``null``: what is not there has no member."""
    if value is None:
        message = "expected a value or no member at all, found null"
        raise refuse("adapter.schema", message, national_path=path)
    if isinstance(value, dict):
        for name, child in value.items():
            _refuse_null(child, spell_member(path, (name,)))
    elif isinstance(value, list):
        for position, child in enumerate(value):
            _refuse_null(child, spell_member(path, (position,)))


def find_party(parties: object, code: str) -> int:
    """Find the first party of a code; any JSON value may stand there.

    Returns:
        Its position from 1, or 0.
    """
    if isinstance(parties, list):
        for position, party in enumerate(parties, start=1):
            if isinstance(party, dict) and party.get("kodeEntitas") == code:
                return position
    return 0


def paths_of(parties: object) -> PathMap:
    """Get the paths of a certificate with these parties."""
    exporter, consignee = find_party(parties, EXPORTER), find_party(parties, CONSIGNEE)
    # More parties than a payload may have would only fill the cache.
    if max(exporter, consignee) > 20:  # noqa: PLR2004 - as the schema has it
        return get_certificate_paths(exporter=0, consignee=0)
    return get_certificate_paths(exporter=exporter, consignee=consignee)
