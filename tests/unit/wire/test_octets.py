"""One octet form: canonical XML, and base64 with one spelling."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.errors import RefusedError
from swb_schemas.parsing import XmlLimits
from swb_schemas.wire.octets import decode_base64, parse_canonical


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(b"", "xml.malformed", id="nothing"),
        pytest.param(b"<a/>", "xml.not_canonical", id="an empty-element tag"),
        pytest.param(b"<a></a> ", "xml.not_canonical", id="space behind"),
        pytest.param(b'<a b="1" a="2"></a>', "xml.not_canonical", id="attributes out of order"),
        pytest.param(b'<a xmlns:u="urn:u"></a>', "xml.not_canonical", id="an unused declaration"),
        pytest.param(b"<a>\r</a>", "xml.not_canonical", id="a carriage return"),
        pytest.param(b"<a><!--c--></a>", "xml.not_canonical", id="a comment"),
        pytest.param("<a>é</a>".encode("latin-1"), "xml.malformed", id="another encoding"),
        pytest.param("<a></a>".encode("utf-16"), "xml.not_canonical", id="UTF-16"),
        pytest.param(b'<a xmlns="a/b"></a>', "xml.not_canonical", id="a relative namespace name"),
        pytest.param(b"<?p q?><a></a>", "xml.processing_instruction", id="an instruction before"),
    ],
)
def test_refuses_other_spellings(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_canonical(raw)
    assert refused.value.code == code


def test_refuses_what_is_larger_than_the_limit() -> None:
    with pytest.raises(RefusedError) as refused:
        parse_canonical(b"<a></a>", limits=XmlLimits(octets=6))
    assert refused.value.code == "xml.too_large"


def test_refuses_more_elements_than_the_limit() -> None:
    with pytest.raises(RefusedError) as refused:
        parse_canonical(b"<a><b></b><b></b></a>", limits=XmlLimits(elements=2))
    assert refused.value.code == "xml.too_many_elements"


@given(st.binary(max_size=50))
def test_base64_has_one_spelling(octets: bytes) -> None:
    text = base64.b64encode(octets)
    assert decode_base64(text, code="c", what="w") == octets
    for other in {text + b"=", text + b"\n", b" " + text, text.rstrip(b"=")} - {text}:
        with pytest.raises(RefusedError):
            decode_base64(other, code="c", what="w")


@pytest.mark.parametrize("text", [b"QR==", b"QUJ=", b"QUI", b"QQ", b"Q", b"QQ=Q", b"====", b"Q-__"])
def test_refuses_base64_that_is_spelled_otherwise(text: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        decode_base64(text, code="some.code", what="Content")
    assert refused.value.code == "some.code"
    assert "Content" in refused.value.message
