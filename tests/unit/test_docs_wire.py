"""The page on the wire: its commands are executed, and it names every refusal."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from swb_conformance.cases import load_cases
from swb_schemas.catalogue import CATALOGUE, may_acknowledge
from swb_schemas.documents.elements import Aggregate
from swb_schemas.wire import MessageHeader
from tests.services import ROOT
from tests.vectors.positive import clear_message, encrypted_message, sealed_certificate
from tests.vectors.tampering import cut_signature

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

PAGE = ROOT / "docs" / "reference" / "wire.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([a-z_]+\.[a-z_0-9]+)`")
VERIFICATION = re.compile(
    r'"((?:catalogue|certificate|document|encryption|environment|extension|layers|message|party'
    r'|seal|sealed|signature|trust|xml)\.[a-z_0-9]+)"'
)
"""What is refused for what a file says."""
ROAD = re.compile(r'"((?:connection|receive|routing)\.[a-z_0-9]+)"')
"""What routers and gateways refuse for what they agreed on and know."""
DECIDING = (
    *sorted((ROOT / "schemas" / "swb_schemas" / "wire").glob("*.py")),
    ROOT / "schemas" / "swb_schemas" / "connections.py",
    ROOT / "broker" / "swb" / "core" / "routing.py",
    ROOT / "broker" / "swb" / "services" / "route.py",
    ROOT / "broker" / "swb" / "services" / "receive.py",
    ROOT / "broker" / "swb" / "services" / "answers.py",
)
"""Where it is decided what a message is refused for."""


def _execute(page: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Execute the commands of the page, beside a checkout."""
    (folder / "broker").symlink_to(ROOT / "broker")
    return subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "\n".join(BLOCK.findall(page))],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.usefixtures("openssl", "xmlsec1")
def test_the_steps_by_hand_succeed(tmp_path: Path) -> None:
    done = _execute(TEXT, tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Verified OK") == 3
    assert done.stdout.endswith("Same digests.\n")


@pytest.mark.usefixtures("openssl", "xmlsec1")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Count>120</Count>", "<Count>121</Count>"),
        ("<Type>CertificateIssue</Type>", "<Type>TransportAck</Type>"),
        ("cp $V/delivery/accepts-a-clear-message", "cp $V/message/refuses-an-altered-receiver"),
        ("roots/TH.pem", "roots/VN.pem"),
    ],
)
def test_the_steps_by_hand_notice_a_change(old: str, new: str, tmp_path: Path) -> None:
    assert old in TEXT
    done = _execute(TEXT.replace(old, new), tmp_path)
    assert done.returncode != 0
    assert "Same digests." not in done.stdout


def test_every_refusal_of_the_wire_is_on_the_page() -> None:
    named = set(CODE.findall(TEXT))
    raised = {
        code
        for path in DECIDING
        for pattern in (VERIFICATION, ROAD)
        for code in pattern.findall(path.read_text("utf-8"))
    }
    expected = {case.code for case in load_cases()} - {""}
    internal = {
        "trust.pointer_differs",  # a finding for people, never a refusal
        "connection.malformed",  # the operator's own table; no message is refused for it
    }
    assert (raised | expected) - named == internal


def test_every_refusal_on_the_page_has_a_golden_vector() -> None:
    needs_no_vector = {
        "xml.too_large",  # a text of 10,000,000 characters
        "document.too_large",  # a file of 7 MB, or 9.5
        "document.too_many_items",  # a file of 5,001 items
        "xml.too_many_elements",  # a file of 400,000 elements
        "trust.rolled_back",  # concerns two bundles, as does the next
        "trust.fast_forward",
        "encryption.other_key",  # a caller that chose the key itself
        "certificate.revoked",  # known from outside of bundle and file, as is the next
        "certificate.status_unknown",
        "document.conflict",  # concerns two messages, as does the next
        "message.conflict",
    }
    codes = {code for code in CODE.findall(TEXT) if VERIFICATION.fullmatch(f'"{code}"')}
    assert codes - {case.code for case in load_cases()} == needs_no_vector


def test_the_conversation_is_that_of_the_catalogue() -> None:
    table = TEXT.partition("| on receipt of | ")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]]
    acknowledgements = ("TransportAck", "RelayReceipt")
    expected = {}
    for name, kind in CATALOGUE.items():
        told = kind.acknowledged
        handed_over = "`TransportAck` AS3" if told else "yes, and nobody is told"
        answers = ", ".join(f"`{each}`" for each in kind.answers if each not in acknowledgements)
        assert (set(acknowledgements) <= set(kind.answers)) is told
        expected[f"`{name}`"] = [
            "`RelayReceipt`" if told else "",
            "`TransportAck` AS2" if told else "",
            handed_over if kind.national else "",
            answers,
        ]
    assert {name: cells for name, *cells in rows} == expected


def test_a_message_lives_as_long_as_the_page_says() -> None:
    (days,) = re.findall(r"Messages live for (\d+) days by default", TEXT)
    assert {kind.lifetime.days for kind in CATALOGUE.values()} == {int(days)}


def test_the_types_that_a_refusal_is_told_of_are_on_the_page() -> None:
    told = ", ".join(f"`{name}`" for name in CATALOGUE if may_acknowledge(name))
    assert f"its type may be acknowledged: {told}, or" in TEXT.replace("\n", " ")
    assert may_acknowledge("LetterOfCredit")


def test_the_shape_of_the_signature_is_the_one_that_is_written() -> None:
    (shown,) = re.findall(r"```xml\n(<ds:Signature .*?</ds:Signature>)\n```", TEXT, re.DOTALL)
    pattern = re.escape(shown.replace("\n", "")).encode()
    for place in (
        "CONTENT DIGEST",
        "PROPERTIES DIGEST",
        "CERTIFICATE DIGEST",
        "VALUE",
        "CERTIFICATE",
        "TIME",
        "COMMITMENT",
    ):
        marked = f">{re.escape(place)}<".encode()
        assert pattern.count(marked) == 1
        pattern = pattern.replace(marked, b">[^<]+<")
    for octets in (sealed_certificate(), clear_message(), encrypted_message()):
        assert re.fullmatch(pattern, cut_signature(octets)[1])


BEYOND_XSD = {
    "Digest._length_is_the_algorithms": "digests",
    "Extension._is_one_foreign_element": "`Extension`",
    "Document._extensions_are_foreign": "`Extensions` of a document",
    "MessageHeader._expires_after_creation": "message header",
    "SealHeader._ends_after_it_begins": "`SealHeader`",
    "CertificateOfOrigin._items_are_numbered_once": "`CertificateOfOrigin`",
    "DeclarationExtract._items_are_numbered_once": "`DeclarationExtract`",
    "InspectionCertificate._items_are_numbered_once": (
        "`CertificateOfConformity`, `CleanReportOfFindings`"
    ),
    "OriginCriterion._percentage_belongs_to_a_share": "`OriginCriterion`",
    "CustomsReceipt._failure_has_a_reason": "`CustomsReceipt`",
    "CustomsResponse._header_is_the_roll_up": "`CustomsResponse`",
    "ItemDecision._denial_has_a_reason": "`Item` of a `CustomsResponse`",
    "Cancellation._nothing_replaces_itself": "`Cancellation`",
    "CancellationReply._only_what_was_utilised_has_a_declaration": "`CancellationReply`",
    "VerificationRequest._doubt_is_said": "`VerificationRequest`",
    "VerificationOutcome._denial_has_a_reason": "`VerificationOutcome`",
    "_Judged._refusal_has_a_code": "`Acknowledged`, `Relayed`",
    "AnsweredDocument._only_what_was_sent_has_a_message": "`Answered` of a `RetransmissionReply`",
    "OutageNotice._ends_after_it_begins": "`OutageNotice`",
}
"""Every validator of a model that is on the wire, and its row on the page."""

OF_VALUES = {"text", "numbers, dates, instants, booleans"}
"""Rows about single values; `tests/unit/schemas/test_lexical_borders.py` holds XSD and models."""


def _validators() -> set[str]:
    """Names of all validators of models that are written as XML, each where it is defined."""
    found = set()
    models: list[type[BaseModel]] = [Aggregate, MessageHeader]
    for model in models:
        models += model.__subclasses__()
        decorators = model.__pydantic_decorators__
        for name in (*decorators.model_validators, *decorators.field_validators):
            owner = next(each for each in model.__mro__ if name in vars(each))
            if owner.__module__.startswith("swb_schemas."):
                found.add(f"{owner.__name__}.{name}")
    return found


def test_every_rule_beyond_the_schemas_is_on_the_page() -> None:
    table = TEXT.partition("| where | must hold |\n")[2].partition("\n\n")[0]
    rows = {row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()[1:]}
    assert _validators() == BEYOND_XSD.keys()
    assert rows == {*BEYOND_XSD.values(), *OF_VALUES}


def test_every_message_type_is_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)`, `([\w:.-]+)` \| (.+?) \|$", TEXT, re.MULTILINE)
    shown = {row[0]: row for row in rows}
    assert shown.keys() == CATALOGUE.keys()
    for name, kind in CATALOGUE.items():
        _, element, namespace, rest = shown[name]
        assert (element, namespace) == (kind.model.__name__, kind.model.namespace)
        (issuer,), receiver = kind.issuers, ", ".join(sorted(kind.receivers))
        commitment = kind.commitment.rpartition("ProofOf")[2].lower()
        assert rest == f"{issuer}, `{kind.seal_purpose}` | {receiver} | {commitment}"
