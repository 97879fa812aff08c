"""What the live cases have to know of one kind of document that begins a conversation.

What may answer a document, and how it is taken back, stands in the catalogue and not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from swb_schemas.catalogue import CATALOGUE, DocumentType, Withdrawal, get_type
from swb_schemas.documents import LeadingDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

__all__ = ["Drawn", "Kind"]

D = TypeVar("D", bound=LeadingDocument)
D_co = TypeVar("D_co", bound=LeadingDocument, covariant=True)


class Drawn(Protocol[D_co]):
    """Draws a document that breaks no rule."""

    def __call__(
        self, *, exporting: str, importing: str, number: str, on: date, items: int
    ) -> D_co:
        """Draw one.

        Args:
            exporting: State that issues it.
            importing: State that it is for.
            number: Its reference number, as it is to be spelled.
            on: Day of issue.
            items: How many lines of goods it has.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[D]):
    """A type of the catalogue under one agreement.

    Attributes:
        message_type: In the catalogue.
        agreement: Under which it is issued; empty where the type has none.
        draw: Draws a new one.
        break_rule: Makes one that the exporting side has to refuse by a rule.
        name_exporter: Makes one of another exporter; None where no consent is asked for.
        list_boxes: What has to be the same at both ends, whatever format lies between: without
            it nobody there can decide anything.
    """

    message_type: str
    agreement: str
    draw: Drawn[D]
    break_rule: Callable[[D], D]
    list_boxes: Callable[[D], Mapping[str, object]]
    name_exporter: Callable[[D, str], D] | None = None

    @property
    def name(self) -> str:
        """As names of cases and lists of kinds have it."""
        return "-".join(filter(None, (self.message_type, self.agreement)))

    @property
    def type(self) -> DocumentType:
        """Its entry in the catalogue."""
        return get_type(self.message_type)

    @property
    def is_received(self) -> bool:
        """Whether customs says that it has it."""
        return "CustomsReceipt" in self.type.answers

    @property
    def is_decided(self) -> bool:
        """Whether customs decides on its items."""
        return "CustomsResponse" in self.type.answers

    @property
    def is_verified(self) -> bool:
        """Whether customs may ask its issuer whether it is right."""
        return "VerificationRequest" in self.type.answers

    @property
    def is_cancelled(self) -> bool:
        """Whether it is taken back by a message about it."""
        return self.type.withdrawn_by is Withdrawal.MESSAGE

    @property
    def is_restated(self) -> bool:
        """Whether it is taken back by itself, once more with another status."""
        return self.type.withdrawn_by is Withdrawal.STATUS

    @property
    def needs_consent(self) -> bool:
        """Whether it leaves with the exporter's consent only."""
        return self.type.needs_consent

    @property
    def cancelled_by(self) -> str:
        """The message type that asks for its cancellation.

        Raises:
            LookupError: None does.
        """
        for name in self.type.answers:
            if "CancellationReply" in CATALOGUE[name].answers:
                return name
        message = f"expected something that cancels a {self.message_type}"
        raise LookupError(message)

    def find_differences(self, first: D, second: LeadingDocument) -> list[str]:
        """Name the boxes that differ.

        A format may lose more, and has to declare it (``swb adapters losses``): the profile
        `adapter` is for that.
        """
        if type(first) is not type(second):
            return [f"a {type(second).__name__}"]
        one, other = self.list_boxes(first), self.list_boxes(second)
        return [name for name in {**one, **other} if one.get(name) != other.get(name)]
