"""What a region leaves behind where it should hold no secret: searched for values put there.

Documents with unusual names, addresses and masses go the whole road, protected as they are by
default; some are refused, and one breaks the adapter that is to write it, so that there is a
traceback with the document in its hands. Then every log, every answer about health, metrics,
traces, the lines, the router's store and the log are searched for those values, and for keys,
passphrases and PINs.
"""

from __future__ import annotations

import asyncio
import json
import os
import urllib.request
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from swb.backends.pkcs11 import find_softhsm
from swb.backends.rabbitmq.node_settings import find_free_ports
from swb.clock import SystemClock
from swb.plugins import discover_adapters
from swb.sandbox.region import lay_out_region
from swb.simulator.authority import SimulatedAuthority
from swb.simulator.issuing import draw_certificate
from tests.acceptance.fleet import LIMITS, SEED, Fleet
from tests.acceptance.searching import find_values, read_all, spell
from tests.integration.daemons import fetch_json
from tests.integration.world import until
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin
    from tests.acceptance.program import Program

PASSPHRASE: Final = "quokka-Larboard-5512"
VARIABLE: Final = "SWB_SEEDED_PASSPHRASE"
FAULTY: Final = "Xylopolist Breaks"
PERSONAL: Final[dict[str, bytes]] = {
    "exporter": b"Zqwombat Umiak and Sons",
    "national name": "ฆฏฐซฬฮ ตัวอย่างเฉพาะ".encode(),
    "faulty exporter": FAULTY.encode(),
    "address": b"71 Quagmire Byway",
    "consignee": b"Fjordvex Myrrhcraft",
    "goods": b"Vorpal gyroscopes",
    "invoice": b"QXZ-8817-INV",
    "mass": b"739146.375",
    "signatory": b"Ixchel Quillfeather",
}
ADAPTER: Final = f"""
from dataclasses import replace
from swb_adapters.vietnam import ADAPTER as INNER

class Leaky:
    info = replace(INNER.info, name="leaky")
    def to_canonical(self, raw):
        return INNER.to_canonical(raw)
    def from_canonical(self, document):
        if {FAULTY!r} in document.exporter.name:
            raise RuntimeError(f"cannot write {{document!r}}")
        return INNER.from_canonical(document)

ADAPTER = Leaky()
"""


@dataclass(frozen=True)
class Secrets:
    """What nobody may find, by name."""

    personal: dict[str, bytes]
    keys: dict[str, bytes]
    words: dict[str, bytes]

    @property
    def all(self) -> dict[str, bytes]:
        return {**self.personal, **self.keys, **self.words}


def seeded(serial: int, exporter: str) -> CertificateOfOrigin:
    """A certificate from TH to VN that says unusual things."""
    drawn = draw_certificate(
        exporting="TH",
        importing="VN",
        serial=serial,
        seed=SEED,
        on=SystemClock().now().date(),
        items=2,
    )
    text = {name: value.decode() for name, value in PERSONAL.items()}
    names = tuple(
        each.model_copy(update={"value": text["national name"]})
        for each in drawn.exporter.national_names[:1]
    )
    assert names
    items = tuple(
        each.model_copy(
            update={
                "description": text["goods"],
                "invoices": tuple(
                    one.model_copy(update={"number": text["invoice"]}) for one in each.invoices
                ),
                "gross_measure": each.gross_measure
                and each.gross_measure.model_copy(update={"value": Decimal(text["mass"])}),
            }
        )
        for each in drawn.items
    )
    return drawn.model_copy(
        update={
            "exporter": drawn.exporter.model_copy(
                update={"name": exporter, "address": text["address"], "national_names": names}
            ),
            "consignee": drawn.consignee.model_copy(update={"name": text["consignee"]}),
            "items": items,
            "exporter_declaration": drawn.exporter_declaration.model_copy(
                update={"signatory_name": text["signatory"]}
            ),
        }
    )


def scalars(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The private numbers of every key file, and PEM's first line of each."""
    for path in sorted(folder.rglob("*.pem")):
        raw = path.read_bytes()
        if b"PRIVATE KEY" not in raw:
            continue
        key = load_pem_private_key(raw, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        number = key.private_numbers().private_value.to_bytes(32)
        yield f"{path.parent.name}/{path.stem}", number


def close_keys(fleet: Fleet) -> None:
    """Encrypt every key file, and say in the configurations where the passphrase is."""
    keys = fleet.region.folder / "trust" / "keys"
    for path in keys.rglob("*.pem"):
        raw = path.read_bytes()
        if b"PRIVATE KEY" in raw and path.stem != "root":
            key = load_pem_private_key(raw, password=None)
            closed = BestAvailableEncryption(PASSPHRASE.encode())
            assert isinstance(key, ec.EllipticCurvePrivateKey)
            path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed))
    for file in (fleet.region.router, *fleet.region.gateways.values()):
        lines = []
        for line in file.read_text().splitlines():
            lines.append(line)
            if line.startswith('key = "trust/'):
                lines.append(f'passphrase = "env:{VARIABLE}"')
        file.write_text("\n".join(lines) + "\n")


def install_adapter(folder: Path) -> Path:
    """Lay a distribution out that brings the adapter which breaks."""
    told = folder / "leaky-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: leaky\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[swb.adapters]\nleaky = leaky:ADAPTER\n")
    (folder / "leaky.py").write_text(ADAPTER)
    return folder


def give_health(fleet: Fleet) -> dict[str, int]:
    """Have every daemon tell its health on a port of its own, one that no client is given."""
    files = {name: file for name, file in fleet.files.items() if not name.startswith("authority")}
    ports = dict(zip(files, find_free_ports(len(files)), strict=True))
    for name, file in files.items():
        sections = f"[health]\nport = {ports[name]}\n\n[telemetry]\nfile = '{name}.spans'\n"
        file.write_text(f"{file.read_text()}\n{sections}")
    return ports


def fetch_metrics(port: int) -> bytes:
    """Ask a daemon for its metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        octets: bytes = answer.read()
    return octets


async def run_region(fleet: Fleet) -> tuple[bytes, bytes]:
    """Let documents go their roads, good and bad; returns what was told of health and metrics."""
    ports = give_health(fleet)
    gateway = fleet.region.gateways["VN"]
    gateway.write_text(gateway.read_text().replace('["vietnam"]', '["leaky"]'))
    window = SimulatedAuthority(
        state="TH",
        folder=fleet.region.drop_folder("TH"),
        adapters=[discover_adapters().get("thailand")],
        seed=SEED,
        now=SystemClock().now,
    )
    door = fleet.region.drop_folder("TH") / "in"
    door.mkdir(parents=True, exist_ok=True)
    window.file([seeded(1, PERSONAL["exporter"].decode()), seeded(2, FAULTY)])
    whole = max(door.glob("certificate-*.xml")).read_bytes()
    (door / "cut.xml").write_bytes(whole[: len(whole) // 2])
    (door / "emptied.xml").write_bytes(whole.replace(b">TH<", b"><"))
    await fleet.start()
    answers = fleet.region.drop_folder("TH") / "answers.jsonl"
    refused = door / "refused"

    def settled() -> bool:
        fleet.check()
        faults = b"delivery_faulted" in fleet.log("gateway-VN").read_bytes()
        told = answers.exists() and b"CustomsResponse" in answers.read_bytes()
        logged = (fleet.region.folder / "log" / "checkpoint").exists()
        return faults and told and logged and len(list(refused.glob("*.json"))) == 2

    await until(settled, within=60)
    told = [await fetch_json(f"http://127.0.0.1:{port}/health/ready") for port in ports.values()]
    measured = [await asyncio.to_thread(fetch_metrics, port) for port in ports.values()]
    await fleet.stop()
    return json.dumps(told).encode(), b"\n".join(measured)


def open_places(fleet: Fleet, health: bytes, metrics: bytes) -> dict[str, bytes]:
    """Every place that should hold no secret, by name."""
    folder = fleet.region.folder
    logs = {name: fleet.log(name).read_bytes() for name in fleet.files}
    return {
        **{f"log of {name}": octets for name, octets in logs.items()},
        "health": health,
        "metrics": metrics,
        "traces": read_all(folder.glob("*.spans")),
        "lines": read_all(folder.glob("broker.db*")),
        "router's stores": read_all((folder / "store").glob("REGION*")),
        "published log": read_all((folder / "log").rglob("*")),
        "witnesses": read_all((folder / "store").glob("*.witness.db*")),
        "configurations": read_all(folder.glob("*.toml")),
    }


@pytest.mark.parametrize("in_tokens", [False, True], ids=["key files", "tokens"])
async def test_no_secret_is_where_none_should_be(
    swb: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, in_tokens: bool
) -> None:
    if in_tokens and find_softhsm() is None:
        miss("SoftHSM", "softhsm2")
    plugins = install_adapter(tmp_path / "plugins")
    monkeypatch.setenv("PYTHONPATH", _with_path(plugins))
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    region = await lay_out_region(
        tmp_path / "region",
        at=SystemClock().now(),
        seed=SEED,
        limits=LIMITS,
        in_tokens=in_tokens,
    )
    fleet = Fleet(program=swb.path, region=region)
    pins = {
        f"PIN of {path.stem}": path.read_bytes()
        for path in (region.folder / "softhsm").glob("*.pin")
    }
    secrets = Secrets(
        personal=PERSONAL,
        keys=dict(scalars(region.folder / "trust" / "keys")),
        words=pins or {"passphrase": PASSPHRASE.encode()},
    )
    assert bool(pins) is in_tokens
    if not in_tokens:
        close_keys(fleet)
    try:
        health, metrics = await run_region(fleet)
    finally:
        await fleet.end()

    places = open_places(fleet, health, metrics)
    assert all(places.values()), [name for name, octets in places.items() if not octets]
    assert b"swb_messages_total" in metrics
    assert b"hand over" in places["traces"]
    assert b"RuntimeError" in places["log of gateway-VN"], "a traceback of a kind"
    found = {name: find_values(secrets.all, octets) for name, octets in places.items()}
    assert {name: values for name, values in found.items() if values} == {}

    kept = read_all((region.folder / "store").glob("VN.db*"))
    assert find_values(PERSONAL, kept) == set(PERSONAL), "the search finds what is there"


def _with_path(folder: Path) -> str:
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])


def test_the_search_finds_a_value_in_every_spelling() -> None:
    value = "Zqwombat ตัว".encode()
    for spelled in spell(value):
        assert find_values({"it": value}, b"before " + spelled + b" behind") == {"it"}


def test_the_search_finds_a_key_in_the_files_that_hold_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    number = key.private_numbers().private_value.to_bytes(32)
    for encoding in (Encoding.PEM, Encoding.DER):
        for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
            octets = key.private_bytes(encoding, form, NoEncryption())
            assert find_values({"key": number}, octets) == {"key"}, (encoding, form)
