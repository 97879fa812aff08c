"""What an operator writes of a region's RabbitMQ, and a member of its TLS, before any server."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.app.broker import apply_broker, check_lines, compare_broker, describe_broker, plan_region
from swb.app.lines import build_lines
from swb.app.provision import apply_topology
from swb.backends.softkey import TlsAuthority
from swb.config import load_config, load_topology
from swb_schemas.errors import RefusedError
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EMBEDDED = 'kind = "embedded"\npath = "broker.db"\n'


@pytest.fixture
def region(tmp_path: Path) -> Path:
    for file in (ROOT / "examples" / "region").glob("*.toml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "url").touch(mode=0o600)
    (tmp_path / "url").write_text("amqps://localhost\n", encoding="utf-8")
    return tmp_path


def rewrite(file: Path, *more: str) -> Path:
    """Have a configuration speak with RabbitMQ."""
    transport = "\n".join(('kind = "rabbitmq"', 'url = "file:url"', *more, ""))
    text = file.read_text(encoding="utf-8").replace(EMBEDDED, transport)
    file.write_text(text, encoding="utf-8")
    return file


def describe(region: Path, text: str) -> Path:
    """Write the operator's file, and have the router's configuration name it."""
    router = rewrite(region / "router.toml")
    router.write_text(
        router.read_text(encoding="utf-8") + '\n[topology]\nfile = "topology.toml"\n',
        encoding="utf-8",
    )
    (region / "topology.toml").write_text(text, encoding="utf-8")
    return router


# --- the operator's file -----------------------------------------------------------------------


def test_describes_what_the_files_say_and_no_secret(region: Path) -> None:
    (region / "password").touch(mode=0o600)
    (region / "password").write_text("never-told", encoding="utf-8")
    router = describe(
        region,
        '[[router]]\nuser = "router-1"\npassword = "file:password"\n'
        '[[router]]\nuser = "router-2"\n'
        '[member.TH]\nuser = "gw.th"\nmax_length = 7\nmax_octets = 70\nmax_connections = 2\n'
        "[defaults]\nmax_channels = 9\nmax_vhost_connections = 5\n"
        "[ceiling]\nmax_length = 10\nmax_octets = 100\n",
    )
    with pytest.raises(RefusedError, match=r"topology\.limit"):
        describe_broker(load_config(router))
    (region / "topology.toml").write_text(
        (region / "topology.toml")
        .read_text()
        .replace("[defaults]\n", "[defaults]\nmax_length = 8\nmax_octets = 80\n")
    )
    entries = describe_broker(load_config(router))
    told = json.dumps([each.value for each in entries])
    assert "never-told" not in told
    assert "password_hash" not in told
    users = {each.name: each.value for each in entries if each.kind == "users"}
    assert {name: user["login"] for name, user in users.items()} == {
        "gw.th": "certificate",
        "gateway-VN": "certificate",
        "router-1": "password",
        "router-2": "certificate",
    }
    assert users["gw.th"]["limits"] == {"max-connections": 2, "max-channels": 9}
    policies = {
        each.name: each.value["value"] for each in entries if "operator_policy" in each.name
    }
    assert [policy["definition"] for policy in policies.values() if isinstance(policy, dict)] == [
        {"max-length": 7, "max-length-bytes": 70},
        {"max-length": 8, "max-length-bytes": 80},
    ]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[member.MM]\nmax_length = 5\n", "topology.unknown_member", "MM"),
        ("[member.Th]\nmax_length = 5\n", "config.invalid", "two letters"),
        ("[member.TH]\nmax_lenght = 5\n", "config.invalid", "'max_length'"),
        ("[member.TH]\nmax_length = 0\n", "config.invalid", "max_length"),
        ('[member.TH]\npassword = "clear"\n', "config.invalid", "reference"),
        ('[member.TH]\nuser = "gateway-VN"\n', "topology.user", "gateway-VN"),
        ('[member.TH]\nuser = "a b"\n', "topology.user", "letters"),
        ('[management]\nurl = "https://user:secret@host"\n', "config.invalid", "reference"),
        ("router = 5\n", "config.invalid", "router"),
    ],
)
def test_refuses_a_file_that_cannot_hold(region: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        describe_broker(load_config(describe(region, text)))
    assert caught.value.code == code
    assert words in str([caught.value.message, caught.value.findings])
    assert "secret" not in str([caught.value.message, caught.value.findings])


@pytest.mark.parametrize("text", ["", '[[router]]\nuser = "router"\n'])
async def test_compares_and_applies_nothing_without_a_management_api(
    region: Path, text: str
) -> None:
    config = load_config(describe(region, text))
    for act in (compare_broker, apply_broker):
        with pytest.raises(RefusedError, match=r"topology\.no_description"):
            await act(config)


async def test_the_embedded_transport_has_no_management_api(region: Path) -> None:
    config = load_config(region / "router.toml")
    with pytest.raises(RefusedError, match=r"topology\.no_description"):
        await compare_broker(config)
    assert await apply_topology(config) == ("TH", "VN")
    for name in ("router.toml", "gateway-TH.toml"):
        assert all(each.error is None for each in await check_lines(load_config(region / name)))


async def test_a_line_that_is_missing_is_told_by_its_code(region: Path) -> None:
    [state] = await check_lines(load_config(region / "gateway-TH.toml"))
    assert state.error is not None
    assert state.error.code.startswith("transport.")


def test_the_members_are_those_of_the_table_of_connections(region: Path) -> None:
    (region / "topology.toml").write_text("", encoding="utf-8")
    plan = plan_region(load_topology(region / "topology.toml"), ["TH", "VN", "ID"])
    assert [each.state for each in plan.members] == ["TH", "VN", "ID"]


# --- TLS of a line -----------------------------------------------------------------------------


@pytest.fixture
def tls(region: Path) -> TlsAuthority:
    return TlsAuthority(region, name="the region's", at=datetime.now(UTC))


def test_a_line_takes_certificate_and_passphrase(region: Path, tls: TlsAuthority) -> None:
    tls.issue_client("gateway-TH", passphrase="very secret")
    (region / "passphrase").touch(mode=0o600)
    (region / "passphrase").write_text("very secret", encoding="utf-8")
    file = rewrite(
        region / "gateway-TH.toml",
        'auth = "external"',
        'ca = "ca.pem"',
        'certificate = "gateway-TH.crt.pem"',
        'key = "gateway-TH.pem"',
        'passphrase = "file:passphrase"',
        'server_name = "rabbitmq.example"',
    )
    assert set(build_lines(load_config(file))) == {"TH"}
    (region / "passphrase").write_text("another", encoding="utf-8")
    with pytest.raises(RefusedError, match=r"config\.tls.*passphrase") as caught:
        build_lines(load_config(file))
    assert "another" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param(('auth = "external"',), "config.invalid", id="external without certificate"),
        pytest.param(('certificate = "ca.pem"',), "config.invalid", id="certificate without key"),
        pytest.param(('auth = "kerberos"',), "config.invalid", id="another mechanism"),
        pytest.param(('ca = "missing.pem"',), "config.tls", id="no such authority"),
        pytest.param(('ca = "router.toml"',), "config.tls", id="an authority that is none"),
        pytest.param(
            ('certificate = "TH.crt.pem"', 'key = "VN.pem"'), "config.tls", id="another's key"
        ),
        pytest.param(
            ('certificate = "TH.crt.pem"', 'key = "missing.pem"'), "config.tls", id="no such key"
        ),
    ],
)
def test_refuses_files_that_cannot_be_used(
    region: Path, tls: TlsAuthority, more: tuple[str, ...], code: str
) -> None:
    for name in ("TH", "VN"):
        tls.issue_client(name)
    with pytest.raises(RefusedError) as caught:
        build_lines(load_config(rewrite(region / "gateway-TH.toml", *more)))
    assert caught.value.code == code


def test_refuses_certificates_that_would_go_unused(region: Path, tls: TlsAuthority) -> None:
    tls.issue_client("TH")
    (region / "url").write_text("amqp://localhost\n", encoding="utf-8")
    file = rewrite(region / "gateway-TH.toml", 'certificate = "TH.crt.pem"', 'key = "TH.pem"')
    with pytest.raises(RefusedError, match=r"config\.tls.*amqps"):
        build_lines(load_config(file))
