"""``Forwarded`` (RFC 7239): read from its end, as far as proxies are trusted."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.forwarded import Asker, find_asker, is_within, parse_forwarded
from swb_schemas.errors import RefusedError

PROXY: Final = "10.0.0.1"
TRUSTED: Final = [ip_network("10.0.0.0/8"), ip_network("2001:db8:a::/48")]


def asker(raw: str, peer: str = PROXY) -> Asker:
    return find_asker(parse_forwarded(raw), peer=peer, trusted=TRUSTED)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("for=192.0.2.43", "192.0.2.43"),
        ("FOR=192.0.2.43;Proto=http;by=203.0.113.60", "192.0.2.43 http"),
        ('for="192.0.2.43:47011";proto=https', "192.0.2.43 https"),
        ("for=192.0.2.43:47011", "192.0.2.43"),
        ('for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ('for="[2001:DB8:CAFE:0::17]"', "2001:db8:cafe::17"),
        ("for=[2001:db8:cafe::17]", "2001:db8:cafe::17"),
        ('for="[::ffff:192.0.2.43]"', "192.0.2.43"),
        ("for=_hidden, for=_SEVKISEK", "_SEVKISEK"),
        ('for="_gazonk:_port"', "_gazonk"),
        ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
        ("for=192.0.2.43;proto=https, for=10.0.0.7;proto=http", "192.0.2.43 https"),
        ('for=192.0.2.43,for="[2001:db8:a::1]",for=10.2.3.4', "192.0.2.43"),
        ("for=10.0.0.9, for=10.0.0.8", "10.0.0.9"),
        (" , for=192.0.2.43 ;  proto=https , ", "192.0.2.43 https"),
        ('for="192\\.0.2.43"', "192.0.2.43"),
    ],
)
def test_tells_who_asked_the_first_proxy_that_is_trusted(raw: str, told: str) -> None:
    found = asker(raw)
    assert f"{found.address} {found.scheme}".strip() == told


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("for=10.0.0.9, for=192.0.2.1", "192.0.2.1"),
        ("for=unknown", PROXY),
        ("for=unknown, for=10.0.0.9", "10.0.0.9"),
        ("by=10.0.0.2;proto=https", PROXY),
        ("for=localhost", PROXY),
        ("for=", ""),
        ('for=""', PROXY),
        ("for=999.1.1.1", PROXY),
        ("for=010.0.0.1", PROXY),
        ('for="[10.0.0.1"', PROXY),
        ('for="192.0.2.1, 10.0.0.9"', PROXY),
        ("for=192.0.2.1%00", PROXY),
        ("for=0x7f000001", PROXY),
    ],
)
def test_what_a_client_wrote_makes_nobody_of_it(raw: str, address: str) -> None:
    """It is a proxy's own word or the proxy itself, and never what a client put before it."""
    if not address:
        with pytest.raises(RefusedError):
            parse_forwarded(raw)
        return
    assert asker(raw).address == address


@pytest.mark.parametrize(
    "raw",
    [
        'for="',
        'for="192.0.2.1',
        'for=x", for=192.0.2.1',
        'by=", for="[2001:db8::1]"',
        "for=1;for=2",
        "for = 192.0.2.1",
        "for=192.0.2.1 proto=https",
        "192.0.2.1",
        "for=192.0.2.1;=x",
        'for="a"b',
        "for=\u00e9",
        "a=b\nfor=192.0.2.1",
        '"' * 30_000,
        "for=" * 8_000,
    ],
)
def test_refuses_what_the_standard_does_not_allow(raw: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_forwarded(raw)
    assert caught.value.code == "api.forwarded"
    assert len(caught.value.message) < 200


def test_nobody_is_believed_who_is_not_trusted() -> None:
    assert asker("for=192.0.2.43;proto=https", peer="192.0.2.99") == Asker(
        address="192.0.2.99", scheme=""
    )
    assert not is_within("", TRUSTED)
    assert not is_within("_hidden", TRUSTED)
    assert is_within("::ffff:10.1.2.3", TRUSTED)


@given(st.text(alphabet='for=;,:"\\[]_ 0123456789.a', max_size=60))
def test_whatever_a_client_wrote_before_the_proxy_s_own_word_that_word_stands(wrote: str) -> None:
    try:
        told = asker(f"{wrote},for=192.0.2.43").address
    except RefusedError as error:
        told = error.code
    assert told in {"192.0.2.43", "api.forwarded"}


def test_of_a_name_that_stands_twice_twenty_signs_are_told() -> None:
    name = "n" * 30
    with pytest.raises(RefusedError, match=f"with {'n' * 20} once$"):
        parse_forwarded(f"{name}=1;{name}=2")
