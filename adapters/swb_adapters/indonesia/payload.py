"""The payloads of the simulated Indonesian format, as models that refuse what they do not know.

Members are in camelCase as the published documents have them; which names are published and which
are this project's own is in README.md. What one agreement demands and another does not is
optional here, as in the canonical document, and judged by its rules.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from swb_adapters.indonesia.values import (
    Aju,
    Cacah,
    Desimal,
    Kode,
    KodeHs,
    KodeInstansi,
    KodeKemasan,
    KodePelabuhan,
    KodeSatuan,
    KodeValuta,
    Negara,
    Nomor,
    Paragraf,
    Tanda,
    Tanggal,
    Teks,
    Waktu,
)
from swb_adapters.sdk import build_json_schema

__all__ = [
    "Barang",
    "Certificate",
    "Dokumen",
    "Entitas",
    "Part",
    "Pengangkut",
    "Respon",
    "Responses",
    "Ska",
    "Status",
    "Statuses",
    "build_schema",
]


class Part(BaseModel):
    """An object of a payload."""

    # Members have one spelling each, so no field may be given by its own name.
    model_config = ConfigDict(  # type: ignore[pydantic-alias]  # made by validation alone
        strict=True,
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )


# --- certificate -------------------------------------------------------------------------------


class Entitas(Part):
    """A party. Code 2 is the exporter of box 1, code 8 the consignee of box 2."""

    seri_entitas: Cacah
    kode_entitas: Annotated[str, Field(pattern=r"^[0-9]{1,2}$")]
    nama_entitas: Teks
    nama_entitas_id: Paragraf | None = None
    alamat_entitas: Paragraf
    alamat_entitas_id: Paragraf | None = None
    kode_negara: Negara
    nomor_identitas: Nomor | None = None


class Pengangkut(Part):
    """A means of transport, box 3."""

    seri_pengangkut: Cacah
    kode_cara_angkut: Annotated[str, Field(pattern=r"^([1-9]|1[0-2])$")] | None = None
    nama_pengangkut: Teks | None = None
    nomor_pengangkut: Nomor | None = None
    kode_bendera: Negara | None = None


class Kontainer(Part):
    """A container; a certificate has no place for it."""

    seri_kontainer: Cacah
    nomor_kontainer: Nomor
    kode_tipe_kontainer: Kode | None = None
    kode_ukuran_kontainer: Kode | None = None


class Dokumen(Part):
    """A document that items refer to by ``seriDokumen``. Code 380 is an invoice of box 10."""

    seri_dokumen: Cacah
    kode_dokumen: Annotated[str, Field(pattern=r"^[0-9]{2,5}$")]
    nomor_dokumen: Nomor
    tanggal_dokumen: Tanggal


class BarangDokumen(Part):
    """A reference to a document."""

    seri_dokumen: Cacah


class Kemasan(Part):
    """Number and kind of packages, box 7."""

    jumlah_kemasan: Cacah
    kode_jenis_kemasan: KodeKemasan | None = None
    bruto: Desimal | None = None
    kode_satuan_bruto: KodeSatuan | None = None
    volume: Desimal | None = None
    kode_satuan_volume: KodeSatuan | None = None


class KriteriaAsal(Part):
    """Box 8: one criterion, or two that hold together."""

    kode_kriteria: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Z]{2,8}$")]], Field(min_length=1, max_length=2)
    ]
    persentase: Desimal | None = None


class Barang(Part):
    """An item, boxes 5 to 10."""

    seri_barang: Cacah
    pos_tarif: KodeHs
    kode_nomenklatur: Kode
    uraian: Paragraf
    uraian_id: Paragraf | None = None
    merk: Teks | None = None
    nama_produsen: Teks | None = None
    merk_kemasan: Paragraf | None = None
    jumlah_satuan: Desimal | None = None
    kode_satuan_barang: KodeSatuan | None = None
    bruto: Desimal | None = None
    kode_satuan_bruto: KodeSatuan | None = None
    netto: Desimal | None = None
    fob: Desimal | None = None
    kode_valuta: KodeValuta | None = None
    kriteria_asal: KriteriaAsal
    barang_kemasan: Annotated[list[Kemasan], Field(max_length=500)] = []
    barang_dokumen: Annotated[list[BarangDokumen], Field(max_length=100)] = []


class PenerbitFaktur(Part):
    """Who invoices from a third country."""

    nama_perusahaan: Teks
    kode_negara: Negara


class Pameran(Part):
    """Where the goods were shown."""

    nama_pameran: Teks
    alamat_pameran: Paragraf


class SkaAsal(Part):
    """A certificate behind a back-to-back one."""

    kode_negara_penerbit: Negara
    nomor_ska: Nomor
    tanggal_terbit: Tanggal
    tanggal_kedaluwarsa: Tanggal | None = None


class Ska(Part):
    """The certificate itself (*surat keterangan asal*): head, boxes 11, 12 and 13."""

    nomor_ska: Nomor
    edisi_formulir: Kode
    kode_lembar: Literal["1", "2", "3"]
    kode_negara_penerbit: Negara
    kode_instansi_penerbit: KodeInstansi
    nama_instansi_penerbit: Teks | None = None
    kode_negara_produksi: Negara
    kota_terbit: Teks | None = None
    tanggal_terbit: Tanggal
    nama_pejabat: Teks | None = None
    tanggal_terbit_asli: Tanggal | None = None
    rute: Paragraf | None = None
    catatan: Paragraf | None = None
    flag_faktur_negara_ketiga: Tanda
    flag_pameran: Tanda
    flag_akumulasi: Tanda
    flag_de_minimis: Tanda
    flag_back_to_back: Tanda
    flag_terbit_retroaktif: Tanda
    flag_kumulasi_parsial: Tanda
    penerbit_faktur: PenerbitFaktur | None = None
    pameran: Pameran | None = None
    ska_asal: Annotated[list[SkaAsal], Field(max_length=50)] = []


class Certificate(Part):
    """A certificate of origin."""

    nomor_aju: Aju
    tanggal_aju: Tanggal
    kode_dokumen: Literal["860"]
    kode_fasilitas: Literal["06", "58"]
    kode_negara_tujuan: Negara
    tanggal_ekspor: Tanggal | None = None
    kode_pel_muat: KodePelabuhan | None = None
    nama_pel_muat: Teks | None = None
    kode_pel_bongkar: KodePelabuhan | None = None
    nama_pel_bongkar: Teks | None = None
    ndpbm: Desimal | None = None
    kota_ttd: Teks | None = None
    tanggal_ttd: Tanggal | None = None
    nama_ttd: Teks | None = None
    jabatan_ttd: Teks | None = None
    ska: Ska
    entitas: Annotated[list[Entitas], Field(max_length=20)]
    pengangkut: Annotated[list[Pengangkut], Field(max_length=20)] = []
    kontainer: Annotated[list[Kontainer], Field(max_length=999)] = []
    dokumen: list[Dokumen] = []
    barang: Annotated[list[Barang], Field(min_length=1, max_length=5000)]


# --- what customs says -------------------------------------------------------------------------


class _OfCertificate(Part):
    """The certificate that is spoken of."""

    nomor_aju: Aju
    kode_dokumen: Literal["860"]
    kode_negara_penerbit: Negara
    kode_instansi_penerbit: KodeInstansi
    nomor_ska: Nomor


class Status(_OfCertificate):
    """The customs system has a certificate, or a technical error kept it."""

    kode_status: Literal["105", "190"]
    waktu_status: Waktu
    nama_kantor: Teks | None = None
    kode_alasan: Kode | None = None
    keterangan: Paragraf | None = None


class Pesan(Part):
    """A reason."""

    kode_alasan: Kode | None = None
    uraian: Paragraf


class BarangRespon(Part):
    """The decision on one item."""

    seri_barang: Cacah
    kode_respon: Literal["8601", "8602", "8603"]
    jumlah_terpakai: Desimal | None = None
    kode_satuan_barang: KodeSatuan | None = None
    pesan: Annotated[list[Pesan], Field(max_length=20)] = []


class Respon(_OfCertificate):
    """The customs' decision on a certificate, box 4."""

    nomor_respon: Cacah
    kode_respon: Literal["8601", "8602", "8603"]
    waktu_respon: Waktu
    nama_kantor: Teks
    nama_pejabat: Teks | None = None
    nomor_daftar: Nomor | None = None
    tanggal_daftar: Tanggal | None = None
    keterangan: Paragraf | None = None
    barang: Annotated[list[BarangRespon], Field(min_length=1, max_length=5000)]


class Statuses(Part):
    """A payload with one status."""

    data_status: Annotated[list[Status], Field(min_length=1, max_length=1)]


class Responses(Part):
    """A payload with one response."""

    data_respon: Annotated[list[Respon], Field(min_length=1, max_length=1)]


_IDENTITY: Final = "urn:swb-simulation:indonesia:1"


def build_schema() -> dict[str, Any]:
    """Build the JSON Schema (2020-12) of all payloads; ``schema/indonesia-1.schema.json`` is it."""
    head = {"$id": _IDENTITY, "title": "Simulated Indonesian payloads, version 1"}
    return {**head, **build_json_schema(Certificate | Statuses | Responses)}
