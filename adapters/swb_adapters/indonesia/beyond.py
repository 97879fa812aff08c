"""What an Indonesian payload may say beyond a certificate of origin: losses of the reading.

Each kind is told once, at its first place, with how often it occurs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.indonesia.codes import CONSIGNEE, EXPORTER, FIXED_INSTALLATIONS, INVOICE
from swb_adapters.sdk import reading_loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.indonesia.payload import Certificate
    from swb_schemas.findings import Finding

__all__ = ["list_losses"]

_NO_PLACE: Final = "a certificate of origin has no place for"


def list_losses(payload: Certificate) -> tuple[Finding, ...]:
    """List what a certificate of origin does not say."""
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    for national_path, why in _list_all(payload):
        first.setdefault(why, national_path)
        counts[why] = counts.get(why, 0) + 1
    return tuple(
        reading_loss(
            national_path,
            why if counts[why] == 1 else f"{why} (found {counts[why]} times)",
        )
        for why, national_path in first.items()
    )


def _list_all(payload: Certificate) -> Iterator[tuple[str, str]]:
    if payload.ndpbm is not None:
        yield "ndpbm", f"{_NO_PLACE} a rate of exchange"
    if payload.jabatan_ttd is not None:
        yield "jabatanTtd", f"{_NO_PLACE} the position of who signs"
    for place, party in enumerate(payload.entitas, start=1):
        if party.kode_entitas not in {EXPORTER, CONSIGNEE}:
            yield f"entitas[{place}]", f"{_NO_PLACE} a party of another role"
    for place, _ in enumerate(payload.kontainer, start=1):
        yield f"kontainer[{place}]", f"{_NO_PLACE} a container"
    yield from _list_transport(payload)
    yield from _list_documents(payload)
    for place, item in enumerate(payload.barang, start=1):
        if item.netto is not None:
            yield f"barang[{place}].netto", f"{_NO_PLACE} a net mass"


def _list_transport(payload: Certificate) -> Iterator[tuple[str, str]]:
    for place, means in enumerate(payload.pengangkut, start=1):
        if place > 1:
            yield f"pengangkut[{place}]", f"{_NO_PLACE} a second means of transport"
            continue
        if means.kode_bendera is not None:
            yield "pengangkut[1].kodeBendera", f"{_NO_PLACE} a flag"
        if means.kode_cara_angkut in FIXED_INSTALLATIONS:
            yield "pengangkut[1].kodeCaraAngkut", f"{_NO_PLACE} the kind of a fixed installation"


def _list_documents(payload: Certificate) -> Iterator[tuple[str, str]]:
    used = {each.seri_dokumen for item in payload.barang for each in item.barang_dokumen}
    for place, document in enumerate(payload.dokumen, start=1):
        if document.kode_dokumen != INVOICE:
            yield f"dokumen[{place}]", f"{_NO_PLACE} a document that is no invoice"
        elif document.seri_dokumen not in used:
            yield f"dokumen[{place}]", f"{_NO_PLACE} an invoice of no item"
