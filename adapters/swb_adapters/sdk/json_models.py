"""JSON payloads as models: what a schema says of them, and what no document has.

`check_json` requires a payload to be what any pydantic model says. `JsonPart` is for formats whose
schema is published and open: members that it does not know may stand anywhere, and members that
it does know may have no place in a canonical document. Neither is an error, and neither may
vanish: `find_unplaced` names each of them.

A payload's objects are subclasses of `JsonPart`, one field for each member::

    class Signature(JsonPart):
        image: Annotated[str | None, NoPlace("a drawn signature")] = Field(None, alias="signature")
        signed_at: str | None = Field(None, alias="actualDateTime")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    field_validator,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticCustomError

from swb_adapters.sdk.faults import spell_fault
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.wire.limits import MOST_ITEMS, refuse_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.sdk.paths import PathMap

__all__ = [
    "JsonDay",
    "JsonMoment",
    "JsonNumber",
    "JsonPart",
    "NoPlace",
    "build_json_schema",
    "check_json",
    "find_unplaced",
    "reading_loss",
    "spell_member",
]

JsonMoment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A date and time with its zone (RFC 3339), as text that is still to be understood."""
JsonDay = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
"""A date, likewise."""


def _read_number(value: Any) -> Decimal | int:  # noqa: ANN401 - any JSON value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number", "expected a number")
    return value


JsonNumber = Annotated[Decimal, PlainValidator(_read_number), WithJsonSchema({"type": "number"})]
"""A number as `parse_json` gives it: exact."""

PartT = TypeVar("PartT", bound=BaseModel)
_NO_PLACE: Final = "a canonical document has no place for it"
_NULL: Final = "expected a value or no member at all, found null"
_UNREADABLE: Final = "value_error"
"""Kind of a fault that a validator of the model's own found: the type is right, the value not."""
_NAME: Final = re.compile(r"[A-Za-z0-9_@$-]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NoPlace:
    """Marks a member that no canonical document has a place for.

    Attributes:
        what: What it holds, in words.
    """

    what: str


class JsonPart(BaseModel):
    """An object of a payload, of exactly the JSON types that its schema has.

    A member that need not be there is a field with the default None; `null` in its place is
    another JSON type and refused.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_no_value(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("null", _NULL)
        return value


class _Schema(GenerateJsonSchema):
    """Without ``null``, which no payload has, and without pydantic's titles and defaults."""

    def nullable_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - of pydantic's core
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - of pydantic's core
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False


def build_json_schema(model: Any) -> dict[str, Any]:  # noqa: ANN401 - a union is no type
    """Build the JSON Schema (2020-12) that a model stands for, for people without Python.

    Args:
        model: A model, or a union of models.
    """
    schema = TypeAdapter(model).json_schema(by_alias=True, schema_generator=_Schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def check_json(
    model: type[PartT], value: object, *, paths: PathMap, prefix: str = "", schema: str
) -> PartT:
    """Require a JSON value to be what a model says.

    Args:
        model: Of the payload.
        value: As `parse_json` gives it.
        paths: Adds canonical paths to the faults found.
        prefix: Put before each national path, where `value` is not the payload's own root.
        schema: Name of the schema that the model stands for.

    Raises:
        RefusedError: ``adapter.schema``, with one finding for each fault; ``adapter.value`` where
            validators of the model's own found all of them (they raise `ValueError`);
            ``document.too_many_items``.
    """
    try:
        return model.model_validate(value)
    except ValidationError as cause:
        faults = cause.errors(include_url=False)
        unreadable = all(fault["type"] == _UNREADABLE for fault in faults)
        code = "adapter.value" if unreadable else "adapter.schema"
        findings = []
        for fault in faults[: DEFAULT_LIMITS.findings]:
            where = spell_member(prefix, fault["loc"])
            if fault["type"] == "too_long" and fault.get("ctx", {}).get("max_length") == MOST_ITEMS:
                path = paths.find_canonical(where)
                raise refuse_items(len(fault["input"]), path=path, national_path=where) from cause
            finding = Finding(
                code=code,
                severity=Severity.REFUSE,
                path=paths.find_canonical(where),
                national_path=where,
                message=spell_fault(fault),
            )
            findings.append(finding)
        first = findings[0]
        message = (
            f"expected a payload valid against {schema}, found {len(faults)} fault(s); "
            f"{first.national_path or 'the whole'}: {first.message}"
        )
        raise RefusedError(code, message, findings=tuple(findings)) from cause


def spell_member(prefix: str, location: tuple[int | str, ...]) -> str:
    """Spell a place in a payload: names parted by points, positions from 1.

    A name that is no plain word is the sender's and may hold anything; it stands in quotes, cut
    short and with escapes, so that it can be shown.
    """
    path = prefix
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        else:
            name = step if _NAME.fullmatch(step) else ascii(step[:60])
            path += f".{name}" if path else name
    return path


def reading_loss(national_path: str, why: str) -> Finding:
    """Make the finding that something of the payload is in no document."""
    return Finding(
        code="adapter.loss",
        severity=Severity.LOSS,
        path="",
        national_path=national_path,
        message=why,
    )


def find_unplaced(part: JsonPart, path: str = "") -> Iterator[Finding]:
    """Name every member that holds something and has no place in a canonical document.

    Those are the members that are marked with `NoPlace`, and those that the model does not know.
    An empty text, list or object holds nothing.

    Args:
        part: The payload, or an object of it.
        path: Its national path.
    """
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        where = spell_member(path, (field.alias or name,))
        mark = next((each for each in field.metadata if isinstance(each, NoPlace)), None)
        if mark is None:
            yield from _find_below(value, where)
        elif _holds(value):
            yield reading_loss(where, f"{mark.what}: {_NO_PLACE}")
    for name, value in (part.model_extra or {}).items():
        if _holds(value):
            where = spell_member(path, (name,))
            yield reading_loss(where, f"a member that the schema does not name: {_NO_PLACE}")


def _find_below(value: object, path: str) -> Iterator[Finding]:
    if isinstance(value, JsonPart):
        yield from find_unplaced(value, path)
    elif isinstance(value, list | tuple):
        for place, entry in enumerate(value):
            yield from _find_below(entry, spell_member(path, (place,)))


def _holds(value: object) -> bool:
    if isinstance(value, JsonPart):
        return any(_holds(each) for _, each in value) or _holds(value.model_extra)
    if isinstance(value, dict):
        return any(_holds(each) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(each) for each in value)
    return value is not None and value != ""
