"""What a daemon logs, at its most talkative: one JSON value a line, and nothing of any document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.fleet import lay_out_fleet
from tests.integration.world import until
from tests.warm import find_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin


def words_of(certificate: CertificateOfOrigin) -> Iterator[str]:
    """What nobody but the parties may read: names, addresses, goods, numbers of invoices."""
    for trader in (certificate.exporter, certificate.consignee):
        yield from (trader.name, *(each.value for each in trader.national_names))
        yield from trader.address.splitlines()
        if trader.identifier:
            yield trader.identifier
    for item in certificate.items:
        yield item.description
        yield from (invoice.number for invoice in item.invoices)
    for signed in (certificate.exporter_declaration, certificate.certification):
        assert signed.signatory_name is not None
        yield signed.signatory_name


async def test_nothing_of_a_document_reaches_a_log(tmp_path: Path) -> None:
    fleet = await lay_out_fleet(find_command(), tmp_path / "region")
    try:
        fleet.file(8)
        await fleet.start("region", files=list(fleet.files.values()))
        await fleet.until_registered(8)
        accepted = fleet.region.drop_folder("TH") / "in" / "accepted"
        whole = min(accepted.glob("certificate-*.xml")).read_bytes()
        spoiled = {
            "cut.xml": whole[: len(whole) // 2],
            "turned.xml": whole.replace(b"</", b"<"),
            "repeated.xml": whole * 2,
            "renamed.xml": whole.replace(b"EXAMPLE", b"EXAMPLE\xc3\xbf\xff"),
            "changed.xml": whole.replace(b"EXAMPLE", b"EXAMPLE NEW"),
            "emptied.xml": whole.replace(b">TH<", b"><"),
        }
        assert whole not in spoiled.values()
        for name, content in spoiled.items():
            part = fleet.region.drop_folder("TH") / "in" / f".{name}.part"
            part.write_bytes(content)
            part.rename(part.with_name(name))
        await fleet.until_done()
        refused = fleet.region.drop_folder("TH") / "in" / "refused"
        await until(lambda: len(list(refused.glob("*.json"))) == len(spoiled), within=30)
        await fleet.stop("region")
    finally:
        await fleet.end()

    lines = fleet.logged("region")
    assert {line["event"] for line in lines} >= {"submitted", "received", "relayed", "delivered"}
    refusals = [line["payload"] for line in lines if line["event"] == "payload_refused"]
    # An authority may cancel what customs gives in the meantime: that is refused as well.
    assert sorted(set(refusals) & spoiled.keys()) == sorted(spoiled)
    assert all(refusals.count(name) == 1 for name in spoiled)
    assert all({"event", "level", "logger", "timestamp"} <= set(line) for line in lines)
    text = fleet.log("region").read_text(encoding="utf-8")
    told = {word for each in fleet.filed for word in words_of(each) if word in text}
    assert told == set()
    keys = (fleet.region.folder / "trust" / "keys").rglob("*.pem")
    assert not any(key.read_text().splitlines()[1] in text for key in keys)
