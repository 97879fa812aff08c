"""What every document has that begins a conversation between two states.

Gateways route, number and judge such documents by these names and never by a type's own elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from swb_schemas.documents.elements import CountryCode, Document, OfficeCode, ReferenceText
from swb_schemas.parties import CertificateKey

if TYPE_CHECKING:
    from datetime import date

    from swb_schemas.documents.elements import CommodityCode

__all__ = ["LeadingDocument"]


class LeadingDocument(Document):
    """A document that one state's authority issues for another's, under a number of its own.

    A type has the three elements of its key, whose names it shares with the ``Subject`` of every
    answer, and tells the rest by the properties below.

    Attributes:
        destination_path: Where its destination stands, below the root element.
        issuer_path: Where the state that issued it stands.
    """

    destination_path: ClassVar[str]
    issuer_path: ClassVar[str] = "IssuingCountry"

    if TYPE_CHECKING:  # each type states them in its own order, or tells them otherwise

        @property
        def issuing_country(self) -> CountryCode: ...  # noqa: D102 - as above
        @property
        def issuing_office(self) -> OfficeCode: ...  # noqa: D102 - as above
        @property
        def reference_number(self) -> ReferenceText: ...  # noqa: D102 - as above

    @property
    def key(self) -> CertificateKey:
        """(Issuing state, office, number as spelled)."""
        return CertificateKey(self.issuing_country, self.issuing_office, self.reference_number)

    @property
    def destination(self) -> str:
        """The state that it is for, ISO 3166-1 alpha-2."""
        raise NotImplementedError

    @property
    def issued_on(self) -> date | None:
        """The day whose codes and rules it is judged by; None where it tells none."""
        raise NotImplementedError

    @property
    def exporter_number(self) -> str | None:
        """By which the issuing state knows the exporter; None where the document tells none."""
        return None

    @property
    def takes_back(self) -> bool:
        """Whether it takes back what was issued before under its key, by its status."""
        return False

    @property
    def revision(self) -> int:
        """0 as issued; 1 where it takes back what was issued."""
        return int(self.takes_back)

    @property
    def expires_on(self) -> date | None:
        """Its own last day; None where it tells none."""
        return None

    @property
    def commodity_codes(self) -> tuple[CommodityCode, ...]:
        """Tariff codes of its goods; empty where it tells none."""
        return ()

    @property
    def line_count(self) -> int:
        """How many lines of goods it has."""
        raise NotImplementedError
