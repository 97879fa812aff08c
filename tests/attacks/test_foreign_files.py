"""Files that others made, to deceive or with other signatures: refused, each with a code."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.attacks.reading import Reader

BEFORE_ANYTHING_IS_READ = ("xml.", "message.not_a_message", "sealed.not_a_sealed_document")


def _refuse_all(reader: Reader, files: dict[str, bytes]) -> None:
    assert files
    codes = {
        name: (reader.refusal_of_message(octets), reader.refusal_of_sealed(octets))
        for name, octets in files.items()
    }
    wrong = {
        name: pair
        for name, pair in codes.items()
        if not all(code.startswith(BEFORE_ANYTHING_IS_READ) for code in pair)
    }
    assert wrong == {}


def test_refuses_wrapped_saml_responses(samples: Path, reader: Reader) -> None:
    folder = samples / "signed" / "saml-wrapping"
    _refuse_all(
        reader,
        {path.name: base64.b64decode(path.read_bytes()) for path in folder.glob("*.base64")},
    )


def test_refuses_signed_documents_of_other_programs(samples: Path, reader: Reader) -> None:
    folder = samples / "signed"
    files = [*(folder / "signxml").rglob("*.xml"), *(folder / "xmlsec1").glob("*.xml")]
    _refuse_all(reader, {str(path): path.read_bytes() for path in files})


def test_refuses_xml_bombs_and_external_entities(samples: Path, reader: Reader) -> None:
    folder = samples / "malicious"
    files = [*folder.rglob("*.xml"), *folder.rglob("*.xsl")]
    _refuse_all(reader, {path.name: path.read_bytes() for path in files})


def test_refuses_a_published_header_without_our_payload(samples: Path, reader: Reader) -> None:
    files = list((samples / "sbdh").rglob("*.xml"))
    for path in files:
        assert reader.refusal_of_message(path.read_bytes())
