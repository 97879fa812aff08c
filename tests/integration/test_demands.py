"""What a destination demands: the sender learns what is missing before anything leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from swb.services.submit import SubmitService
from swb.simulator.declaring import draw_extract
from swb_schemas.documents.declaration_extract import SupportingDocument
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from tests.integration.opening import open_world, write_connections
from tests.rulebook.extract import conformity

if TYPE_CHECKING:
    from pathlib import Path

    from swb.ports import NationalFormats, Reading, Rendering
    from swb_schemas.documents import DeclarationExtract, Document
    from tests.integration.world import World


class Consenting:
    """A format whose payloads say that the exporter consents, as Thailand's can."""

    def __init__(self, formats: NationalFormats) -> None:
        self._formats = formats

    async def to_canonical(self, raw: bytes) -> Reading:
        return replace(await self._formats.to_canonical(raw), consent=True)

    async def from_canonical(self, document: Document) -> Rendering:
        return await self._formats.from_canonical(document)

    async def compare(self, document: Document, rendering: Rendering) -> list[str]:
        return list(await self._formats.compare(document, rendering))


def door(world: World) -> SubmitService:
    return SubmitService(
        state="TH",
        formats=Consenting(world.th.formats),
        environment=Environment.TEST,
        connections=world.connections,
        store=world.th.store,
        sealer=world.sealer("TH"),
        clock=world.clock,
        on_commit=lambda: None,
    )


def ovens_for_kenya(world: World, *named: SupportingDocument) -> DeclarationExtract:
    certificate = world.certificate(items=1)
    extract = draw_extract(certificate, serial=1, seed=7, on=world.clock.now().date())
    code = extract.items[0].commodity_code.model_copy(update={"value": "851660"})
    return extract.model_copy(
        update={
            "importing_country": "KE",
            "items": (extract.items[0].model_copy(update={"commodity_code": code}),),
            "supporting_documents": named,
        }
    )


async def test_the_sender_learns_what_the_destination_demands(tmp_path: Path) -> None:
    async with open_world(tmp_path, adapters={"TH": "canonical", "VN": "canonical"}) as world:
        connect_kenya(world)
        bare = await world.th.payload(ovens_for_kenya(world))
        with pytest.raises(RefusedError) as failure:
            await door(world).submit(bare)
        (finding,) = failure.value.findings
        assert finding.code == "rule.demanded_document_missing"
        assert finding.path == "DeclarationExtract/Item[1]/CommodityCode"
        assert "expected a CertificateOfConformity, which KE demands for 85" in finding.message
        assert await world.th.store.list_documents() == []

        # To name one that was never sealed here is not enough.
        assessed = conformity(issue_date=str(world.clock.now().date()))
        named = SupportingDocument(
            message_type="CertificateOfConformity",
            issuing_country="TH",
            issuing_office=assessed.issuing_office,
            reference_number=assessed.reference_number,
        )
        payload = await world.th.payload(ovens_for_kenya(world, named))
        with pytest.raises(RefusedError, match="CertificateOfConformity"):
            await door(world).submit(payload)

        await door(world).submit(await world.th.payload(assessed))
        assert not (await door(world).submit(payload)).repeated


def connect_kenya(world: World) -> None:
    file = world.folder / "connections.toml"
    write_connections(file, [("TH", "VN")])
    lines = "".join(
        f'[[connection]]\nfrom = "TH"\nto = "KE"\nmessage_type = "{kind}"\n'
        'state = "LIVE"\nterms = { protected = false }\n'
        for kind in ("DeclarationExtract", "CertificateOfConformity")
    )
    part = file.with_suffix(".part")
    part.write_text(file.read_text() + lines)
    part.replace(file)
