"""From a national payload's values to a valid document, or to findings with paths.

The way to write a reading: collect a dictionary of element names and values, put
`attempt(parse, text)` where a text has to be understood, and hand the whole to `build_document`.
Whatever is wrong comes out as one refusal that lists every fault with both paths; paths are
computed only then, so a good document costs nothing.
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from swb_adapters.sdk.faults import spell_fault
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.documents.values import locate_fault
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.wire.limits import MOST_ITEMS, refuse_items

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from swb_adapters.sdk.paths import PathMap
    from swb_schemas.documents import Document

__all__ = ["Unreadable", "attempt", "build_document", "refuse", "spell_location"]

DocumentT = TypeVar("DocumentT", bound="Document")
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands where a value could not be understood, until `build_document` reports it.

    Attributes:
        message: What was expected and what was found.
    """

    message: str


def attempt(parse: Callable[[str], ValueT], text: str | None) -> ValueT | Unreadable | None:
    """Understand a text, or say in place of the value why it cannot be.

    Args:
        parse: Raises `RefusedError` for what it does not understand.
        text: The text; None stays None.
    """
    if text is None:
        return None
    try:
        return parse(text)
    except RefusedError as refusal:
        return Unreadable(refusal.message)


def build_document(
    model: type[DocumentT], values: Mapping[str, Any], *, paths: PathMap
) -> DocumentT:
    """Build a canonical document from element names and values.

    Args:
        model: The document's type.
        values: Element name to value: text, numbers, dates, nested dictionaries, lists of them.
            None is the same as absent.
        paths: Tells where each element stands in the payload.

    Raises:
        RefusedError: ``adapter.value``, with one finding for each fault;
            ``document.too_many_items``.
    """
    try:
        return model.model_validate(values)
    except ValidationError as cause:
        raise _refuse_faults(model, cause, paths) from cause


def _refuse_faults(model: type[Document], error: ValidationError, paths: PathMap) -> RefusedError:
    findings: list[Finding] = []
    faults = _drop_echoes(error.errors(include_url=False))
    for fault in faults[: DEFAULT_LIMITS.findings]:
        given = fault["input"]
        if fault["type"] == "too_long" and fault["loc"] == ("Item",):
            path = spell_location(model.__name__, fault["loc"])
            found = len(given) if isinstance(given, Sized) else MOST_ITEMS + 1
            return refuse_items(found, path=path, national_path=paths.find_national(path))
        message = spell_fault(fault)
        if isinstance(given, Unreadable):
            message = given.message
        elif given is None:
            message = "expected a value, found none"
        path = spell_location(model.__name__, locate_fault(fault))
        findings.append(
            Finding(
                code="adapter.value",
                severity=Severity.REFUSE,
                path=path,
                national_path=paths.find_national(path),
                message=message,
            )
        )
    first = findings[0]
    where = first.national_path or first.path
    message = f"{len(faults)} fault(s), first at {where}: {first.message}"
    return RefusedError("adapter.value", message, findings=findings)


def _drop_echoes(faults: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drop the fault of a list that is too short only because its entries have faults."""
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(
            len(p) > len(fault["loc"]) and p[: len(fault["loc"])] == fault["loc"] for p in places
        )
    ]


def spell_location(root: str, location: tuple[int | str, ...]) -> str:
    """Spell a place in a model as a canonical path.

    Args:
        root: Name of the root element.
        location: Element names or field names, and 0-based positions.
    """
    path = root
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        elif step in {"value", "Value"}:
            continue
        elif step == "lang" or step.startswith("{"):
            path += "/@xml:lang"
        else:
            path += f"/@{step}" if step[0].islower() else f"/{step}"
    return path


def refuse(code: str, message: str, *, path: str = "", national_path: str = "") -> RefusedError:
    """Make a refusal with the one finding that explains it, to be raised by the caller.

    Args:
        code: One of the codes that `Adapter` lists.
        message: What was expected and what was found, without payload content beyond names,
            codes and numbers.
        path: Canonical path, where known.
        national_path: National path, where known.
    """
    finding = Finding(
        code=code,
        severity=Severity.REFUSE,
        path=path,
        national_path=national_path,
        message=message,
    )
    where = national_path or path
    return RefusedError(code, f"{where}: {message}" if where else message, findings=(finding,))
