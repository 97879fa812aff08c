"""What a keyring needs, what it says where that is missing, and what a signer does not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from swb.backends.pkcs11 import PrivateSoftHsm
from swb.config import Pkcs11KeyConfig
from swb.keyring import open_keys
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError

TOKEN = Pkcs11KeyConfig(
    kind="pkcs11",
    module=Path("/nowhere/library.so"),
    token="TH",
    label="transport",
    pin="env:SWB_TEST_PIN",
    certificate=Path("/nowhere/transport.crt.pem"),
)


async def open_and_close() -> None:
    async with open_keys({Purpose.TRANSPORT: TOKEN}):
        pass


async def test_says_which_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("swb.backends.pkcs11")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("swb.backends.pkcs11")
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(UnavailableError) as failure:
        await open_and_close()
    assert failure.value.code == "signer.not_installed"


def test_says_that_softhsm_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError) as failure:
        PrivateSoftHsm(tmp_path / "hsm")
    assert failure.value.code == "softhsm.not_installed"


def test_says_that_softhsm_made_no_token(
    softhsm: PrivateSoftHsm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tool = tmp_path / "softhsm2-util"
    tool.write_text("#!/bin/sh\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError) as failure:
        softhsm.add_token("TH", pin="246813")
    assert failure.value.code == "softhsm.failed"
    assert "246813" not in str(failure.value)


def test_a_signer_loads_no_adapter_and_no_use_case() -> None:
    look = "import sys, swb.cli.signer, swb.signer; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert "swb.keyring" in loaded
    packages = ("swb_adapters", "swb.app", "swb.services", "swb.plugins", "xmlschema")
    assert {name for name in loaded if name.startswith(packages)} == set()
