"""Attacks on the HTTP API: the unknown, the slow, the large, and who says to be another one."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from swb.api.routes.references import CountedStream
from swb.backends.softkey.tls import TlsAuthority
from swb.core.access import AccessRole, Principal, PrincipalKind
from swb_schemas.errors import UnavailableError
from tests.integration.api_world import serve_region

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path

    from starlette.types import Message

    from swb.backends.softkey.tls import TlsFiles
    from tests.integration.api_world import ApiWorld

NSW = AccessRole.SINGLE_WINDOW


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with serve_region(
        tmp_path_factory.mktemp("api"),
        api='hosts = ["127.0.0.1"]\nrequest_seconds = 0.5\npayload_octets = 200000\n'
        'trusted_proxies = ["127.0.0.1"]\nentitlements = 3\n',
    ) as made:
        yield made


def talk(world: ApiWorld, sent: bytes) -> bytes:
    """Send octets as they are; returns everything until the other end closes."""
    port = world.nodes["TH"].ports["api"]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(sent)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


def head(world: ApiWorld, **headers: str) -> bytes:
    told = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Authorization": f"Bearer {world.token('TH', NSW)}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST /v1/submissions HTTP/1.1\r\n{lines}\r\n".encode()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": "Bearer swb_0000000000000000_" + "0" * 64}, 401, "unauthenticated"),
        ({"Authorization": "Bearer " + "0" * 64}, 401, "session_over"),
        ({"Authorization": "Bearer nonsense"}, 401, "unauthenticated"),
        ({"Authorization": "Basic c3diOnN3Yg=="}, 401, "unauthenticated"),
        ({"Authorization": "Bearer swb_../../etc/passwd"}, 401, "unauthenticated"),
        ({"Authorization": "Bearer " + "x" * 5000}, 401, "unauthenticated"),
        ({"Cookie": "session=" + "0" * 64}, 401, "unauthenticated"),
    ],
    ids=["unknown token", "unknown session", "mistyped token", "basic", "path", "long", "cookie"],
)
def test_what_proves_nothing_is_told_so_and_no_more(
    world: ApiWorld, headers: Mapping[str, str], status: int, code: str
) -> None:
    with world.client("TH") as client:
        answer = client.get("/v1/principal", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, f"access.{code}")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_is_revoked_or_has_expired_opens_nothing(world: ApiWorld) -> None:
    access = world.nodes["TH"].access
    assert access is not None
    accounts = access.accounts_of("test")
    nsw = Principal(name="old", kind=PrincipalKind.SYSTEM, state="TH", roles=frozenset({NSW}))

    async def make(lasts_for: timedelta) -> tuple[str, str]:
        credential, token = await accounts.create_token(nsw, lasts_for=lasts_for)
        return credential.credential_id, token

    _, expired = world.run(make(timedelta(0)))
    revoked_id, revoked = world.run(make(timedelta(days=1)))
    with world.client("TH") as client:
        assert ask(client, revoked) == (200, "")
        world.run(accounts.revoke(revoked_id))
        assert ask(client, revoked) == (401, "access.revoked")
        assert ask(client, expired) == (401, "access.expired")


def ask(client: httpx.Client, token: str) -> tuple[int, str]:
    answer = client.get("/v1/principal", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("code", "")


def test_no_token_no_password_and_no_payload_is_in_any_log_or_trail(
    world: ApiWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    token, password = world.token("TH", NSW), "a password of somebody"
    payload = world.draw_payload()
    with world.client("TH", NSW) as client:
        client.post("/v1/submissions", content=payload)
        client.post("/v1/submissions", content=payload[:-200])
        client.post("/v1/sessions", json={"name": password, "password": password})
        client.post("/v1/sessions", json={"name": 1, "password": [password]})
        faulty = client.post("/v1/sessions", json={"name": "a", "password": password * 30})
    written = "".join(capfd.readouterr()) + repr(world.entries("TH")) + faulty.text
    for secret in (token, token.rpartition("_")[2], password, "SIMULATED"):
        assert secret not in written


def test_content_that_is_compressed_is_not_opened(world: ApiWorld) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    with world.client("TH", NSW) as client:
        for codings in (["gzip"], ["identity", "gzip"]):
            headers = [("Content-Encoding", coding) for coding in codings]
            answer = client.post("/v1/submissions", content=bomb, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "api.encoding")


@pytest.mark.parametrize("is_chunked", [False, True], ids=["told", "chunked"])
def test_content_that_is_too_large_is_refused_before_it_is_read(
    world: ApiWorld, *, is_chunked: bool
) -> None:
    content: Any = b"x" * 200_001
    if is_chunked:
        content = (b"x" * 50_000 for _ in range(5))
    with world.client("TH", NSW) as client:
        answer = client.post("/v1/submissions", content=content)
    assert (answer.status_code, answer.json()["code"]) == (413, "api.too_large")


def test_whoever_is_unknown_may_not_make_the_gateway_keep_much(world: ApiWorld) -> None:
    with world.client("TH") as client:
        answer = client.post("/v1/submissions", content=b"x" * 100_000)
    assert (answer.status_code, answer.json()["code"]) == (401, "access.unauthenticated")


def test_a_form_of_somebody_unknown_is_never_read_by_two_lengths(world: ApiWorld) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"0" * 30_000
    raw = head(world, Content_Type="multipart/form-data; boundary=b", Content_Length="10")
    raw = raw.replace(b"/v1/submissions", b"/console/sign-in")
    raw = raw.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    answer = talk(world, raw + b"%x\r\n%b\r\n" % (len(part), part))
    assert answer.startswith(b"HTTP/1.1 400")


def test_whoever_guesses_passwords_keeps_nobody_out_who_comes_through_the_same_proxy(
    world: ApiWorld,
) -> None:
    def guess(address: str) -> tuple[int, str]:
        sent = {"name": "anna", "password": "wrong"}
        answer = client.post("/v1/sessions", json=sent, headers={"X-Forwarded-For": address})
        return answer.status_code, answer.json()["code"]

    with world.client("TH") as client:
        told = [guess("203.0.113.7") for _ in range(11)]
        assert told == [(401, "access.sign_in")] * 10 + [(429, "access.too_many_attempts")]
        assert guess("203.0.113.8") == (401, "access.sign_in")


def test_content_that_drips_is_not_waited_for(world: ApiWorld) -> None:
    answer = talk(world, head(world, Content_Length="1000") + b"<")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"api.too_slow" in answer


def test_a_header_cannot_smuggle_a_line(world: ApiWorld) -> None:
    key = "a\\r\\nSet-Cookie: x=1"
    injected = talk(world, head(world, Idempotency_Key=key, Content_Length="0"))
    assert b"Set-Cookie" not in injected.partition(b"\r\n\r\n")[0]
    raw = head(world, Content_Length="0").replace(b"\r\n\r\n", b"\r\nX: a\rb\nc\r\n\r\n")
    assert talk(world, raw).startswith(b"HTTP/1.1 400")
    twice = head(world, Content_Length="5").replace(
        b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n"
    )
    assert talk(world, twice + b"0\r\n\r\n").startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        (
            "PUT",
            "entitlements",
            '{"subscriber":"\\ud800","reference":"x","until":"2030-01-01T00:00Z"}',
        ),
        (
            "PUT",
            "entitlements",
            '{"subscriber":"a","reference":"TH:\\udfff:1","until":"2030-01-01T00:00Z"}',
        ),
        ("PUT", "entitlements", '{"\\ud800":1}'),
        ("POST", "sessions", '{"name":"\\ud800","password":"\\ud800"}'),
        ("POST", "sessions", "[" * 60_000),
        ("POST", "sessions", '{"name":' + "1" * 20_000 + "}"),
        ("POST", "submissions", "\\ud800"),
        ("POST", "submissions", "{" + '"a":[' * 10_000),
    ],
    ids=["name", "key", "member", "sign in", "deep", "long number", "payload", "deep payload"],
)
def test_what_is_no_text_or_no_end_is_refused_and_faults_nothing(
    world: ApiWorld, method: str, path: str, content: str
) -> None:
    with world.client("TH", NSW) as client:
        headers = {"Content-Type": "application/json"}
        answer = client.request(method, f"/v1/{path}", content=content, headers=headers)
    assert answer.status_code in {400, 401, 403, 422}
    assert answer.json()["code"] != "internal.fault"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/documents/../../etc/passwd",
        "/v1/documents/%2e%2e%2f%2e%2e%2fetc%2fpasswd/content",
        "/v1/documents/00000000-0000-7000-8000-000000000000%00/content",
        "/v1/inbox/..%2f..%2fx/acknowledgement",
        "/v1/problems/..%2f..%2ferror_codes",
        "//v1/principal",
        "/v1/principal/",
    ],
)
def test_a_path_leads_to_nothing_but_what_is_described(world: ApiWorld, path: str) -> None:
    request = head(world).replace(b"POST /v1/submissions", f"GET {path}".encode())
    answer = talk(world, request)
    assert answer.split(b" ", 2)[1] in {b"400", b"404", b"405"}
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Host": "elsewhere.example"}, 421, "api.host"),
        ({"Host": "127.0.0.1@elsewhere.example"}, 421, "api.host"),
        ({"Origin": "https://elsewhere.example"}, 403, "api.cross_origin"),
        ({"Origin": "null"}, 403, "api.cross_origin"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "api.cross_origin"),
    ],
)
def test_no_page_of_any_site_uses_the_api(
    world: ApiWorld, headers: Mapping[str, str], status: int, code: str
) -> None:
    with world.client("TH", NSW) as client:
        answer = client.get("/v1/principal", headers=headers)
        preflight = client.options(
            "/v1/submissions",
            headers={
                "Origin": "https://elsewhere.example",
                "Access-Control-Request-Method": "POST",
            },
        )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    for each in (answer, preflight):
        assert not [name for name in each.headers if name.startswith("access-control")]


def test_whoever_asks_too_often_waits(tmp_path: Path) -> None:
    with (
        serve_region(tmp_path, api="requests_per_second = 0.1\n") as world,
        world.client("TH", NSW) as client,
        world.client("TH", AccessRole.SUBSCRIBER) as other,
    ):
        assert client.get("/v1/principal").status_code == 200
        answer = client.get("/v1/principal")
        assert (answer.status_code, answer.json()["code"]) == (429, "api.too_many_requests")
        assert 1 <= int(answer.headers["Retry-After"]) <= 10
        assert other.get("/v1/principal").status_code == 200
        with world.client("TH") as nobody:
            bad = {"Authorization": "Bearer swb_0000000000000000_" + "0" * 64}
            codes = [nobody.get("/v1/principal", headers=bad).json()["code"] for _ in range(40)]
        assert codes[0] == "access.unauthenticated"
        assert codes[-1] == "access.too_many_attempts"


@pytest.fixture
def legal_basis(world: ApiWorld) -> Iterator[None]:
    """Agreements that let subscribers see something, as long as a test lasts."""
    table = world.region.folder / "connections.toml"
    before = table.read_text(encoding="utf-8")
    basis = 'protected = true, legal_basis = "Protocol 4"'
    table.write_text(before.replace("protected = true", basis), encoding="utf-8")
    yield
    table.write_text(before, encoding="utf-8")


@pytest.mark.usefixtures("legal_basis")
def test_nobody_makes_the_gateway_look_at_ever_more_references(world: ApiWorld) -> None:
    world.token("TH", AccessRole.SUBSCRIBER)

    def entitle(number: int) -> tuple[int, str]:
        wanted = {
            "subscriber": "subscriber-th",
            "reference": f"TH:BKK-01:{number}",
            "until": "2030-01-01T00:00:00Z",
        }
        answer = client.put("/v1/entitlements", json=wanted)
        return answer.status_code, answer.json()["code"] if answer.content else ""

    with world.client("TH", NSW) as client:
        assert [entitle(number) for number in range(4)] == [
            *[(204, "")] * 3,
            (409, "api.too_many_entitlements"),
        ]
        assert entitle(2) == (204, "")
        given = {"subscriber": "subscriber-th", "reference": "TH:BKK-01:0"}
        assert client.delete("/v1/entitlements", params=given).status_code == 204
        assert entitle(3) == (204, "")
        for number in range(1, 4):
            client.delete("/v1/entitlements", params={**given, "reference": f"TH:BKK-01:{number}"})


@pytest.mark.usefixtures("legal_basis")
def test_streams_that_are_asked_for_at_once_are_as_few(world: ApiWorld) -> None:
    token = world.token("TH", AccessRole.SUBSCRIBER)
    shown = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    asked = f"GET /v1/references/events HTTP/1.1\r\n{shown}".encode()
    address = "127.0.0.1", world.nodes["TH"].ports["api"]
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(address, 30)) for _ in range(8)]
        for line in lines:
            line.sendall(asked)
        told = sorted(line.recv(12) for line in lines)
    assert told == [b"HTTP/1.1 200"] * 2 + [b"HTTP/1.1 429"] * 6


@pytest.mark.parametrize("gone_at", ["http.response.start", "http.response.body"])
async def test_a_stream_whose_reader_went_away_gives_its_place_back(gone_at: str) -> None:
    open_now = {"TH bank": 1}

    async def tell() -> AsyncIterator[str]:
        yield ": alive\n\n"

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == gone_at:
            raise ConnectionResetError

    stream = CountedStream(tell(), owner="TH bank", open_now=open_now)
    assert open_now == {"TH bank": 2}
    with pytest.raises(UnavailableError, match="at most 2 streams"):
        CountedStream(tell(), owner="TH bank", open_now=open_now)
    with pytest.raises(ConnectionResetError):
        await stream({"type": "http"}, receive, send)
    assert open_now == {"TH bank": 1}


@pytest.mark.usefixtures("legal_basis")
def test_streams_are_few_and_end_when_their_token_is_revoked(world: ApiWorld) -> None:
    access = world.nodes["TH"].access
    assert access is not None
    accounts = access.accounts_of("test")
    bank = Principal(
        name="bank",
        kind=PrincipalKind.SYSTEM,
        state="TH",
        roles=frozenset({AccessRole.SUBSCRIBER}),
    )
    credential, token = world.run(accounts.create_token(bank, lasts_for=timedelta(days=1)))
    shown = {"Authorization": f"Bearer {token}"}
    with (
        world.client("TH") as client,
        client.stream("GET", "/v1/references/events", headers=shown) as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == ": alive"
        with client.stream("GET", "/v1/references/events", headers=shown) as second:
            others = second.iter_lines()  # a stream is closed when nobody holds its lines
            assert next(others) == ": alive"
            third = client.get("/v1/references/events", headers=shown)
            assert (third.status_code, third.json()["code"]) == (429, "api.too_many_streams")
        world.run(accounts.revoke(credential.credential_id))
        assert 'data: {"code":"access.revoked"}' in list(lines)


# --- client certificates -----------------------------------------------------------------------


def test_a_registered_client_certificate_lets_in_and_no_other_one(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    authority = TlsAuthority(tmp_path / "tls", name="authority", at=now)
    elsewhere = TlsAuthority(tmp_path / "elsewhere", name="elsewhere", at=now)
    server = authority.issue_server("server", hosts=["localhost"])
    ours, unregistered = authority.issue_client("ours"), authority.issue_client("unregistered")
    foreign = elsewhere.issue_client("foreign")
    api = (
        f'certificate = "{server.certificate}"\nkey = "{server.key}"\n'
        f'client_authorities = "{server.ca}"\n'
    )
    with serve_region(tmp_path / "region", api=api) as world:
        access = world.nodes["TH"].access
        assert access is not None
        nsw = Principal(name="nsw", kind=PrincipalKind.SYSTEM, state="TH", roles=frozenset({NSW}))
        der = ssl.PEM_cert_to_DER_cert(ours.certificate.read_text())
        registered = access.accounts_of("test").register_certificate(
            nsw, der, lasts_for=timedelta(days=1)
        )
        world.run(registered)
        url = f"https://localhost:{world.nodes['TH'].ports['api']}"

        def asked(who: TlsFiles | None, path: str = "/v1/principal") -> httpx.Response:
            tls = ssl.create_default_context(cafile=str(server.ca))
            if who is not None:
                tls.load_cert_chain(who.certificate, who.key)
            with httpx.Client(base_url=url, verify=tls) as client:
                return client.get(path)

        found = asked(ours)
        assert (found.status_code, found.json()["name"]) == (200, "nsw")
        for each in (found, asked(None, "/"), asked(None, "/console/sign-in"), asked(None, "/x")):
            assert each.headers["Strict-Transport-Security"].startswith("max-age=")
            assert "default-src 'none'" in each.headers["Content-Security-Policy"]
            assert each.headers["Cache-Control"] == "no-store"
        for who in (unregistered, None):
            answer = asked(who)
            assert (answer.status_code, answer.json()["code"]) == (401, "access.unauthenticated")
        with pytest.raises(httpx.HTTPError):
            asked(foreign)


def test_a_connection_that_says_nothing_is_closed(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swb.serving._IDLE", 0.2)
    assert talk(world, b"GET /v1/principal HTTP/1.1\r\nHost:") == b""
