"""Where each element of a canonical document stands in the Indonesian payload.

National paths are spelled ``barang[2].posTarif``; positions count from 1, and ``$`` is the
payload itself. An exporter is whichever party has its code, so the paths of parties depend on the
payload. An invoice is found by the reference that an item has to it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from swb_adapters.indonesia import rows
from swb_adapters.sdk import PathMap

__all__ = ["RECEIPT_PATHS", "RESPONSE_PATHS", "get_certificate_paths"]


def _item(root: str) -> list[tuple[str, str]]:
    item = f"{root}/Item[*]"
    package, invoice = "barang[*].barangKemasan[*]", "barang[*].barangDokumen[*]"
    return [
        *rows.PACKAGE.list_paths(f"{item}/Package[*]", package),
        (f"{item}/Package[*]", package),
        (f"{item}/Package", "barang[*].barangKemasan"),
        (f"{item}/Invoice[*]/Number", f"{invoice}.seriDokumen"),
        (f"{item}/Invoice[*]", invoice),
        (f"{item}/Invoice", "barang[*].barangDokumen"),
        *rows.ITEM.list_paths(item, "barang[*]"),
        (f"{item}/OriginCriterion/Basis[*]", "barang[*].kriteriaAsal.kodeKriteria[*]"),
        *rows.CRITERION.list_paths(f"{item}/OriginCriterion", "barang[*].kriteriaAsal"),
        (f"{item}/OriginCriterion", "barang[*].kriteriaAsal"),
        (item, "barang[*]"),
    ]


def _special_cases(cases: str) -> list[tuple[str, str]]:
    return [
        *rows.INVOICING.list_paths(f"{cases}/ThirdCountryInvoicing", "ska.penerbitFaktur"),
        *rows.EXHIBITION.list_paths(f"{cases}/Exhibition", "ska.pameran"),
        *rows.ORIGINAL.list_paths(f"{cases}/BackToBack/Original[*]", "ska.skaAsal[*]"),
        (f"{cases}/BackToBack/Original[*]", "ska.skaAsal[*]"),
        (f"{cases}/BackToBack/Original", "ska.skaAsal"),
        *((f"{cases}/{flag.path}", f"ska.{flag.member}") for flag in rows.FLAGS),
        (cases, "ska"),
    ]


@lru_cache(maxsize=64)
def get_certificate_paths(*, exporter: int = 1, consignee: int = 2) -> PathMap:
    """Get the paths of a certificate.

    Args:
        exporter: Position of the exporter among the parties, from 1; 0 where there is none.
        consignee: The same of the consignee.
    """
    root = "CertificateOfOrigin"
    parties = {"Exporter": exporter, "Consignee": consignee}
    pairs: list[tuple[str, str]] = []
    for name, position in parties.items():
        party = f"entitas[{position}]" if position else "entitas"
        if position:
            pairs += rows.PARTY.list_paths(f"{root}/{name}", party)
        pairs.append((f"{root}/{name}", party))
    return PathMap(
        [
            (root, "$"),
            (root, "ska"),
            *pairs,
            *rows.HEADER.list_paths(root, ""),
            *rows.MEANS.list_paths(f"{root}/Transport", "pengangkut[1]"),
            *_item(root),
            *_special_cases(f"{root}/SpecialCases"),
            *rows.BOXES.list_paths(root, "ska"),
            (f"{root}/Certification", "ska"),
            (f"{root}/Item", "barang"),
        ]
    )


def _receipt(root: str, part: str) -> PathMap:
    return PathMap(
        [
            *rows.SUBJECT.list_paths(root, part),
            *rows.RECEIPT.list_paths(root, part),
            (f"{root}/Reason", f"{part}.keterangan"),
            (root, part),
        ]
    )


def _response(root: str, part: str) -> PathMap:
    item, decision = f"{root}/Item[*]", f"{part}.barang[*]"
    return PathMap(
        [
            *rows.SUBJECT.list_paths(root, part),
            *rows.REASON.list_paths(f"{item}/Reason[*]", f"{decision}.pesan[*]"),
            (f"{item}/Reason[*]", f"{decision}.pesan[*]"),
            *rows.ITEM_DECISION.list_paths(item, decision),
            (item, decision),
            *rows.RESPONSE.list_paths(root, part),
            (root, part),
        ]
    )


RECEIPT_PATHS: Final = _receipt("CustomsReceipt", "dataStatus[1]")
RESPONSE_PATHS: Final = _response("CustomsResponse", "dataRespon[1]")
