"""The wheel, installed without the checkout and without any extra."""

from __future__ import annotations

import asyncio
import json
import subprocess
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from swb.sandbox.region import lay_out_region
from tests.out_of_tree import Beside, build_wheel, make_base
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES: Final = (
    "schemas/swb_schemas",
    "adapters/swb_adapters",
    "adapters/swb_client",
    "broker/swb",
    "broker/swb_conformance",
)

CALLS: Final = """\
import contextlib, io, json, sys
from swb.cli import main
answers = []
for words in json.load(sys.stdin):
    said = io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(said):
        status = main([*words, "--json"])
    said.seek(0)
    answers.append([status, json.loads(said.read())])
print(json.dumps(answers))
"""
"""Calls the command for each list of words, in one process."""

CHANGES: Final = {
    "postgres": (
        'path = "store/TH.db"',
        'path = "TH.db"\nkind = "postgres"\nurl = "file:url"\nschema = "th"',
    ),
    "rabbitmq": ('kind = "embedded"\npath = "broker.db"', 'kind = "rabbitmq"\nurl = "file:url"'),
    "pkcs11": (
        'key = "trust/keys/TH/transport.pem"',
        'kind = "pkcs11"\nmodule = "none.so"\ntoken = "TH"\nlabel = "x"\npin = "file:url"',
    ),
    "sftp": (
        'drop_folder = "national/TH"',
        (
            'kind = "sftp"\n'
            'sftp = {host = "127.0.0.1", port = 1, user = "x", known_hosts = "url", key = "url"}'
        ),
    ),
    "telemetry": ("[trust]", '[telemetry]\nendpoint = "http://127.0.0.1:1/"\n\n[trust]'),
}
"""What of a gateway's configuration asks for each extra."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Beside:
    """An environment that has it, and no extra."""
    return make_base(tmp_path_factory.mktemp("base") / "env", wheel)


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {
        path.relative_to((ROOT / package).parent).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_documents_are_exchanged_and_judged_without_the_checkout(
    base: Beside, tmp_path: Path
) -> None:
    where = base.run(
        "-c", "import swb, swb_adapters as a; print(swb.__file__, a.__file__)", cwd=tmp_path
    )
    assert str(ROOT) not in where

    told = json.loads(base.command("demo", "--documents", "3", "--json", cwd=tmp_path))
    assert (told["delivered"], told["lost"]) == (3, 0)

    case = (
        "--profile",
        "message",
        "--target",
        "builtin:thailand",
        "--only",
        "message/delivery/accepts-a-clear-message",
        "--json",
    )
    judged = json.loads(base.command("conformance", "run", *case, cwd=tmp_path))
    assert judged["failed"] == 0
    assert judged["passed"] > 0


def test_what_needs_an_extra_says_which(base: Beside, tmp_path: Path) -> None:
    """A command that cannot do its work without an extra names the extra, and its code says why."""
    region = asyncio.run(
        lay_out_region(tmp_path / "region", states=("TH", "VN"), at=datetime.now(UTC), seed=2)
    )
    config = region.gateways["TH"]
    text = config.read_text()
    for extra, (was, becomes) in CHANGES.items():
        assert was in text, extra
        config.with_name(f"{extra}.toml").write_text(text.replace(was, becomes))
    config.with_name("url").write_text("postgresql://127.0.0.1:1/none")
    (tmp_path / "print.pdf").write_bytes(b"%PDF-1.7")
    calls = {
        "rabbitmq": ["topology", "check", "--config", str(config.with_name("rabbitmq.toml"))],
        "postgres": ["migrate", "--config", str(config.with_name("postgres.toml"))],
        "pkcs11": ["submit", "--config", str(config.with_name("pkcs11.toml")), "print.pdf"],
        "sftp": ["run", "--config", str(config.with_name("sftp.toml"))],
        "telemetry": ["run", "--config", str(config.with_name("telemetry.toml"))],
        "render": ["verify-print", "print.pdf", "--trust", str(region.bundle)],
        "bench": ["bench", "scale", "--figures", "print.pdf"],
    }
    done = subprocess.run(
        (base.programs / "python", "-c", CALLS),
        input=json.dumps(list(calls.values())),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert not done.returncode, done.stderr
    for extra, (status, told) in zip(calls, json.loads(done.stdout), strict=True):
        assert (extra, status) == (extra, 4), told
        assert told["code"].endswith(".not_installed"), told
        assert f"single-window-broker[{extra}]" in told["message"], told
