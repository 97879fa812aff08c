"""Prints certificates: finds what is drawn, decides who signs its codes, draws it."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from swb.app.parts import build_parts
from swb.app.revoking import build_revocation
from swb.app.storing import build_store
from swb.app.trusting import build_trust
from swb.clock import SystemClock
from swb.core.lifecycle import Fact, judge_status
from swb.keyring import open_keys
from swb.printing import lay_out, read_form_d
from swb.services.print_codes import PrintCodes, check_issuing_seal
from swb.services.trails import get_trail
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.verification import verify_sealed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from swb.config import Config, KeyConfig
    from swb.ports import MessageStore, Signer
    from swb_schemas.documents import Document
    from swb_schemas.wire.evidence import VerifiedSealedDocument
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "PrintForm",
    "PrintRoom",
    "Printed",
    "draw_certificate",
    "fetch_trust",
    "open_print_room",
    "open_seal",
]

_TAKEN_BACK = frozenset({Fact.CANCELLED, Fact.WITHDRAWN, Fact.QUARANTINED})


class PrintForm(StrEnum):
    """As what a certificate is drawn."""

    PDF = "pdf"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A print.

    Attributes:
        octets: PDF or HTML.
        certificate_key: What was printed.
        sheets: How many.
        codes: Text of each sheet's code; empty where it has none.
        why_none: Why it has none.
    """

    octets: bytes
    certificate_key: str
    sheets: int
    codes: tuple[str, ...]
    why_none: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRoom:
    """What a gateway prints with.

    Attributes:
        state: Whose gateway it is.
        trust: What judges the seals of what is printed.
        seal: Its issuing seal, where it has one.
        store: What it sent and received.
    """

    state: str
    trust: TrustBundle
    seal: Signer | None
    store: MessageStore

    async def find(self, reference: str) -> bytes:
        """Get the sealed certificate that a reference means.

        Args:
            reference: Certificate key, document id or message id.

        Raises:
            RefusedError: ``reference.unknown``; ``render.erased``: its payload is not there.
            UnavailableError: ``store.unavailable``.
        """
        trail = await get_trail(self.store, reference)
        if not trail.document.octets:
            message = f"expected a document that is kept, found {reference[:200]!r} erased"
            raise RefusedError("render.erased", message, actor=Actor.OPERATOR)
        return trail.document.octets

    async def why_unsigned(self, sealed: VerifiedSealedDocument) -> str:
        """Say why this gateway signs no code for a certificate; empty where it does.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        if parse_party_id(sealed.header.issuing_party).state != self.state:
            return f"it was printed in {self.state}, which did not issue it"
        if self.seal is None:
            return "the gateway that printed it has no issuing seal"
        trail = await self.store.find_trail(sealed.header.document_id)
        events = trail.events if trail else ()
        status = judge_status((Fact(each.name), each.revision) for each in events)
        return f"its status is {status}" if status in _TAKEN_BACK else ""


@asynccontextmanager
async def open_print_room(config: Config) -> AsyncIterator[PrintRoom]:
    """Open what a gateway prints with; the daemon may run beside it.

    Raises:
        RefusedError: ``config.*``.
        UndeterminedError: ``trust.unusable``.
        UnavailableError: ``store.*``, ``signer.*``, ``trust.unreachable``.
    """
    keys: dict[Purpose, KeyConfig] = {
        each: key for each, key in config.keys.items() if each is Purpose.ISSUING_SEAL
    }
    async with AsyncExitStack() as stack:
        store = build_store(config, create=False)
        await store.open()
        stack.push_async_callback(store.close)
        ring = await stack.enter_async_context(open_keys(keys))
        parts = build_parts(config, store, ring)
        yield PrintRoom(
            state=config.party.state,
            trust=await parts.trust.fetch(),
            seal=parts.signers.get(Purpose.ISSUING_SEAL),
            store=store,
        )


@asynccontextmanager
async def open_seal(key: KeyConfig) -> AsyncIterator[Signer]:
    """Open one issuing seal without a gateway.

    Raises:
        RefusedError: ``config.secret``.
        UnavailableError: ``signer.*``.
    """
    async with open_keys({Purpose.ISSUING_SEAL: key}) as ring:
        yield ring.signers[Purpose.ISSUING_SEAL]


async def fetch_trust(config: Config) -> TrustBundle:
    """Get what a gateway trusts now, with what it knows against certificates.

    Raises:
        UndeterminedError: ``trust.unusable``.
        UnavailableError: ``trust.unreachable``.
    """
    listed = build_trust(config)
    source = build_revocation(config, listed, SystemClock()) or listed
    return await source.fetch()


async def draw_certificate(
    what: bytes | Document,
    form: PrintForm,
    *,
    trust: TrustBundle | None,
    seal: Signer | None,
    at: datetime,
    room: PrintRoom | None = None,
) -> Printed:
    """Draw a certificate, with codes where somebody may sign them.

    Args:
        what: A sealed document's octets, or a canonical document that nobody sealed.
        form: As what.
        trust: Judges the seal.
        seal: Who signs the codes.
        at: The present.
        room: The gateway that prints, which signs for its own state only.

    Raises:
        RefusedError: ``render.*``, or what is wrong with the seal.
        UndeterminedError: ``trust.*``.
        UnavailableError: ``render.not_installed``, ``render.no_fonts``, ``signer.*``,
            ``store.unavailable``.
    """
    sealed: VerifiedSealedDocument | None = None
    if isinstance(what, bytes):
        assert trust is not None  # noqa: S101 - whoever has octets has a bundle
        sealed = verify_sealed(what, trust=trust, at=at)
        document: Document = sealed.document
    else:
        document = what
    form_d = read_form_d(document, sealed.header.environment if sealed else None)
    why = "nothing is sealed of it" if sealed is None else ""
    if sealed is not None and room is not None:
        why = await room.why_unsigned(sealed)
    if sealed is not None and seal is None and not why:
        why = "nobody who issued it printed it"
    writer = None
    if sealed is not None and seal is not None and trust is not None and not why:
        party = parse_party_id(sealed.header.issuing_party)
        check_issuing_seal(seal, party=party, trust=trust, at=at)
        writer = PrintCodes(sealed, seal, at)
    drawing = lay_out(form_d, sealed, may_hold=writer.may_hold if writer else None)
    codes = await writer.write([sheet.items for sheet in drawing.sheets]) if writer else []
    octets = (
        drawing.write_pdf(codes, why_none=why)
        if form is PrintForm.PDF
        else drawing.write_html(codes, why_none=why).encode()
    )
    return Printed(
        octets=octets,
        certificate_key=str(form_d.certificate.key),
        sheets=len(drawing.sheets),
        codes=tuple(codes),
        why_none=why,
    )
