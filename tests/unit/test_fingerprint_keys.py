"""Keys of fingerprints as a gateway is told them: by reference, in their order, never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb.app.fingerprints import read_fingerprint_keys
from swb.config import FingerprintKeyConfig, FingerprintsConfig, load_config
from swb_schemas.errors import RefusedError
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from swb.config import Config

EXAMPLE: Final = ROOT / "examples" / "region" / "gateway-TH.toml"


def key(key_id: str, *partners: str, secret: str = "") -> dict[str, object]:
    return {"id": key_id, "partners": list(partners), "secret": secret or "env:NOWHERE"}


def gateway(folder: Path, *keys: dict[str, object]) -> Config:
    tables = "".join(
        f'\n[[fingerprints.keys]]\nid = "{each["id"]}"\n'
        f'partners = {each["partners"]}\nsecret = "{each["secret"]}"\n'
        for each in keys
    )
    file = folder / "gateway.toml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8") + tables, encoding="utf-8")
    return load_config(file)


def keep(folder: Path, name: str, octet: int, *, mode: int = 0o600) -> str:
    file = folder / name
    file.write_text(f"{octet:02x}" * 32 + "\n", encoding="utf-8")
    file.chmod(mode)
    return f"file:{name}"


def test_of_each_partner_the_last_key_is_the_current_one(tmp_path: Path) -> None:
    first, second = keep(tmp_path, "1.key", 1), keep(tmp_path, "2.key", 2)
    config = gateway(
        tmp_path, key("one", "VN", "ID", secret=first), key("two", "VN", secret=second)
    )
    keys = read_fingerprint_keys(config)
    assert {partner: [each.key_id for each in held] for partner, held in keys.items()} == {
        "VN": ["two", "one"],
        "ID": ["one"],
    }
    assert keys["VN"][0].secret == b"\x02" * 32
    assert "02" * 32 not in repr(config) + repr(keys)


def test_without_the_section_there_are_no_keys(tmp_path: Path) -> None:
    assert read_fingerprint_keys(gateway(tmp_path)) == {}


def test_refuses_a_key_that_everybody_may_read_or_that_is_none(tmp_path: Path) -> None:
    exposed = gateway(tmp_path, key("one", "VN", secret=keep(tmp_path, "1.key", 1, mode=0o604)))
    with pytest.raises(RefusedError) as refusal:
        read_fingerprint_keys(exposed)
    assert refusal.value.code == "config.secret_exposed"
    (tmp_path / "short.key").write_text("abcd", encoding="utf-8")
    (tmp_path / "short.key").chmod(0o600)
    with pytest.raises(RefusedError) as refusal:
        read_fingerprint_keys(gateway(tmp_path, key("one", "VN", secret="file:short.key")))
    assert refusal.value.code == "fingerprint.key_malformed"
    assert "abcd" not in str(refusal.value)


FAULTS: Final = {
    "one id twice": ([key("one", "VN"), key("one", "ID")], "each id once"),
    "too many": ([key(str(number), "VN") for number in range(5)], "at most 4 keys"),
    "none": ([], "at least 1"),
    "no partner": ([key("one")], "at least 1"),
    "a name for a state": ([key("one", "Vietnam")], "pattern"),
    "the key itself": ([key("one", "VN", secret="ab" * 32)], "pattern"),
}


@pytest.mark.parametrize(("keys", "told"), FAULTS.values(), ids=FAULTS)
def test_refuses_keys_that_cannot_be_meant(keys: list[dict[str, object]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        FingerprintsConfig(keys=tuple(FingerprintKeyConfig.model_validate(each) for each in keys))


def test_they_are_for_gateways_alone(tmp_path: Path) -> None:
    file = tmp_path / "router.toml"
    text = (ROOT / "examples" / "region" / "router.toml").read_text(encoding="utf-8")
    table = '\n[[fingerprints.keys]]\nid = "one"\npartners = ["VN"]\nsecret = "env:NOWHERE"\n'
    file.write_text(text + table, encoding="utf-8")
    with pytest.raises(RefusedError, match="for the role gateway"):
        load_config(file)
