"""Cancellation, verification and withdrawal: objects that ``kodePesan`` tells apart."""

from __future__ import annotations

from typing import Final

from swb_adapters.indonesia.codes import OFFSET
from swb_adapters.sdk.mapping import (
    CODE,
    LINES,
    NUMBER,
    Group,
    JsonSyntax,
    Row,
    Table,
    codes,
    instant,
    spell_json_path,
)
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)

__all__ = ["ANSWERS", "KIND", "SYNTAX"]

KIND: Final = "kodePesan"

_TIME: Final = instant(OFFSET)
_CERTIFICATE: Final = (
    Row("ReferenceNumber", "nomorSka"),
    Row("IssuingCountry", "kodeNegaraPenerbit", CODE),
    Row("IssuingOffice", "kodeKantorPenerbit", CODE),
)
_SUBJECT: Final = Group("Subject", "", *_CERTIFICATE)
_REASON: Final = (Row("Code", "kodeAlasan", CODE), Row("Text", "keterangan", LINES))
_SAID_BY: Final = (Row("Office", "namaKantor"), Row("OfficerName", "namaPejabat"))

ANSWERS: Final = {
    "PEMBATALAN": Table(
        Cancellation,
        _SUBJECT,
        Row("CancellationNumber", "nomorPesan", NUMBER),
        Row("RequestedAt", "waktuPesan", _TIME),
        *_SAID_BY,
        Group("Reason", "", *_REASON),
        Group("Replacement", "skaPengganti", *_CERTIFICATE),
        spell=spell_json_path,
    ),
    "JAWABAN-PEMBATALAN": Table(
        CancellationReply,
        _SUBJECT,
        Row("CancellationNumber", "nomorPesan", NUMBER),
        Row("RepliedAt", "waktuPesan", _TIME),
        *_SAID_BY,
        Row(
            "Outcome",
            "kodeHasil",
            codes("result", {"ACCEPTED": "BATAL", "UTILISED": "TERPAKAI", "UNKNOWN": "NIHIL"}),
        ),
        Row("DeclarationNumber", "nomorDaftar"),
        Group("Reason", "", *_REASON),
        spell=spell_json_path,
    ),
    "PENARIKAN-PEB": Table(
        DeclarationWithdrawal,
        _SUBJECT,
        Row("CancellationNumber", "nomorPesan", NUMBER),
        Row("RequestedAt", "waktuPesan", _TIME),
        *_SAID_BY,
        Group("Reason", "", *_REASON),
        spell=spell_json_path,
    ),
    "PERMINTAAN-VERIFIKASI": Table(
        VerificationRequest,
        _SUBJECT,
        Row("RequestNumber", "nomorPesan", NUMBER),
        Row("RequestedAt", "waktuPesan", _TIME),
        *_SAID_BY,
        Row("Ground", "kodeDasar", codes("ground", {"RANDOM": "ACAK", "DOUBT": "RAGU"})),
        Row("Suspends", "flagTunda", codes("suspended", {True: "Y", False: "T"})),
        Group(
            "Doubt[*]",
            "keraguan[*]",
            Row("SequenceNumber", "seriBarang", NUMBER),
            Row("Code", "kodeAlasan", CODE),
            Row("Text", "keterangan", LINES),
        ),
        spell=spell_json_path,
    ),
    "JAWABAN-VERIFIKASI": Table(
        VerificationReply,
        _SUBJECT,
        Row("RequestNumber", "nomorPesan", NUMBER),
        Row("RepliedAt", "waktuPesan", _TIME),
        *_SAID_BY,
        Row(
            "Finding",
            "kodeTemuan",
            codes(
                "finding",
                {
                    "ORIGINATING": "ASAL-BENAR",
                    "NOT_ORIGINATING": "ASAL-SALAH",
                    "NOT_AUTHENTIC": "PALSU",
                    "UNDETERMINED": "BELUM-PASTI",
                },
            ),
        ),
        Row("Explanation", "keterangan", LINES),
        spell=spell_json_path,
    ),
    "HASIL-VERIFIKASI": Table(
        VerificationOutcome,
        _SUBJECT,
        Row("RequestNumber", "nomorPesan", NUMBER),
        Row("ConcludedAt", "waktuPesan", _TIME),
        *_SAID_BY,
        Row("Result", "kodeHasil", codes("result", {"CONFIRMED": "SAH", "DENIED": "TOLAK"})),
        Group("Reason[*]", "alasan[*]", *_REASON),
        spell=spell_json_path,
    ),
}
"""By ``kodePesan``; all of its codes are this project's own."""

SYNTAX: Final = JsonSyntax(ANSWERS, member=KIND)
