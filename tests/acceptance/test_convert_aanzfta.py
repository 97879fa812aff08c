"""``swb convert`` with the certificate of AANZFTA that others published, to every format and back.

The standards and simulations say what they cannot carry; what is written is valid, by the published
schema where the format has one and by the adapter's own where it was invented.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.program import Program, Ran

ADAPTERS: Final = ROOT / "adapters" / "swb_adapters"
SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}Body"


@pytest.fixture
def certificate(samples: Path) -> Path:
    """The published certificate: wine from Australia to Singapore."""
    return samples / "aanzfta" / "full.json"


def check_vietnam(payload: bytes, _: Path) -> None:
    """By the simulated format's own XSD."""
    schema = etree.XMLSchema(etree.parse(ADAPTERS / "vietnam" / "xsd" / "vietnam-1.xsd"))
    body = etree.fromstring(payload).find(SOAP)
    assert body is not None
    schema.assertValid(etree.ElementTree(body[0]))
    assert b"<FormType>AANZ</FormType>" in payload


def check_indonesia(payload: bytes, _: Path) -> None:
    """By the simulated format's own schema."""
    own = json.loads((ADAPTERS / "indonesia" / "schema" / "indonesia-1.schema.json").read_bytes())
    Draft202012Validator(own).validate(json.loads(payload))


def check_uncefact(payload: bytes, samples: Path) -> None:
    """By the published schema of D23B."""
    published = json.loads((samples / "uncefact" / "UNECE-PreferentialCoO.json").read_bytes())
    Draft202012Validator(published).validate(json.loads(payload))


def check_aanzfta(payload: bytes, samples: Path) -> None:
    """By the published schema of the full certificate."""
    published = json.loads((samples / "aanzfta" / "schemas" / "full" / "schema.json").read_bytes())
    Draft202012Validator(published).validate(json.loads(payload))


TARGETS: Final[dict[str, Callable[[bytes, Path], None]]] = {
    "vietnam": check_vietnam,
    "indonesia": check_indonesia,
    "uncefact": check_uncefact,
}
SIGNATURE: Final = "credentialSubject.firstSignatoryAuthentication.signature"
VOLUME: Final = "CertificateOfOrigin/Item[1]/Package[1]/GrossVolume"


def convert(swb: Program, source: str, target: str, *more: str | Path, stdin: bytes = b"") -> Ran:
    return swb("convert", "--from", source, "--to", target, *more, stdin=stdin)


@pytest.mark.parametrize("target", TARGETS)
def test_writes_a_valid_payload_and_lists_what_is_lost(
    swb: Program, samples: Path, certificate: Path, target: str
) -> None:
    ran = convert(swb, "aanzfta", target, certificate)
    assert ran.status == 0
    TARGETS[target](ran.stdout, samples)
    assert f"loss: {SIGNATURE}:" in ran.stderr
    assert ran.stderr.count("<adapter.loss>") == len(ran.stderr.splitlines())
    told = convert(swb, "aanzfta", target, certificate, "--json").value
    lost = {each["national_path"] for each in told["losses"] if not each["path"]}
    assert SIGNATURE in lost
    # The simulated Vietnamese form has no measures of single packages; the others have.
    assert (VOLUME in {each["path"] for each in told["losses"]}) is (target == "vietnam")


@pytest.mark.parametrize("target", TARGETS)
def test_comes_back_from_every_format_as_a_valid_certificate(
    swb: Program, samples: Path, certificate: Path, target: str
) -> None:
    there = convert(swb, "aanzfta", target, certificate).stdout
    back = convert(swb, target, "aanzfta", "-", stdin=there)
    assert back.status == 0
    check_aanzfta(back.stdout, samples)


def test_comes_back_from_the_canonical_document_without_further_loss(
    swb: Program, samples: Path, certificate: Path
) -> None:
    canonical = convert(swb, "aanzfta", "canonical", certificate)
    assert canonical.status == 0
    back = convert(swb, "canonical", "aanzfta", "-", stdin=canonical.stdout)
    assert (back.status, back.stderr) == (0, "")
    check_aanzfta(back.stdout, samples)
    again = convert(swb, "aanzfta", "canonical", "-", stdin=back.stdout)
    # A trader whose software draws no signature has nothing left to lose.
    assert (again.status, again.stderr) == (0, "")
    assert again.stdout == canonical.stdout


def test_passes_every_rule_of_its_agreement(swb: Program, certificate: Path) -> None:
    ran = swb("check", "--from", "aanzfta", certificate)
    assert ran.status == 0
    assert "CertificateOfOrigin AU:AANZFTA:23343" in ran.stdout.decode()
    assert "0 fault(s), 0 warning(s)" in ran.stdout.decode()


def test_a_format_without_the_agreement_says_so(swb: Program, certificate: Path) -> None:
    ran = convert(swb, "aanzfta", "thailand", certificate, "--json")
    assert ran.status == 1
    assert ran.failure["code"] == "adapter.unsupported"
    assert ran.failure["findings"][0]["path"] == "CertificateOfOrigin/Agreement"


def test_lists_the_agreements_of_each_format(swb: Program) -> None:
    adapters = {each["name"]: each for each in swb("adapters", "list", "--json").value["adapters"]}
    under = {name: adapters[name]["messages"][0]["agreements"] for name in ("aanzfta", "thailand")}
    assert under == {"aanzfta": ["AANZFTA"], "thailand": ["ATIGA"]}
    assert "; under ATIGA, AANZFTA" in swb("adapters", "list").stdout.decode()
