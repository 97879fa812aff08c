"""An export declaration, BC 3.0 (*PEB*), as an extract: a table, and what lies apart together.

Three things of the published document are not one place for one value, and are settled here:

* Parties, documents and means of transport are lists in which a code tells one from another. The
  tree names them by it: ``entitas(2)``, ``dokumen(380)``.
* An item names its invoices by their number in the list of documents.
* A port has a code and no name in the published document. ``namaPelMuat`` and ``namaPelBongkar``
  are this project's own; where they are missing, the code is the name.
"""

from __future__ import annotations

from typing import Any, Final

from swb_adapters.indonesia.codes import CONSIGNEE, EXPORTER, INVOICE, LANGUAGE
from swb_adapters.indonesia.numbering import derive_aju
from swb_adapters.sdk import Reading, Rendering, encode_json, refuse
from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    ISO_DATE,
    LINES,
    NUMBER,
    Consent,
    Group,
    Ignored,
    JsonSyntax,
    Presumed,
    Row,
    Table,
    Texts,
    spell_json_path,
)
from swb_schemas.documents import DeclarationExtract
from swb_schemas.parties import CertificateKey

__all__ = ["EXPORT_DECLARATION", "PEB", "read_peb", "write_peb"]

EXPORT_DECLARATION: Final = "30"
"""``kodeDokumen`` of BC 3.0."""
_AGENT: Final = "4"
"""``kodeEntitas`` of the customs broker (*PPJK*); without one, the exporter declares itself."""
_ROLES: Final = (EXPORTER, CONSIGNEE, _AGENT)
_OTHERS: Final = "lain"
_KILOGRAM: Final = "KGM"

_PACKAGE: Final = (
    Row("Count", "jumlahKemasan", NUMBER),
    Row("TypeCode", "kodeJenisKemasan", CODE),
    Row("GrossMeasure", "bruto", DECIMAL),
    Row("GrossMeasure/@unit", "kodeSatuanBruto", CODE),
    Row("GrossVolume", "volume", DECIMAL),
    Row("GrossVolume/@unit", "kodeSatuanVolume", CODE),
)
_DOCUMENT: Final = (
    Row("MessageType", "jenisDokumen", CODE),
    Row("IssuingCountry", "kodeNegaraPenerbit", CODE),
    Row("IssuingOffice", "kodeKantorPenerbit", CODE),
    Row("ReferenceNumber", "nomorDokumen"),
)

PEB: Final = Table(
    DeclarationExtract,
    Row("ReferenceNumber", "nomorDaftar", note="where it is missing, `nomorAju`"),
    Row("IssuingCountry", "kodeNegaraPenerbit", CODE),
    Presumed("IssuingCountry", "ID"),
    Row("IssuingOffice", "kodeKantor", CODE),
    Row("ImportingCountry", "kodeNegaraTujuan", CODE),
    Row("AcceptanceDate", "tanggalDaftar", ISO_DATE),
    Row("Procedure", "kodeJenisEkspor", CODE),
    Row("TraderReference", "nomorUcr"),
    Ignored("nomorAju", "the number under which it was filed"),
    Ignored("tanggalAju", "when it was filed"),
    Consent("persetujuanEksportir", "Y", "T"),
    Group(
        "Exporter",
        f"entitas({EXPORTER})",
        Row("Identifier", "nomorIdentitas"),
        Row("Name", "namaEntitas"),
        Texts("NationalName", "namaEntitasId", LANGUAGE, LINES),
        Row("Address", "alamatEntitas", LINES),
    ),
    Group(
        "Consignee",
        f"entitas({CONSIGNEE})",
        Row("Identifier", "nomorIdentitas"),
        Row("Name", "namaEntitas"),
        Texts("NationalName", "namaEntitasId", LANGUAGE, LINES),
        Row("Address", "alamatEntitas", LINES),
        Row("Country", "kodeNegara", CODE),
    ),
    Group(
        "DeclaringAgent",
        f"entitas({_AGENT})",
        Row("Identifier", "nomorIdentitas"),
        Row("Name", "namaEntitas"),
        note="the exporter itself where there is no broker",
    ),
    Group(
        "Transport",
        "",
        Row("DepartureDate", "tanggalEkspor", ISO_DATE),
        Row("Mode", "pengangkut(1)/kodeCaraAngkut", CODE),
        Row("MeansName", "pengangkut(1)/namaPengangkut"),
        Row("JourneyNumber", "pengangkut(1)/nomorPengangkut"),
        Row("TransportDocument", "nomorDokumenPengangkutan"),
        Group("LoadingPort", "", Row("Code", "kodePelMuat", CODE), Row("Name", "namaPelMuat")),
        Group(
            "DischargePort", "", Row("Code", "kodePelBongkar", CODE), Row("Name", "namaPelBongkar")
        ),
        Group(
            "Equipment[*]",
            "kontainer[*]",
            Row("Number", "nomorKontainer"),
            Row("Seal[*]", "segel[*]"),
            Ignored("seriKontainer", "its number in the list"),
        ),
    ),
    Row("GrossMeasure", "bruto", DECIMAL),
    Row("GrossMeasure/@unit", "kodeSatuanBruto", CODE),
    Presumed("GrossMeasure/@unit", _KILOGRAM),
    Group(
        "Item[*]",
        "barang[*]",
        Row("SequenceNumber", "seriBarang", NUMBER),
        Row("CommodityCode", "posTarif", CODE),
        Row("CommodityCode/@nomenclature", "kodeNomenklatur", CODE),
        Presumed("CommodityCode/@nomenclature", "AHTN-2022"),
        Row("Quantity", "jumlahSatuan", DECIMAL),
        Row("Quantity/@unit", "kodeSatuanBarang", CODE),
        Row("OriginCountry", "kodeNegaraAsal", CODE),
        Row("Description", "uraian", LINES),
        Texts("NationalDescription", "uraianId", LANGUAGE, LINES),
        Group("Package[*]", "barangKemasan[*]", *_PACKAGE),
        Row("GrossMeasure", "bruto", DECIMAL),
        Row("GrossMeasure/@unit", "kodeSatuanBruto", CODE),
        Presumed("GrossMeasure/@unit", _KILOGRAM),
        Row("NetMeasure", "netto", DECIMAL),
        Row("NetMeasure/@unit", "kodeSatuanNetto", CODE),
        Presumed("NetMeasure/@unit", _KILOGRAM),
        Row("FobAmount", "fob", DECIMAL),
        Row("FobAmount/@currency", "kodeValuta", CODE),
        Group(
            "Invoice[*]",
            "barangDokumen[*]",
            Row("Number", "nomorDokumen"),
            Row("Date", "tanggalDokumen", ISO_DATE),
        ),
    ),
    Group("SupportingDocument[*]", "dokumenPendukung[*]", *_DOCUMENT),
    Row("Remarks", "catatan", LINES),
    spell=spell_json_path,
)
"""What the published document has under its own names; ``catatan``, ``nomorUcr``, ``segel``,
``dokumenPendukung``, ``barangKemasan``, units of weights and texts in Indonesian are ours."""

_SYNTAX: Final = JsonSyntax((EXPORT_DECLARATION,), member="kodeDokumen")


def read_peb(payload: dict[str, Any]) -> Reading:
    """Read a declaration that was parsed.

    Raises:
        RefusedError: ``adapter.schema``, ``adapter.value``.
    """
    return PEB.read(_SYNTAX.read(EXPORT_DECLARATION, _put_together(payload), PEB.shape))


def _put_together(payload: dict[str, Any]) -> dict[str, Any]:
    """Name parties and means by their codes, and give items their invoices."""
    whole = {name: value for name, value in payload.items() if name != "kodeDokumen"}
    _name_parties(whole)
    means = whole.pop("pengangkut", None)
    if isinstance(means, list) and means:
        whole["pengangkut(1)"] = _without(means[0], "seriPengangkut")
        if means[1:]:
            whole[f"pengangkut({_OTHERS})"] = means[1:]
    for code, name in (("kodePelMuat", "namaPelMuat"), ("kodePelBongkar", "namaPelBongkar")):
        if isinstance(whole.get(code), str):
            whole.setdefault(name, whole[code])
    if not whole.get("nomorDaftar") and isinstance(whole.get("nomorAju"), str):
        whole["nomorDaftar"] = whole["nomorAju"]
    invoices = _name_documents(whole)
    items = whole.get("barang")
    if isinstance(items, list):
        whole["barang"] = [_complete_item(item, whole, invoices) for item in items]
    whole.pop("kodeValuta", None)
    return whole


def _without(value: Any, *names: str) -> Any:  # noqa: ANN401 - any JSON value
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if name not in names}


def _name_parties(whole: dict[str, Any]) -> None:
    parties = whole.pop("entitas", None)
    if not isinstance(parties, list):
        return
    others = []
    for party in parties:
        code = party.get("kodeEntitas") if isinstance(party, dict) else None
        name = f"entitas({code})"
        if code in _ROLES and name not in whole:
            whole[name] = _without(party, "kodeEntitas", "seriEntitas")
        else:
            others.append(party)
    if others:
        whole[f"entitas({_OTHERS})"] = others
    exporter = whole.get(f"entitas({EXPORTER})")
    if f"entitas({_AGENT})" not in whole and isinstance(exporter, dict):
        told = ("nomorIdentitas", "namaEntitas")
        whole[f"entitas({_AGENT})"] = {name: exporter[name] for name in told if name in exporter}


def _name_documents(whole: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Take the invoices that items name out of the list of documents; gives them by their number.

    Raises:
        RefusedError: ``adapter.inconsistent``: two documents of one number say different things.
    """
    documents = whole.pop("dokumen", None)
    invoices: dict[int, dict[str, Any]] = {}
    others = []
    named = _list_named(whole.get("barang"))
    for position, document in enumerate(documents if isinstance(documents, list) else (), start=1):
        number = document.get("seriDokumen") if isinstance(document, dict) else None
        if not isinstance(number, int) or document.get("kodeDokumen") != INVOICE:
            others.append(document)
            continue
        invoice = _without(document, "seriDokumen", "kodeDokumen", "idDokumen")
        if invoices.get(number, invoice) != invoice:
            message = f"expected each number of a document once, found {number} again"
            place = f"dokumen[{position}].seriDokumen"
            raise refuse("adapter.inconsistent", message, national_path=place)
        if number in invoices or number not in named:
            others.append(document)
        else:
            invoices[number] = invoice
    if others:
        whole[f"dokumen({_OTHERS})"] = others
    return invoices


def _list_named(items: Any) -> set[int]:  # noqa: ANN401 - any JSON value
    """List the numbers of documents that items name."""
    documents = (
        each
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict) and isinstance(item.get("barangDokumen"), list)
        for each in item["barangDokumen"]
    )
    numbers = (each.get("seriDokumen") for each in documents if isinstance(each, dict))
    return {number for number in numbers if isinstance(number, int)}


def _complete_item(item: Any, whole: dict[str, Any], invoices: dict[int, dict[str, Any]]) -> Any:  # noqa: ANN401 - any JSON value
    if not isinstance(item, dict):
        return item
    complete = _without(item, "kodeDokumen")
    if "fob" in complete and isinstance(whole.get("kodeValuta"), str):
        complete.setdefault("kodeValuta", whole["kodeValuta"])
    if "barangKemasan" not in complete and complete.get("jumlahKemasan"):
        told = ("jumlahKemasan", "kodeJenisKemasan")
        complete["barangKemasan"] = [{n: complete.pop(n) for n in told if n in complete}]
    named = complete.pop("barangDokumen", None)
    if isinstance(named, list):
        numbers = [each.get("seriDokumen") if isinstance(each, dict) else None for each in named]
        found = [invoices[n] for n in numbers if isinstance(n, int) and n in invoices]
        if found:
            complete["barangDokumen"] = found
    return complete


def write_peb(document: DeclarationExtract) -> Rendering:
    """Write an extract as a declaration.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    tree, losses = PEB.write(document)
    whole = _SYNTAX.spell(tree, PEB.shape)
    parties: list[dict[str, Any]] = []
    for role in _ROLES:
        party = whole.pop(f"entitas({role})")
        parties.append({"seriEntitas": len(parties) + 1, "kodeEntitas": role, **party})
    means = whole.pop("pengangkut(1)")
    documents: list[dict[str, Any]] = []
    numbers: dict[tuple[str, str], int] = {}
    for item in whole["barang"]:
        for invoice in item.get("barangDokumen", ()):
            told = (invoice["nomorDokumen"], invoice["tanggalDokumen"])
            if told not in numbers:
                numbers[told] = len(numbers) + 1
                document_ = {"seriDokumen": numbers[told], "kodeDokumen": INVOICE, **invoice}
                documents.append(document_)
        if "barangDokumen" in item:
            item["barangDokumen"] = [
                {"seriDokumen": numbers[each["nomorDokumen"], each["tanggalDokumen"]]}
                for each in item["barangDokumen"]
            ]
    key = CertificateKey(
        document.issuing_country, document.issuing_office, document.reference_number
    )
    payload = {
        "kodeDokumen": EXPORT_DECLARATION,
        "nomorAju": derive_aju(key),
        **whole,
        "entitas": parties,
        "pengangkut": [{"seriPengangkut": 1, **means}],
    }
    if documents:
        payload["dokumen"] = documents
    return Rendering(
        message_type="DeclarationExtract",
        payload=encode_json(payload),
        losses=losses,
        paths=PEB.paths,
    )
