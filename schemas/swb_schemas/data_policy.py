"""What a state lets out to whom: carry, mask or block, by class, by element and by destination.

A policy is a table (TOML) at the gateway that seals, one ``[[rule]]`` for each line::

    [[rule]]
    to = ["VN"]                                  # every destination when it is missing
    message_type = "DeclarationExtract"          # every type when it is missing
    class = "commercial"                         # or element = "DeclarationExtract/Item/FobAmount"
    do = "block"

A line that can never match is refused: an element of another type than the line's, a class that the
type has no element of, a destination that is no country, a type that does not say where it goes.
What no line is about is carried. A line about an element comes before one about a class; among
equals the later line counts. What is masked is there and says nothing: stars in a text; what is no
free text cannot be masked and is blocked. What is blocked is not there, nor is a part that cannot
be without it. Both are declared as losses. A document, or a line of goods, that cannot be without
what is blocked does not leave at all.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from swb_schemas.catalogue import CATALOGUE, find_type_of
from swb_schemas.codelists import ListName, load_code_list
from swb_schemas.data_classes import DataClass, find_class, list_elements
from swb_schemas.documents import LeadingDocument
from swb_schemas.documents.elements import Aggregate, CountryCode
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import CUSTOMS
from swb_schemas.table_faults import spell_faults
from swb_schemas.xml.plans import plan_of

if TYPE_CHECKING:
    from swb_schemas.documents import Document
    from swb_schemas.xml.plans import Child

__all__ = ["DataPolicy", "Treatment", "parse_data_policy"]

_A = TypeVar("_A", bound=Aggregate)
MASK: Final = "***"
_LIMIT: Final = 1_000_000
"""Octets of a table."""


class Treatment(StrEnum):
    """What becomes of an element."""

    CARRY = "carry"
    MASK = "mask"
    BLOCK = "block"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Rule(_Section):
    to: Annotated[tuple[CountryCode, ...], Field(min_length=1)] | None = None
    message_type: str | None = None
    data_class: Annotated[DataClass | None, Field(alias="class")] = None
    element: str | None = None
    do: Treatment

    @model_validator(mode="after")
    def _is_about_something_known(self) -> Self:
        if (self.data_class is None) is (self.element is None):
            msg = "expected either class or element"
            raise ValueError(msg)
        if self.message_type is not None and self.message_type not in CATALOGUE:
            msg = "expected a message type of the catalogue"
            raise ValueError(msg)
        if self.element is not None and self.element not in _list_all():
            msg = "expected the path of an element that holds data, without positions"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _can_match(self) -> Self:
        """A line that never matches would let out what its writer believes to be kept back."""
        countries = {each.code for each in load_code_list(ListName.COUNTRIES)}
        if unknown := [each for each in self.to or () if each not in countries]:
            msg = f"expected destinations of ISO 3166-1 in to, found {unknown[0]!r}"
            raise ValueError(msg)
        named = self.message_type or (self.element and _find_carrier(self.element))
        if named and not _tells_destination(named):
            msg = f"expected a type that says where it goes, found {named!r}"
            raise ValueError(msg)
        if self.message_type is None:
            return self
        elements = frozenset(list_elements(CATALOGUE[self.message_type].model))
        if self.element is not None and self.element not in elements:
            root = CATALOGUE[self.message_type].model.__name__
            msg = f"expected an element of {root}, which {self.message_type} carries, found "
            msg += repr(self.element)
            raise ValueError(msg)
        if self.data_class is not None and self.data_class not in map(find_class, elements):
            msg = f"expected a class that an element of {self.message_type} has, found "
            msg += repr(self.data_class.value)
            raise ValueError(msg)
        return self


class _File(_Section):
    rule: tuple[_Rule, ...] = ()


def _list_all() -> frozenset[str]:
    return frozenset(
        path
        for entry in CATALOGUE.values()
        if entry.national
        for path in list_elements(entry.model)
    )


def _find_carrier(element: str) -> str:
    """The message type whose document has an element."""
    root = element.partition("/")[0]
    return next(entry.message_type for entry in CATALOGUE.values() if entry.model.__name__ == root)


def _tells_destination(message_type: str) -> bool:
    """Whether such a document says by itself which state it goes to; a policy asks for that."""
    entry = CATALOGUE[message_type]
    return issubclass(entry.model, LeadingDocument) or CUSTOMS in entry.issuers


class DataPolicy:
    """A policy, ready to be applied.

    Args:
        rules: In their order.
    """

    def __init__(self, rules: tuple[_Rule, ...]) -> None:
        self._rules = rules

    def judge(self, path: str, *, message_type: str, destination: str) -> Treatment:
        """Tell what becomes of an element.

        Args:
            path: From the root, without positions.
            message_type: Of the document.
            destination: Where it goes.
        """
        treatment, is_named = Treatment.CARRY, False
        for rule in self._rules:
            if rule.message_type not in {None, message_type} or (
                rule.to is not None and destination not in rule.to
            ):
                continue
            if rule.element == path:
                treatment, is_named = rule.do, True
            elif not is_named and rule.data_class is find_class(path):
                treatment = rule.do
        return treatment

    def apply(self, document: Document, *, destination: str) -> tuple[Document, list[Finding]]:
        """Take from a document what does not leave, and declare it.

        Raises:
            RefusedError: ``policy.mandatory``: it cannot be without something that is blocked.
        """
        if not self._rules:
            return document, []
        stripping = _Stripping(self, find_type_of(document).message_type, destination)
        root = type(document).__name__
        stripped = stripping.strip(document, root, root)
        return stripped, [
            Finding(
                code="policy.masked" if done is Treatment.MASK else "policy.blocked",
                severity=Severity.LOSS,
                path=path,
                message=f"not for {destination}, by this state's policy on data",
                actor=Actor.OPERATOR,
            )
            for path, done in stripping.losses
        ]


class _Stripping:
    """One document on its way out."""

    def __init__(self, policy: DataPolicy, message_type: str, destination: str) -> None:
        self._policy = policy
        self._message_type = message_type
        self._destination = destination
        self.losses: list[tuple[str, Treatment]] = []

    def strip(self, value: _A, path: str, place: str) -> _A:
        """Take out of an aggregate what does not leave.

        Raises:
            RefusedError: ``policy.mandatory``.
        """
        own = {name: getattr(value, name) for name in type(value).model_fields}
        changed = dict(own)
        begun = len(self.losses)
        for child in plan_of(type(value)).children:
            held = own[child.name]
            if held is None or held == ():
                continue
            below = f"{path}/{child.tag}"
            kept = []
            for number, each in enumerate(held if child.repeated else [held], 1):
                at = f"{place}/{child.tag}" + (f"[{number}]" if child.repeated else "")
                left = self._treat(each, below, at)
                if left == MASK and not _may_be(type(value), own, child, left):
                    self._block(at)
                    left = None
                if left is not None:
                    kept.append(left)
            changed[child.name] = tuple(kept) if child.repeated else kept[0] if kept else None
        if len(self.losses) == begun:
            return value
        try:
            return type(value).model_validate(changed)
        except ValidationError as cause:
            blocked = next(at for at, done in self.losses[begun:] if done is Treatment.BLOCK)
            message = f"expected {blocked} to leave, because {place} cannot be without it"
            finding = Finding(
                code="policy.mandatory",
                severity=Severity.REFUSE,
                path=blocked,
                message=message,
                actor=Actor.OPERATOR,
            )
            raise RefusedError(
                "policy.mandatory", message, actor=Actor.OPERATOR, findings=(finding,)
            ) from cause

    def _treat(self, value: Any, path: str, place: str) -> Any:  # noqa: ANN401 - an aggregate or a leaf
        if isinstance(value, Aggregate) and not _holds_data(value, path):
            return self._strip_below(value, path, place)
        treatment = self._policy.judge(
            path, message_type=self._message_type, destination=self._destination
        )
        if treatment is Treatment.CARRY:
            return value
        if treatment is Treatment.MASK and (masked := _mask(value)) is not None:
            self.losses.append((place, Treatment.MASK))
            return masked
        self._block(place)
        return None

    def _strip_below(self, value: Aggregate, path: str, place: str) -> Aggregate | None:
        """Strip a part; what is no line of goods goes as a whole where it cannot be stripped."""
        begun = len(self.losses)
        try:
            return self.strip(value, path, place)
        except RefusedError:
            if hasattr(value, "sequence_number"):
                raise
            del self.losses[begun:]
            self._block(place)
            return None

    def _block(self, place: str) -> None:
        self.losses = [each for each in self.losses if each[0] != place]
        self.losses.append((place, Treatment.BLOCK))


def _holds_data(value: Aggregate, path: str) -> bool:
    """Whether it is an element of a class itself, as `list_elements` has it."""
    plan = plan_of(type(value))
    return plan.text is not None or path.endswith("/Extensions") or not plan.children


def _mask(value: Any) -> Any:  # noqa: ANN401 - an aggregate or a leaf
    """Write stars over text; None where nothing but a true value may stand."""
    if type(value) is str:
        return MASK
    if hasattr(value, "lang") and isinstance(getattr(value, "value", None), str):
        return value.model_copy(update={"value": MASK})
    return None


def _may_be(model: type[Aggregate], own: dict[str, Any], child: Child, mask: str) -> bool:
    """Whether stars may stand in an element: a code or a number is none of them."""
    try:
        model.model_validate({**own, child.name: (mask,) if child.repeated else mask})
    except ValidationError:
        return False
    return True


def parse_data_policy(raw: bytes) -> DataPolicy:
    """Read a policy.

    Raises:
        RefusedError: ``policy.malformed``.
    """
    if len(raw) > _LIMIT:
        raise _malformed(f"expected at most {_LIMIT} octets, found {len(raw)}")
    try:
        return DataPolicy(_File.model_validate(tomllib.loads(raw.decode("utf-8-sig"))).rule)
    except UnicodeDecodeError as cause:
        raise _malformed("expected UTF-8") from cause
    except tomllib.TOMLDecodeError as cause:
        raise _malformed(f"expected TOML: {cause}") from cause
    except ValidationError as cause:
        place, message = spell_faults(cause, tables=("rule",))[0]
        raise _malformed(f"{place or 'the table'}: {message}") from cause


def _malformed(message: str) -> RefusedError:
    return RefusedError("policy.malformed", message, actor=Actor.OPERATOR)
