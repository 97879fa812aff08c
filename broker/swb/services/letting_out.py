"""What may leave this state at all: the exporter's consent, and the policy on data.

Both are the exporting state's own business and are not carried. Consent is asked for before
anything is taken away, because it is known by the exporter's number; rules judge what is left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import AboutCertificate, LeadingDocument
from swb_schemas.errors import RefusedError
from swb_schemas.parties import CUSTOMS

if TYPE_CHECKING:
    from datetime import date

    from swb.ports import ConsentSource, DataPolicySource, Reading
    from swb_schemas.documents import Document

__all__ = ["LettingOut"]


class LettingOut:
    """Judges what a national system handed in.

    Args:
        consents: What exporters have consented to, for types that need it; None knows of none.
        data_policy: What this state lets out to whom; None carries everything.
    """

    def __init__(
        self,
        *,
        consents: ConsentSource | None = None,
        data_policy: DataPolicySource | None = None,
    ) -> None:
        self._consents = consents
        self._data_policy = data_policy

    async def judge(self, reading: Reading, *, on: date) -> Reading:
        """Let nothing out without the consent that it needs, and take out what does not leave.

        Args:
            reading: As the national format was read.
            on: Day that consents are judged by.

        Returns:
            The reading with what is left of the document, and the losses among its findings.

        Raises:
            RefusedError: ``consent.missing``, ``policy.mandatory``.
            UndeterminedError: ``consent.unusable``, ``policy.unusable``.
            UnavailableError: ``consent.unreachable``, ``policy.unreachable``.
        """
        await self._require_consent(reading, on)
        destination = _find_destination(reading.document)
        if self._data_policy is None or destination is None:
            return reading
        policy = await self._data_policy.fetch()
        left, losses = policy.apply(reading.document, destination=destination)
        told = (replace(each, national_path=reading.locate(each.path)) for each in losses)
        return replace(reading, document=left, findings=(*reading.findings, *told))

    async def _require_consent(self, reading: Reading, on: date) -> None:
        """What the payload itself says comes before what was recorded at the door (facts 4)."""
        document = reading.document
        if not isinstance(document, LeadingDocument) or not find_type_of(document).needs_consent:
            return
        given = reading.consent
        if given is None and self._consents is not None:
            consents = await self._consents.fetch()
            given = consents.covers(
                exporter=document.exporter_number or "",
                destination=document.destination,
                message_type=find_type_of(document).message_type,
                on=on,
            )
        if not given:
            raise RefusedError(
                "consent.missing",
                f"expected the exporter's consent to an exchange with {document.destination}, "
                f"found {'it refused' if reading.consent is False else 'none'}",
            )


def _find_destination(document: Document) -> str | None:
    if isinstance(document, LeadingDocument):
        return document.destination
    if isinstance(document, AboutCertificate) and CUSTOMS in find_type_of(document).issuers:
        return document.subject.issuing_country
    return None
