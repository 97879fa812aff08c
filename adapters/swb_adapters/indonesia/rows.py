"""Which member holds which element: the tables of all objects."""

from __future__ import annotations

from typing import Final

from swb_adapters.indonesia.codes import (
    AGREEMENTS,
    COPIES,
    COUNTRIES,
    DECISIONS,
    MODES,
    OUTCOMES,
    PACKAGES,
    UNITS,
)
from swb_adapters.indonesia.tables import Row, Table

__all__ = [
    "BOXES",
    "CRITERION",
    "EXHIBITION",
    "FLAGS",
    "HEADER",
    "INVOICE_ROWS",
    "INVOICING",
    "ITEM",
    "ITEM_DECISION",
    "MEANS",
    "ORIGINAL",
    "PACKAGE",
    "PARTY",
    "REASON",
    "RECEIPT",
    "RESPONSE",
    "SUBJECT",
]

HEADER: Final = Table(
    Row("Agreement", "kodeFasilitas", AGREEMENTS),
    Row("ExporterDeclaration/ImportingCountry", "kodeNegaraTujuan", COUNTRIES),
    Row("Transport/DepartureDate", "tanggalEkspor"),
    Row("Transport/LoadingPort/Code", "kodePelMuat"),
    Row("Transport/LoadingPort/Name", "namaPelMuat"),
    Row("Transport/DischargePort/Code", "kodePelBongkar"),
    Row("Transport/DischargePort/Name", "namaPelBongkar"),
    Row("ExporterDeclaration/Place", "kotaTtd"),
    Row("ExporterDeclaration/Date", "tanggalTtd"),
    Row("ExporterDeclaration/SignatoryName", "namaTtd"),
)
BOXES: Final = Table(
    Row("ReferenceNumber", "nomorSka"),
    Row("Edition", "edisiFormulir"),
    Row("CopyType", "kodeLembar", COPIES),
    Row("IssuingCountry", "kodeNegaraPenerbit", COUNTRIES),
    Row("IssuingOffice", "kodeInstansiPenerbit"),
    Row("Certification/AuthorityName", "namaInstansiPenerbit"),
    Row("ExporterDeclaration/CountryOfProduction", "kodeNegaraProduksi", COUNTRIES),
    Row("Certification/Place", "kotaTerbit"),
    Row("Certification/Date", "tanggalTerbit"),
    Row("Certification/SignatoryName", "namaPejabat"),
    Row("Certification/OriginalIssueDate", "tanggalTerbitAsli"),
    Row("Transport/Route", "rute"),
    Row("Remarks", "catatan"),
)
FLAGS: Final = (
    Row("ThirdCountryInvoicing", "flagFakturNegaraKetiga"),
    Row("Exhibition", "flagPameran"),
    Row("Accumulation", "flagAkumulasi"),
    Row("DeMinimis", "flagDeMinimis"),
    Row("BackToBack", "flagBackToBack"),
    Row("IssuedRetroactively", "flagTerbitRetroaktif"),
    Row("PartialCumulation", "flagKumulasiParsial"),
)
"""Box 13: each member says ``Y`` or ``T``."""
INVOICING: Final = Table(
    Row("CompanyName", "namaPerusahaan"), Row("CompanyCountry", "kodeNegara", COUNTRIES)
)
EXHIBITION: Final = Table(Row("Name", "namaPameran"), Row("Address", "alamatPameran"))
ORIGINAL: Final = Table(
    Row("IssuingCountry", "kodeNegaraPenerbit", COUNTRIES),
    Row("ReferenceNumber", "nomorSka"),
    Row("IssueDate", "tanggalTerbit"),
    Row("ExpiryDate", "tanggalKedaluwarsa"),
)
PARTY: Final = Table(
    Row("Name", "namaEntitas"),
    Row("NationalName", "namaEntitasId", national=True),
    Row("Address", "alamatEntitas"),
    Row("NationalAddress", "alamatEntitasId", national=True),
    Row("Country", "kodeNegara", COUNTRIES),
    Row("Identifier", "nomorIdentitas"),
)
MEANS: Final = Table(
    Row("Mode", "kodeCaraAngkut", MODES),
    Row("MeansName", "namaPengangkut"),
    Row("JourneyNumber", "nomorPengangkut"),
)
ITEM: Final = Table(
    Row("SequenceNumber", "seriBarang"),
    Row("CommodityCode/Value", "posTarif"),
    Row("CommodityCode/@nomenclature", "kodeNomenklatur"),
    Row("Description", "uraian"),
    Row("NationalDescription", "uraianId", national=True),
    Row("TrademarkName", "merk"),
    Row("ManufacturerName", "namaProdusen"),
    Row("MarksAndNumbers", "merkKemasan"),
    Row("Quantity/Value", "jumlahSatuan"),
    Row("Quantity/@unit", "kodeSatuanBarang", UNITS),
    Row("GrossMeasure/Value", "bruto"),
    Row("GrossMeasure/@unit", "kodeSatuanBruto", UNITS),
    Row("FobAmount/Value", "fob"),
    Row("FobAmount/@currency", "kodeValuta"),
)
CRITERION: Final = Table(Row("Percentage", "persentase"))
PACKAGE: Final = Table(
    Row("Count", "jumlahKemasan"),
    Row("TypeCode", "kodeJenisKemasan", PACKAGES),
    Row("GrossMeasure/Value", "bruto"),
    Row("GrossMeasure/@unit", "kodeSatuanBruto", UNITS),
    Row("GrossVolume/Value", "volume"),
    Row("GrossVolume/@unit", "kodeSatuanVolume", UNITS),
)
INVOICE_ROWS: Final = Table(Row("Number", "nomorDokumen"), Row("Date", "tanggalDokumen"))

SUBJECT: Final = Table(
    Row("Subject/IssuingCountry", "kodeNegaraPenerbit", COUNTRIES),
    Row("Subject/IssuingOffice", "kodeInstansiPenerbit"),
    Row("Subject/ReferenceNumber", "nomorSka"),
)
RECEIPT: Final = Table(
    Row("Outcome", "kodeStatus", OUTCOMES),
    Row("At", "waktuStatus"),
    Row("Office", "namaKantor"),
    Row("Reason/Code", "kodeAlasan"),
    Row("Reason/Text", "keterangan"),
)
RESPONSE: Final = Table(
    Row("ResponseNumber", "nomorRespon"),
    Row("Decision", "kodeRespon", DECISIONS),
    Row("DecidedAt", "waktuRespon"),
    Row("Office", "namaKantor"),
    Row("OfficerName", "namaPejabat"),
    Row("DeclarationNumber", "nomorDaftar"),
    Row("DeclarationDate", "tanggalDaftar"),
    Row("Remarks", "keterangan"),
)
ITEM_DECISION: Final = Table(
    Row("SequenceNumber", "seriBarang"),
    Row("Decision", "kodeRespon", DECISIONS),
    Row("UtilisedQuantity/Value", "jumlahTerpakai"),
    Row("UtilisedQuantity/@unit", "kodeSatuanBarang", UNITS),
)
REASON: Final = Table(Row("Code", "kodeAlasan"), Row("Text", "uraian"))
