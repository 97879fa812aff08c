"""A Form D with Thai names beside the English ones, carried into the Vietnamese format.

thailand -> canonical -> vietnam -> canonical differs only by declared losses (issue 2, 6).
"""

from __future__ import annotations

from importlib.resources import files

from swb.plugins import discover_adapters
from swb_adapters.sdk import find_differences
from swb_schemas.documents import CertificateOfOrigin


def test_differs_by_declared_losses_only() -> None:
    adapters = discover_adapters()
    thailand, vietnam = adapters.get("thailand"), adapters.get("vietnam")
    payload = (files("swb_adapters.thailand") / "samples" / "form-d-plain.xml").read_bytes()

    sent = thailand.to_canonical(payload).document
    handed_over = vietnam.from_canonical(sent)
    received = vietnam.to_canonical(handed_over.payload).document

    assert isinstance(sent, CertificateOfOrigin)
    assert isinstance(received, CertificateOfOrigin)
    (name,) = sent.exporter.national_names
    assert (name.lang, name.value) == ("th", "บริษัท สยามตัวอย่างเซรามิก จำกัด")
    assert {loss.path for loss in handed_over.losses} == {
        "CertificateOfOrigin/Exporter/NationalName[1]",
        "CertificateOfOrigin/Exporter/NationalAddress[1]",
        "CertificateOfOrigin/Item[1]/NationalDescription[1]",
        "CertificateOfOrigin/Item[2]/NationalDescription[1]",
        "CertificateOfOrigin/Item[3]/NationalDescription[1]",
    }
    assert received != sent
    assert find_differences(sent, received) != ()
    assert find_differences(sent, received, handed_over.losses) == ()
    assert received.exporter.name == sent.exporter.name
    assert received.certification == sent.certification


def test_comes_back_whole_into_the_format_that_it_left() -> None:
    thailand = discover_adapters().get("thailand")
    payload = (files("swb_adapters.thailand") / "samples" / "form-d-plain.xml").read_bytes()
    sent = thailand.to_canonical(payload).document
    returned = thailand.from_canonical(sent)
    assert returned.losses == ()
    assert "บริษัท สยามตัวอย่างเซรามิก จำกัด".encode() in returned.payload
    assert thailand.to_canonical(returned.payload).document == sent
