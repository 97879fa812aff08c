"""What a daemon is told: whatever is wrong is refused by key, with a hint where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swb.config import (
    Role,
    SecretReader,
    load_config,
    load_signer_config,
    resolve_secret,
)
from swb_schemas.errors import RefusedError

KEYS = "".join(
    f'\n[keys.{purpose}]\nkey = "{purpose}.pem"\ncertificate = "{purpose}.crt.pem"\n'
    for purpose in ("receipt-seal", "transport")
)
GATEWAY = f"""
[party]
state = "TH"
environment = "test"

[roles]
run = ["gateway"]

[store]
path = "store.db"

[transport]
kind = "embedded"
path = "broker.db"

[trust]
bundle = "trust/bundle.json"

[connections]
table = "connections.toml"

[national]
adapters = ["thailand"]
drop_folder = "national"
{KEYS}"""
ROUTER = f"""
[party]
state = "REGION"
environment = "test"

[roles]
run = ["router"]

[store]
path = "store.db"

[transport]
kind = "rabbitmq"
url = "file:amqp.url"

[trust]
bundle = "/etc/swb/bundle.json"

[connections]
table = "connections.toml"
{KEYS}"""


def write(folder: Path, text: str) -> Path:
    file = folder / "swb.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_reads_a_gateway_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, GATEWAY))
    assert config.roles.run == (Role.GATEWAY,)
    assert config.store is not None
    assert config.store.path == tmp_path / "store.db"
    assert config.trust.bundle == tmp_path / "trust" / "bundle.json"
    assert config.national is not None
    assert config.national.drop_folder == tmp_path / "national"
    assert {key.key for key in config.keys.values() if key.kind == "file"} == {
        tmp_path / "receipt-seal.pem",
        tmp_path / "transport.pem",
    }


POSTGRES = GATEWAY.replace(
    'path = "store.db"\n',
    'path = "store.db"\nkind = "postgres"\nurl = "file:postgres-url"\nschema = "th"\n',
)


def test_reads_a_store_in_postgresql(tmp_path: Path) -> None:
    store = load_config(write(tmp_path, POSTGRES)).store
    assert store is not None
    assert (store.kind, store.schema_name, store.migrate) == ("postgres", "th", "open")
    assert store.url == f"file:{tmp_path / 'postgres-url'}"
    assert store.path == tmp_path / "store.db"


@pytest.mark.parametrize(
    ("text", "before", "after", "path", "hint"),
    [
        (POSTGRES, 'url = "file:postgres-url"\n', "", "store", "expected url"),
        (POSTGRES, "file:postgres-url", "postgresql://u:p@h/d", "store.url", "a reference"),
        (POSTGRES, '"th"', '"TH; DROP"', "store.schema", "small letters"),
        (POSTGRES, "schema =", "shcema =", "store.shcema", "'schema'"),
        (POSTGRES, '"postgres"', '"postgre"', "store.kind", "'postgres'"),
        (POSTGRES, 'kind = "postgres"\n', "", "store", "for kind"),
    ],
)
def test_says_what_is_wrong_with_a_store(
    tmp_path: Path, text: str, before: str, after: str, path: str, hint: str
) -> None:
    with pytest.raises(RefusedError) as failure:
        load_config(write(tmp_path, text.replace(before, after, 1)))
    [finding] = failure.value.findings
    assert finding.path == path
    assert hint in finding.message


def test_takes_a_secret_from_a_file_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "amqp.url").touch(mode=0o600)
    (tmp_path / "amqp.url").write_text("amqp://user:secret@host\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    config = load_config(write(tmp_path, ROUTER))

    assert config.transport.kind == "rabbitmq"
    assert resolve_secret(config.transport.url) == "amqp://user:secret@host"
    assert config.trust.bundle == Path("/etc/swb/bundle.json")


@pytest.mark.parametrize(
    ("text", "before", "after", "path", "hint"),
    [
        (GATEWAY, "[store]", "[stroe]", "stroe", "'store'"),
        (GATEWAY, "environment =", "enviroment =", "party.enviroment", "'environment'"),
        (GATEWAY, '"test"', '"tset"', "party.environment", "'test'"),
        (GATEWAY, '"TH"', '"Thailand"', "party.state", ""),
        (GATEWAY, '["gateway"]', '["gatway"]', "roles.run.0", "'gateway'"),
        (GATEWAY, '["gateway"]', "[]", "roles.run", ""),
        (GATEWAY, '["gateway"]', '["gateway", "gateway"]', "roles.run", "once"),
        (GATEWAY, 'path = "broker', 'pth = "broker', "transport.pth", "'path'"),
        (GATEWAY, '"embedded"', '"embeded"', "transport.kind", "'embedded'"),
        (GATEWAY, 'kind = "embedded"\n', "", "transport.kind", "'embedded'"),
        (GATEWAY, "drop_folder", "dropfolder", "national.dropfolder", "'drop_folder'"),
        (GATEWAY, "[keys.transport]", "[keys.transprot]", "keys.transprot", "'transport'"),
        (
            GATEWAY,
            'certificate = "transport',
            'certificte = "transport',
            "keys.transport.certificte",
            "'certificate'",
        ),
        (GATEWAY, "[trust]\nbundle", "[trust]\nbundel", "trust.bundel", "'bundle'"),
        (
            GATEWAY,
            "[national]",
            "[limits]\nprefetsch = 3\n\n[national]",
            "limits.prefetsch",
            "'prefetch'",
        ),
        (GATEWAY, "[national]", "[limits]\nprefetch = 0\n\n[national]", "limits.prefetch", "1"),
        (
            GATEWAY,
            "[national]",
            "[limits]\npoll_seconds = nan\n[national]",
            "limits.poll_seconds",
            "",
        ),
        (
            GATEWAY,
            "[national]",
            "[limits]\nfirst_retry_seconds = 9\nretry_ceiling_seconds = 3\n[national]",
            "limits",
            "retry_ceiling_seconds",
        ),
        (GATEWAY, "[national]", "[health]\nport = 70000\n\n[national]", "health.port", "65535"),
        (
            GATEWAY,
            "[national]",
            '[api]\nhost = "0.0.0.0"\nport = 1\naccess = "a.db"\n[national]',
            "api",
            "certificate and key",
        ),
        (
            GATEWAY,
            "[national]",
            '[api]\nport = 1\naccess = "a.db"\nclient_authorities = "ca.pem"\n[national]',
            "api",
            "needs certificate",
        ),
        (
            GATEWAY,
            "[national]",
            '[api]\nport = 1\naccess = "a.db"\nhosts = ["a/b"]\n[national]',
            "api.hosts.0",
            "without port",
        ),
        (
            GATEWAY,
            "[national]",
            '[api]\nport = 1\naccess = "a.db"\ntrusted_proxies = ["*"]\n[national]',
            "api.trusted_proxies.0",
            "network",
        ),
        (
            GATEWAY,
            "[national]",
            '[api]\nport = 1\naccess = "a.db"\nproxy_header = "forwarded"\n[national]',
            "api",
            "needs trusted_proxies",
        ),
        (
            GATEWAY,
            "[national]",
            '[api]\nport = 1\naccess = "a.db"\nconsole = false\npages_per_second = 5\n[national]',
            "api",
            "for console = true",
        ),
        (
            ROUTER,
            "[trust]",
            'passphrase = "file:secret"\n[trust]',
            "transport",
            "passphrase needs key",
        ),
        (ROUTER, '["router"]', '["router", "gateway"]', "roles.run", "router alone"),
        (ROUTER, '"file:amqp.url"', '"amqp://user:secret@host"', "transport.url", "file:PATH"),
        (ROUTER, 'table = "connections.toml"', "", "connections.table", ""),
        (
            GATEWAY,
            'key = "transport.pem"',
            'kind = "pkcs21"\nkey = "transport.pem"',
            "keys.transport.kind",
            "'pkcs12'",
        ),
        (
            GATEWAY,
            'key = "transport.pem"',
            'kind = "remote"\nsocket = "signer.sock"\ntimeout_second = 3',
            "keys.transport.timeout_second",
            "'timeout_seconds'",
        ),
        (
            GATEWAY,
            'key = "transport.pem"',
            'kind = "pkcs11"\nmodule = "m.so"\ntoken = "TH"\npin = "env:PIN"',
            "keys.transport",
            "label or id",
        ),
        (
            GATEWAY,
            'key = "transport.pem"',
            'kind = "pkcs11"\nmodule = "m.so"\ntoken = "T"\nlabel = "k"\npin = "1234"',
            "keys.transport.pin",
            "file:PATH or prompt",
        ),
        (
            GATEWAY,
            "[national]",
            '[[retired_decryption]]\nkey = "old.pem"\ncertifikate = "old.crt.pem"\n\n[national]',
            "retired_decryption.0.certificate",
            "found none",
        ),
    ],
)
def test_names_the_key_that_is_wrong_and_what_was_meant(
    tmp_path: Path, text: str, before: str, after: str, path: str, hint: str
) -> None:
    assert before in text
    with pytest.raises(RefusedError) as failure:
        load_config(write(tmp_path, text.replace(before, after, 1)))
    assert failure.value.code == "config.invalid"
    assert failure.value.actor == "operator"
    found = {finding.path: finding.message for finding in failure.value.findings}
    assert path in found, found
    assert hint in found[path]
    assert "secret" not in str(failure.value)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("text", "section", "needed"),
    [
        (GATEWAY, "store", "[store]"),
        (GATEWAY, "national", "[national]"),
        (GATEWAY, "keys.receipt-seal", "[keys.receipt-seal]"),
        (GATEWAY, "keys.transport", "[keys.transport]"),
        (ROUTER, "store", "[store]"),
        (ROUTER, "connections", "[connections]"),
        (ROUTER, "keys.transport", "[keys.transport]"),
    ],
)
def test_names_the_section_that_a_role_needs(
    tmp_path: Path, text: str, section: str, needed: str
) -> None:
    before, _, rest = text.partition(f"[{section}]\n")
    _, _, after = rest.partition("\n[")
    shortened = f"{before}\n[{after}" if after else before
    with pytest.raises(RefusedError) as failure:
        load_config(write(tmp_path, shortened))
    assert needed in failure.value.message


LOG_KEY = '\n[keys.log]\nkey = "log.pem"\ncertificate = "log.crt.pem"\n'
LEDGER = '\n[ledger]\npath = "log.db"\norigin = "log.example/region"\npublish = "log"\n'
WITNESS = '\n[witness]\npath = "w.db"\norigin = "log.example/region"\nlog = "file:log"\n'


@pytest.mark.parametrize(
    ("text", "section", "roles"),
    [
        (ROUTER, '[national]\nadapters = ["thailand"]\ndrop_folder = "n"', "gateway or authority"),
        (GATEWAY, "[authority]", "authority"),
        (ROUTER, '[api]\nport = 1\naccess = "a.db"', "gateway"),
        (
            ROUTER,
            '[[fingerprints.keys]]\nid = "k"\npartners = ["VN"]\nsecret = "file:k"',
            "gateway",
        ),
        (ROUTER, '[reconciliation]\npath = "r.db"', "gateway"),
        (ROUTER, WITNESS + LOG_KEY, "gateway"),
        (GATEWAY, LEDGER + LOG_KEY, "router"),
        (GATEWAY, "[quotas.every]\nmessages_per_second = 1", "router"),
    ],
    ids=[
        "national",
        "authority",
        "api",
        "fingerprints",
        "reconciliation",
        "witness",
        "ledger",
        "quotas",
    ],
)
def test_refuses_a_section_that_would_change_nothing(
    tmp_path: Path, text: str, section: str, roles: str
) -> None:
    load_config(write(tmp_path, text))
    with pytest.raises(RefusedError) as failure:
        load_config(write(tmp_path, f"{text}\n{section}\n"))
    (finding,) = failure.value.findings
    assert finding.message.startswith("a section [")
    assert finding.message.endswith(f"is for the role {roles}")


def test_an_authority_beside_its_gateway_has_its_sections(tmp_path: Path) -> None:
    both = GATEWAY.replace('["gateway"]', '["gateway", "authority"]')
    assert load_config(write(tmp_path, f"{both}\n[authority]\nseed = 7\n")).authority.seed == 7


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [(GATEWAY, '"TH"', '"REGION"'), (ROUTER, '"REGION"', '"TH"')],
)
def test_a_router_is_the_regions_and_a_gateway_a_states(
    tmp_path: Path, text: str, before: str, after: str
) -> None:
    with pytest.raises(RefusedError) as failure:
        load_config(write(tmp_path, text.replace(before, after, 1)))
    assert "REGION" in failure.value.message


def test_tells_all_faults_at_once(tmp_path: Path) -> None:
    text = GATEWAY.replace("drop_folder", "dropfolder").replace('"TH"', '"th"')
    with pytest.raises(RefusedError) as failure:
        load_config(write(tmp_path, text))
    paths = {finding.path for finding in failure.value.findings}
    assert {"party.state", "national.dropfolder"} <= paths


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[party\n", "config.malformed"),
        (b"\xff", "config.malformed"),
        (b"[party]\nstate = 1\nstate = 2\n", "config.malformed"),
        (b"", "config.invalid"),
    ],
)
def test_refuses_what_is_no_configuration(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "swb.toml"
    file.write_bytes(content)
    with pytest.raises(RefusedError) as failure:
        load_config(file)
    assert failure.value.code == code
    assert str(file) in failure.value.message


def test_reads_a_file_as_an_editor_of_windows_writes_it(tmp_path: Path) -> None:
    file = write(tmp_path, GATEWAY)
    plain = load_config(file)
    file.write_bytes(b"\xef\xbb\xbf" + GATEWAY.replace("\n", "\r\n").encode())
    assert load_config(file) == plain


def test_says_that_a_file_is_not_in_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "swb.toml"
    file.write_bytes(GATEWAY.encode("utf-16"))
    with pytest.raises(RefusedError, match=r"expected UTF-8 in .*swb\.toml, found another"):
        load_config(file)


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as failure:
        load_config(tmp_path / "missing.toml")
    assert failure.value.code == "config.unreadable"


@pytest.mark.parametrize("reference", ["env:SWB_TEST_NOTHING", "file:/nowhere/secret", "vault:x"])
def test_refuses_a_secret_that_is_not_there(reference: str) -> None:
    with pytest.raises(RefusedError) as failure:
        resolve_secret(reference)
    assert failure.value.code == "config.secret"


@pytest.mark.parametrize("given", ["hunter2hunter2:zz", "correct", "Env:TOP"])
def test_a_secret_in_the_place_of_its_reference_is_not_told(given: str) -> None:
    with pytest.raises(RefusedError, match="expected env:NAME, file:PATH or prompt") as refused:
        resolve_secret(given)
    assert not any(part in refused.value.message for part in given.split(":"))


def test_refuses_an_empty_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty address of a database would be taken for the one that PGHOST names."""
    empty = tmp_path / "secret"
    empty.touch(mode=0o600)
    monkeypatch.setenv("SWB_TEST_SECRET", "")
    for reference in (f"file:{empty}", "env:SWB_TEST_SECRET"):
        with pytest.raises(RefusedError, match="found that it is empty") as failure:
            resolve_secret(reference)
        assert failure.value.code == "config.secret"


def test_takes_a_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWB_TEST_SECRET", "tell nobody")
    assert resolve_secret("env:SWB_TEST_SECRET") == "tell nobody"


def test_refuses_a_secret_that_every_user_may_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("tell nobody", encoding="utf-8")
    secret.chmod(0o644)
    with pytest.raises(RefusedError) as refused:
        resolve_secret(f"file:{secret}")
    assert refused.value.code == "config.secret_exposed"
    assert "tell" not in str(refused.value)
    secret.chmod(0o640)
    assert resolve_secret(f"file:{secret}") == "tell nobody"


def test_asks_nobody_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123 - a device
        monkeypatch.setattr("sys.stdin", nothing)
        with pytest.raises(RefusedError, match="expected a terminal") as refused:
            resolve_secret("prompt", what="PIN of token 'TH'")
    assert refused.value.code == "config.secret"


def test_asks_once_for_each_secret() -> None:
    asked: list[str] = []

    def resolve(reference: str, *, what: str) -> str:
        asked.append(what)
        return f"{reference} {what}"

    secrets = SecretReader(resolve)
    for _ in range(3):
        assert secrets.read("prompt", "PIN of TH") == "prompt PIN of TH"
        assert secrets.read("prompt", "PIN of VN") == "prompt PIN of VN"
    assert asked == ["PIN of TH", "PIN of VN"]
    assert "PIN" not in repr(secrets)


SIGNER = """
[listen]
socket = "signer.sock"

[[client]]
user = "0"
purposes = ["transport"]

[keys.transport]
key = "transport.pem"
certificate = "transport.crt.pem"

[[retired_decryption]]
kind = "pkcs12"
file = "old.p12"
passphrase = "file:secret"
"""


def test_reads_a_signer_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    config = load_signer_config(write(tmp_path, SIGNER))
    assert config.listen.socket == tmp_path / "signer.sock"
    (retired,) = config.retired_decryption
    assert retired.kind == "pkcs12"
    assert (retired.file, retired.passphrase) == (tmp_path / "old.p12", f"file:{tmp_path}/secret")


@pytest.mark.parametrize(
    ("before", "after", "path", "hint"),
    [
        ('"0"', '"0"\nuid = 0', "client.0.uid", ""),
        ('["transport"]', '["transprot"]', "client.0.purposes.0", "'transport'"),
        ("[listen]", "[listne]", "listne", "'listen'"),
        ("socket =", "sokcet =", "listen.sokcet", "'socket'"),
        ('key = "transport.pem"', 'kind = "remote"\nsocket = "s"', "", "holds keys itself"),
    ],
)
def test_names_what_is_wrong_with_a_signer_s_file(
    tmp_path: Path, before: str, after: str, path: str, hint: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        load_signer_config(write(tmp_path, SIGNER.replace(before, after, 1)))
    found = {each.path: each.message for each in refused.value.findings}
    assert hint in found[path]


# --- the evidence log --------------------------------------------------------------------------


def test_a_number_beyond_its_limit_is_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "swb.toml"
    file.write_text(ROUTER + '[retention]\npayloads = 29\noutbox = "30"\n')
    with pytest.raises(RefusedError) as failure:
        load_config(file)
    told = {each.path: each.message for each in failure.value.findings}
    assert told["retention.payloads"] == "expected a number of at least 30, found another value"


def test_a_log_is_where_the_configuration_says(tmp_path: Path) -> None:
    router = load_config(write(tmp_path, ROUTER + LEDGER + LOG_KEY)).ledger
    assert router is not None
    assert (router.path, router.publish) == (tmp_path / "log.db", tmp_path / "log")
    assert router.witnesses == 2
    gateway = load_config(write(tmp_path, GATEWAY + WITNESS + LOG_KEY)).witness
    assert gateway is not None
    assert gateway.log == f"file:{tmp_path / 'log'}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param(ROUTER + LEDGER, "[keys.log]", id="a log without its key"),
        pytest.param(GATEWAY + WITNESS, "[keys.log]", id="a witness without its key"),
        pytest.param(
            ROUTER + LEDGER + "witnesses = 1\n" + LOG_KEY,
            "expected a number of at least",
            id="one witness",
        ),
        pytest.param(
            ROUTER + LEDGER + "merge_delay_seconds = 10\ninterval_seconds = 6\n" + LOG_KEY,
            "twice interval_seconds",
            id="a promise that cannot be kept",
        ),
        pytest.param(
            GATEWAY + WITNESS.replace("file:log", "http://log.example/") + LOG_KEY,
            "https",
            id="a log in the clear",
        ),
        pytest.param(
            ROUTER + LEDGER.replace("log.example/region", "log example") + LOG_KEY,
            "such as log.example/region",
            id="an origin with a space",
        ),
    ],
)
def test_says_what_is_wrong_with_a_log(tmp_path: Path, text: str, hint: str) -> None:
    with pytest.raises(RefusedError) as failure:
        load_config(write(tmp_path, text))
    assert hint in failure.value.message
