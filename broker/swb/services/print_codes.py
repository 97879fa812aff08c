"""Signs the codes of a printed certificate: one for each sheet, by the issuing seal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.catalogue import get_type
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from swb_schemas.wire.print_code import LARGEST_CODE, UnsignedPrintCode, prepare_print_code
from swb_schemas.wire.printed_fields import print_item, printed_fields

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import Signer
    from swb_schemas.parties import PartyId
    from swb_schemas.wire.evidence import VerifiedSealedDocument
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["PrintCodes", "check_issuing_seal"]

_MOST_SHEETS = 9999


class PrintCodes:
    """Writes the codes of one certificate.

    Args:
        sealed: The certificate; that its seal was verified is what its type says.
        signer: The issuing seal.
        at: When the codes are signed.

    Raises:
        RefusedError: ``render.no_form``: it is no certificate of origin.
    """

    def __init__(self, sealed: VerifiedSealedDocument, signer: Signer, at: datetime) -> None:
        document = sealed.document
        if not isinstance(document, CertificateOfOrigin):
            message = f"expected a certificate of origin, found {type(document).__name__}"
            raise RefusedError("render.no_form", message)
        self._fields = printed_fields(sealed.header, document, sealed.digest, signed_at=at)
        self._items = [print_item(item, document.agreement) for item in document.items]
        self._signer = signer

    def may_hold(self, items: Sequence[int]) -> bool:
        """Whether one code has room for these items, by their positions."""
        return self._prepare(items, _MOST_SHEETS, _MOST_SHEETS).octets <= LARGEST_CODE

    async def write(self, sheets: Sequence[Sequence[int]]) -> list[str]:
        """Sign one code for each sheet.

        Args:
            sheets: Positions of the items that begin on each.

        Raises:
            UnavailableError: ``signer.*``, ``trust.unreachable``.
            UndeterminedError: ``trust.unusable``.
        """
        prepared = [
            self._prepare(items, number, len(sheets)) for number, items in enumerate(sheets, 1)
        ]
        return [each.attach(await self._signer.sign(each.to_be_signed)) for each in prepared]

    def _prepare(self, items: Sequence[int], sheet: int, sheets: int) -> UnsignedPrintCode:
        fields = self._fields.model_copy(
            update={
                "sheet": sheet,
                "sheets": sheets,
                "items": tuple(self._items[position] for position in items),
            }
        )
        return prepare_print_code(fields, certificate=self._signer.certificate)


def check_issuing_seal(signer: Signer, *, party: PartyId, trust: TrustBundle, at: datetime) -> None:
    """Require that whoever trusts the bundle will take codes that this signer signs.

    Raises:
        RefusedError: ``certificate.*``, ``party.unknown``.
        UndeterminedError: ``trust.*``, ``certificate.status_unknown``.
    """
    trust.judge_certificate(
        signer.certificate,
        party=party,
        purpose=get_type("CertificateIssue").seal_purpose,
        moments=(at,),
        at=at,
    )
