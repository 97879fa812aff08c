"""Opening a payload: what it is, and whether it is valid.

Three kinds of payload are known by a member that only they have: ``ska`` (a certificate),
``dataStatus`` and ``dataRespon`` (what customs says of one). A customs declaration has the same
header as a certificate, and is refused by name before anything else of it is looked at.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from swb_adapters.indonesia.codes import CERTIFICATE, CONSIGNEE, DECLARATIONS, EXPORTER
from swb_adapters.indonesia.paths import RECEIPT_PATHS, RESPONSE_PATHS, get_certificate_paths
from swb_adapters.indonesia.payload import Certificate, Part, Responses, Statuses
from swb_adapters.sdk import DEFAULT_LIMITS, parse_json, refuse
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from swb_adapters.sdk import PathMap

__all__ = ["find_party", "open_payload", "paths_of"]

PartT = TypeVar("PartT", bound=Part)

_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,60}", re.ASCII)
_VALUE_FAULT: Final = "value_error"


def open_payload(raw: bytes) -> Certificate | Statuses | Responses:
    """Take a payload for what it is.

    Raises:
        RefusedError: ``adapter.too_large``, ``adapter.malformed``, ``adapter.unsupported``,
            ``adapter.schema``; ``adapter.value`` where the only faults are values that cannot be
            understood.
    """
    payload = parse_json(raw)
    if not isinstance(payload, dict):
        raise refuse("adapter.malformed", "expected an object", national_path="$")
    _require_certificate_or_answer(payload)
    if b"null" in raw:
        _refuse_null(payload, "")
    if "dataStatus" in payload:
        return _validate(Statuses, payload, RECEIPT_PATHS)
    if "dataRespon" in payload:
        return _validate(Responses, payload, RESPONSE_PATHS)
    return _validate(Certificate, payload, paths_of(payload.get("entitas")))


def _require_certificate_or_answer(payload: dict[str, Any]) -> None:
    if "dataStatus" in payload or "dataRespon" in payload:
        return
    code = payload.get("kodeDokumen")
    if isinstance(code, str) and code in DECLARATIONS:
        message = (
            f"expected kodeDokumen {CERTIFICATE}, an electronic certificate of origin, found "
            f"{code}: {DECLARATIONS[code]}; a customs declaration is no certificate"
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
            _refuse_null(child, _extend(path, name))
    elif isinstance(value, list):
        for position, child in enumerate(value):
            _refuse_null(child, _extend(path, position))


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


# --- validity ----------------------------------------------------------------------------------


def _validate(model: type[PartT], payload: dict[str, Any], paths: PathMap) -> PartT:
    try:
        return model.model_validate(payload)
    except ValidationError as cause:
        raise _refuse_faults(cause, paths) from cause


def _refuse_faults(error: ValidationError, paths: PathMap) -> RefusedError:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    unreadable = all(fault["type"] == _VALUE_FAULT for fault in faults)
    code = "adapter.value" if unreadable else "adapter.schema"
    findings: list[Finding] = []
    for fault in faults[: DEFAULT_LIMITS.findings]:
        national = _spell_national(fault["loc"])
        findings.append(
            Finding(
                code=code,
                severity=Severity.REFUSE,
                path=paths.find_canonical(national),
                national_path=national,
                message=fault["msg"].removeprefix("Value error, ")[:300],
            )
        )
    first = findings[0]
    message = f"{len(faults)} fault(s), first at {first.national_path}: {first.message}"
    return RefusedError(code, message, findings=findings)


def _spell_national(location: tuple[int | str, ...]) -> str:
    """Spell a place in a payload; a name that is no plain word stands in quotes, cut short."""
    return reduce(_extend, location, "") or "$"


def _extend(path: str, step: int | str) -> str:
    if isinstance(step, int):
        return f"{path}[{step + 1}]"
    name = step if _NAME.fullmatch(step) else ascii(step[:60])
    return f"{path}.{name}" if path else name
