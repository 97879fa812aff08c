"""Two readers of the wire say the same of files that nobody foresaw, code by code.

One is this project's, the other is `examples/conformance-node`. Files are good ones with something
changed, signed again by those who may, so that the steps behind the signature are asked, too; and
good ones with an octet changed or something put in, drawn from a seed.
"""

from __future__ import annotations

import base64
import json
import subprocess
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from swb_conformance.reference import answer_request
from tests.services import ROOT, require_node
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import resign_message, resign_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TRUST: Final = (
    ROOT / "broker" / "swb_conformance" / "vectors" / "material" / "trust" / "bundle.json"
)
EXTENSION: Final = b'<Extensions><Extension mustUnderstand="false">%b</Extension></Extensions>'
INSIDE: Final = (
    b'<x xmlns="urn:x"></x>',
    b'<x:x xmlns:x="urn:x" x:b="1"><x:z></x:z></x:x>',
    b'<x xmlns=""></x>',
    b"<x></x>",
    b' <x xmlns="urn:x"></x>',
    b'<x xmlns="urn:x"></x>t',
    b'<x xmlns="urn:x"></x><y xmlns="urn:y"></y>',
    b"",
    b"t",
)
SEALED: Final = (
    (b"<Item><Seq", b" <Item><Seq"),
    (b"</Transport>", b"</Transport>\n"),
    (b">2160.5<", b"> 2160.5<"),
    (b">2160.5<", b">2160.50<"),
    (b"<DepartureDate>2026-03-01", b"<DepartureDate>2026-02-30"),
    (b"<Percentage>46.5</Percentage>", b""),
    (b"<Basis>RVC</Basis>", b"<Basis>CTSH</Basis>"),
    (b"<SequenceNumber>2<", b"<SequenceNumber>1<"),
    (b"<DeMinimis></DeMinimis>", b"<DeMinimis> </DeMinimis>"),
    (b'version="1.0" xml:lang="en"', b'version="2.0" xml:lang="en"'),
    (b' xml:lang="th">', b' xml:lang="th" xmlns:x="urn:x" x:y="1">'),
    (b"<SealedAt>2026-03-02T03:04:05Z", b"<SealedAt> 2026-03-02T03:04:05Z"),
    (b"<Revision>0", b"<Revision> 0"),
    (b"<Source>", b" <Source>"),
    (b'xmlenc#sha256">kNHg', b'xmlenc#sha512">kNHg'),
    (b"</SpecialCases>", b"</SpecialCases><Remarks>a\tb</Remarks>"),
    (b"</SpecialCases>", "</SpecialCases><Remarks>e\u0301</Remarks>".encode()),
    (b"</SpecialCases>", "</SpecialCases><Remarks>\u202eabc</Remarks>".encode()),
    (b"urn:swb:party:VN:customs", b"urn:swb:party:REGION:customs"),
    (b"urn:swb:party:VN:customs", b"urn:swb:party:VN:router"),
    *((b"</SpecialCases>", b"</SpecialCases>" + EXTENSION % each) for each in INSIDE),
)
MESSAGE: Final = (
    (b"<Type>CertificateIssue", b"<Type> CertificateIssue"),
    (b"2026-03-02T03:04:06.25Z</Cr", b"2026-03-02T03:04:06.250Z</Cr"),
    (b"<Type>ENVIRONMENT", b"<Type>EXPIRES"),
    (b"<Type>DOCUMENT", b"<Type>CORRELATION"),
    (b"<InstanceIdentifier>test", b"<InstanceIdentifier>2026-03-02T03:04:05Z"),
    (b"<InstanceIdentifier>test", b"<InstanceIdentifier> test"),
    (b"</BusinessScope>", b" </BusinessScope>"),
    (b"<Content>", b"<Content> "),
    (b"</Content>", b"=</Content>"),
    (b"2026-04-01T03:04:06.25Z", b"2026-03-02T03:04:06.25Z"),
    (b"2026-04-01T03:04:06.25Z", b"2027-04-01T03:04:06.25Z"),
    (b"urn:swb:party:VN:gateway", b"urn:swb:party:VN:Gateway"),
    *((b"</Content>", b"</Content>" + EXTENSION % each) for each in INSIDE),
)
PUT_IN: Final = (
    b"<",
    b"&",
    b"&#65;",
    b"&amp;",
    b"<!--x-->",
    b"<?x y?>",
    b"<![CDATA[x]]>",
    b"\r",
    b"\x00",
    b"\xff",
    b"<a/>",
    b" ",
    b'"',
)


@pytest.fixture(scope="module")
def other() -> Iterator[Callable[[dict[str, object]], dict[str, str | None]]]:
    node = require_node("examples/conformance-node")
    program = ROOT / "examples" / "conformance-node" / "main.mjs"
    with subprocess.Popen(
        [node, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        requests, answers = process.stdin, process.stdout
        assert requests
        assert answers

        def ask(request: dict[str, object]) -> dict[str, str | None]:
            requests.write(json.dumps(request).encode() + b"\n")
            requests.flush()
            said: dict[str, str | None] = json.loads(answers.readline())
            return said

        yield ask
        requests.close()


def ask_about(layer: str, octets: bytes) -> dict[str, object]:
    return {
        "id": 1,
        "verb": "verify",
        "layer": layer,
        "input": base64.b64encode(octets).decode(),
        "trust": base64.b64encode(TRUST.read_bytes()).decode(),
        "at": "2026-03-02T03:05:00Z",
        "receiver": "",
    }


def compare(
    ask: Callable[[dict[str, object]], dict[str, str | None]], layer: str, files: list[bytes]
) -> None:
    differences = []
    for octets in files:
        request = ask_about(layer, octets)
        one, two = answer_request(request), ask(request)
        if (one["verdict"], one["code"]) != (two["verdict"], two["code"]):
            differences.append((octets[:2000], one["code"], two["code"]))
    assert differences == []


def test_sealed_documents_that_were_changed_and_sealed_again(
    other: Callable[[dict[str, object]], dict[str, str | None]],
) -> None:
    good = sealed_certificate()
    assert all(old in good for old, _ in SEALED)
    files = [resign_sealed(good.replace(old, new, 1)) for old, new in SEALED]
    compare(other, "sealed-document", files)


def test_messages_that_were_changed_and_signed_again(
    other: Callable[[dict[str, object]], dict[str, str | None]],
) -> None:
    good = clear_message()
    assert all(old in good for old, _ in MESSAGE)
    files = [resign_message(good.replace(old, new, 1)) for old, new in MESSAGE]
    compare(other, "message", files)


@pytest.mark.parametrize("layer", ["sealed-document", "message"])
def test_files_with_something_drawn_in_them(
    layer: str, other: Callable[[dict[str, object]], dict[str, str | None]]
) -> None:
    good = sealed_certificate() if layer == "sealed-document" else clear_message()
    draw = Random(layer)  # noqa: S311 - draws a test, keeps nothing secret
    files = []
    for _ in range(100):
        place = draw.randrange(len(good))
        files.append(good[:place] + bytes([draw.randrange(256)]) + good[place + 1 :])
        files.append(good[:place] + draw.choice(PUT_IN) + good[place:])
    compare(other, layer, files)
