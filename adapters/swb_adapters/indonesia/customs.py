"""What customs says of a certificate: Indonesian ``dataStatus`` and ``dataRespon``, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.indonesia import rows
from swb_adapters.indonesia.codes import CERTIFICATE
from swb_adapters.indonesia.numbering import derive_aju
from swb_adapters.indonesia.paths import RECEIPT_PATHS, RESPONSE_PATHS
from swb_adapters.sdk import Losses, Reading, Rendering, build_document, encode_json
from swb_schemas.documents import CustomsReceipt, CustomsResponse

if TYPE_CHECKING:
    from swb_adapters.indonesia.payload import BarangRespon, Respon, Status
    from swb_schemas.documents.customs import ItemDecision

__all__ = ["read_receipt", "read_response", "write_receipt", "write_response"]


def read_receipt(status: Status) -> Reading:
    """Read a receipt that the schema has accepted.

    Raises:
        RefusedError: ``adapter.value``; an error without a reason is one.
    """
    values = rows.RECEIPT.read(status, rows.SUBJECT.read(status))
    return Reading(
        message_type="CustomsReceipt",
        document=build_document(CustomsReceipt, values, paths=RECEIPT_PATHS),
        paths=RECEIPT_PATHS,
    )


def write_receipt(document: CustomsReceipt) -> Rendering:
    """Write a receipt.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    status = {
        **_write_subject(document, losses),
        **rows.RECEIPT.write(document, path="CustomsReceipt", losses=losses),
    }
    return Rendering(
        message_type="CustomsReceipt",
        payload=encode_json({"dataStatus": [status]}),
        losses=losses.declare(),
        paths=RECEIPT_PATHS,
    )


def read_response(response: Respon) -> Reading:
    """Read a response that the schema has accepted.

    Raises:
        RefusedError: ``adapter.value``; a result that is not the items' rolled up is one.
    """
    values = rows.RESPONSE.read(response, rows.SUBJECT.read(response))
    values["Item"] = [_read_item(item) for item in response.barang]
    return Reading(
        message_type="CustomsResponse",
        document=build_document(CustomsResponse, values, paths=RESPONSE_PATHS),
        paths=RESPONSE_PATHS,
    )


def _read_item(item: BarangRespon) -> dict[str, Any]:
    values = rows.ITEM_DECISION.read(item)
    values["Reason"] = [rows.REASON.read(reason) for reason in item.pesan]
    return values


def write_response(document: CustomsResponse) -> Rendering:
    """Write a response.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    response = {
        **_write_subject(document, losses),
        **rows.RESPONSE.write(document, path="CustomsResponse", losses=losses),
        "barang": [
            _write_item(item, f"CustomsResponse/Item[{place}]", losses)
            for place, item in enumerate(document.items, start=1)
        ],
    }
    return Rendering(
        message_type="CustomsResponse",
        payload=encode_json({"dataRespon": [response]}),
        losses=losses.declare(),
        paths=RESPONSE_PATHS,
    )


def _write_item(item: ItemDecision, path: str, losses: Losses) -> dict[str, Any]:
    members = rows.ITEM_DECISION.write(item, path=path, losses=losses)
    if item.reasons:
        members["pesan"] = [
            rows.REASON.write(reason, path=f"{path}/Reason[{position}]", losses=losses)
            for position, reason in enumerate(item.reasons, start=1)
        ]
    return members


def _write_subject(document: CustomsReceipt | CustomsResponse, losses: Losses) -> dict[str, Any]:
    return {
        "nomorAju": derive_aju(document.subject.key),
        "kodeDokumen": CERTIFICATE,
        **rows.SUBJECT.write(document, path=type(document).__name__, losses=losses),
    }
