"""A gateway whose keys another process holds: nothing is lost, and no key is anywhere else."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from swb.backends.softkey import make_development_keys
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from tests.acceptance.fleet import lay_out_fleet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.acceptance.fleet import Fleet
    from tests.acceptance.program import Program

PURPOSES = (Purpose.TRANSPORT, Purpose.RECEIPT_SEAL, Purpose.ISSUING_SEAL, Purpose.DECRYPTION)
SECTIONS = re.compile(r"^(\w+)-(\w+) rw.p \S+ \S+ \S+\s*(.*)$", re.MULTILINE)


@pytest.fixture
async def fleet(swb: Program, tmp_path: Path) -> AsyncIterator[Fleet]:
    fleet = await lay_out_fleet(swb.path, tmp_path / "region")
    fleet.keep_keys_apart("TH")
    try:
        yield fleet
    finally:
        await fleet.end()


async def test_a_signer_that_is_killed_and_comes_back_costs_no_document(fleet: Fleet) -> None:
    await fleet.start()
    fleet.file(4)
    await fleet.until_registered(1)

    await fleet.kill("signer-TH")
    fleet.file(4)
    await until_logged(fleet, "gateway-TH", "signer.unavailable")
    await fleet.start("signer-TH")
    await fleet.until_registered(3)
    await fleet.kill("signer-TH")
    await fleet.start("signer-TH")

    await fleet.until_done(within=100)  # its gateway tries again after a rest that grows
    await fleet.stop()
    result = await fleet.count()
    figures = ("documents", "delivered", "lost", "duplicated", "refused")
    assert [result.total(name) for name in figures] == [8, 8, 0, 0, 0]
    assert await fleet.waiting() == {}
    signed = {each["purpose"] for each in fleet.logged("signer-TH") if each["event"] == "signed"}
    assert signed >= {"transport", "issuing-seal", "receipt-seal"}
    assert any(each["event"] == "agreed" for each in fleet.logged("signer-TH"))


async def test_only_the_signer_s_memory_holds_a_key(fleet: Fleet) -> None:
    await fleet.start()
    fleet.file(4)
    await fleet.until_registered(4)

    apart, beside = (load_scalars(fleet, state) for state in ("TH", "VN"))
    pids = {name: process.pid for name, process in fleet.running.items()}
    # Where a key is in use in a process, the search finds it: VN's gateway has its own.
    assert find_in_memory(pids["gateway-VN"], beside) == set(PURPOSES)
    if may_look_into(pids["signer-TH"]):
        assert find_in_memory(pids["signer-TH"], apart) == set(PURPOSES)
    assert find_in_memory(pids["gateway-TH"], apart) == set()


async def test_the_signer_dumps_no_core_and_says_what_it_was_granted(fleet: Fleet) -> None:
    await fleet.start("signer-TH")
    await until_logged(fleet, "signer-TH", '"started"')
    assert re.search(r"Max core file size +0 +0 ", read_limits(fleet.running["signer-TH"].pid))
    (granted,) = [each for each in fleet.logged("signer-TH") if each["event"] == "hardened"]
    assert granted["no_core_dumps"] is granted["no_debugger"] is True
    await fleet.stop("signer-TH")


def test_asks_for_a_passphrase_at_the_terminal_once(swb: Program, tmp_path: Path) -> None:
    """Both keys are in one file, so a person is asked once."""
    keys = make_development_keys(tmp_path / "keys", ["TH"], Environment.TEST, datetime.now(UTC))
    path = keys.key("TH", Purpose.TRANSPORT)
    key = load_pem_private_key(path.read_bytes(), password=None)
    encryption = BestAvailableEncryption(b"a secret of the tests")
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    section = f'key = "{path}"\ncertificate = "{keys.certificate("TH", Purpose.TRANSPORT)}"\n'
    config = tmp_path / "signer.toml"
    config.write_text(
        f'[listen]\nsocket = "signer.sock"\n[[client]]\nuser = "{os.getuid()}"\n'
        'purposes = ["transport"]\n'
        f'[keys.transport]\n{section}passphrase = "prompt"\n'
        f'[keys.log]\n{section}passphrase = "prompt"\n',
        encoding="utf-8",
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(swb.path, [str(swb.path), "signer", "--config", str(config)])  # noqa: S606 - a test
    try:
        shown = b""
        while b"Passphrase of transport.pem: " not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, b"a secret of the tests\n")
        while b'"started"' not in shown:
            shown += os.read(terminal, 1000)
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(terminal)
    assert shown.count(b"Passphrase") == 1
    assert b"a secret" not in shown


def test_refuses_to_ask_where_there_is_no_terminal(swb: Program, tmp_path: Path) -> None:
    config = tmp_path / "signer.toml"
    config.write_text(
        f'[listen]\nsocket = "signer.sock"\n[[client]]\nuser = "{os.getuid()}"\n'
        'purposes = ["transport"]\n[keys.transport]\nkind = "pkcs12"\n'
        'file = "transport.p12"\npassphrase = "prompt"\n',
        encoding="utf-8",
    )
    ran = swb("signer", "--config", config, "--json")
    assert (ran.status, ran.failure["code"]) == (1, "config.secret")


async def until_logged(fleet: Fleet, name: str, text: str) -> None:
    async with asyncio.timeout(30):
        while text not in fleet.log(name).read_text(encoding="utf-8"):
            fleet.check()
            await asyncio.sleep(0.02)


def read_limits(pid: int) -> str:
    return Path(f"/proc/{pid}/limits").read_text(encoding="utf-8")


def load_scalars(fleet: Fleet, state: str) -> dict[Purpose, tuple[bytes, ...]]:
    """A private key in the forms that it has in memory: as a number of either order, and in DER."""
    found: dict[Purpose, tuple[bytes, ...]] = {}
    for purpose in PURPOSES:
        path, _ = fleet.region.key(state, purpose)
        key = load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        scalar = key.private_numbers().private_value.to_bytes(32)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        found[purpose] = (scalar, scalar[::-1], pem.splitlines()[1])
    return found


def find_in_memory(pid: int, scalars: dict[Purpose, tuple[bytes, ...]]) -> set[Purpose]:
    found: set[Purpose] = set()
    for content in read_memory(pid):
        found |= {
            purpose for purpose, forms in scalars.items() if any(form in content for form in forms)
        }
    return found


def read_memory(pid: int) -> Iterator[bytes]:
    """Everything that a process may write to."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    descriptor = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for start, end, name in SECTIONS.findall(maps):
            if name in {"[vvar]", "[vsyscall]"}:
                continue
            begin = int(start, 16)
            try:
                yield os.pread(descriptor, int(end, 16) - begin, begin)
            except OSError:
                continue
    finally:
        os.close(descriptor)


def may_look_into(pid: int) -> bool:
    """Not into a process that is not dumpable, unless this one is privileged."""
    try:
        return next(read_memory(pid), None) is not None
    except PermissionError:
        return False
