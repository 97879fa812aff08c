"""``swb demo``: the main job on one machine, what it counts and what it leaves."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import permutations
from typing import TYPE_CHECKING, Any

import aio_pika
import pytest
from lxml import etree

from swb.backends.pkcs11 import find_softhsm
from swb.backends.rabbitmq.topology import vhost_name
from swb.sandbox.demo import draw_documents
from swb.simulator.customs import Manner, draw_conduct, is_received
from swb_schemas.catalogue import CATALOGUE, is_receipt
from swb_schemas.documents.customs import Decision
from swb_schemas.wire.trust_reading import parse_trust_bundle
from tests.acceptance.test_crashes import prepare
from tests.cli_reference import documented_members
from tests.services import miss

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode
    from tests.acceptance.program import Program, Ran

DOCUMENTS = 34
SEED = "4"
"""Draws everything that customs may do, with so many documents."""
FIGURES = {
    "documents",
    "delivered",
    "given",
    "not_given",
    "pending",
    "lost",
    "duplicated",
    "refused",
    "handed_over_again",
}
STATES = ("TH", "VN", "ID", "SG", "AU")
SBDH_SCHEMA = "StandardBusinessDocumentHeader.xsd"


@pytest.fixture(scope="module")
def kept(swb: Program, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """One demonstration, and what it left."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    done = swb(
        "demo", "--documents", str(DOCUMENTS), "--seed", SEED, "--keep", str(folder), "--json"
    )
    assert done.status == 0, done.stderr
    return done, folder


def figures(value: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on how fast the machine is, as how many share a receipt does."""
    depends = {"seconds", "messages", "time_stamped", "time_stamps", "log"}
    return {name: each for name, each in value.items() if name not in depends}


def test_every_document_arrives_once_and_is_counted(kept: tuple[Ran, Path]) -> None:
    value = kept[0].value
    stamped = {"messages", "time_stamped", "time_stamps"}
    exchanged = {"cancelled", "verified", "withdrawn", "unfinished"}
    told = {"seconds", "transport", "types", "pairs", "log"}
    assert set(value) == FIGURES | stamped | exchanged | told == documented_members("swb demo")
    assert value["cancelled"] > 0
    assert value["verified"] > 0
    assert value["log"]["size"] == value["log"]["recorded"] > 0
    assert 2 <= len(value["log"]["witnesses"]) <= len(STATES)
    assert value["messages"] == value["time_stamped"] > value["time_stamps"] > 0
    assert value["documents"] == value["delivered"] == DOCUMENTS
    decided_on = value["given"] + value["not_given"] + value["pending"]
    assert decided_on == value["types"]["CertificateIssue"]
    assert (value["lost"], value["duplicated"], value["refused"]) == (0, 0, 0)
    assert value["transport"] == "embedded"
    certificates = [each for each in value["pairs"] if each["message_type"] == "CertificateIssue"]
    found = {(pair["from"], pair["to"], pair["agreement"]) for pair in certificates}
    among = {(one, to, "ATIGA") for one, to in permutations(("TH", "VN", "ID", "SG"), 2)}
    assert found == among | {("AU", "SG", "AANZFTA"), ("SG", "AU", "AANZFTA")}
    assert sum(value["types"].values()) == DOCUMENTS
    leading = {name for name, entry in CATALOGUE.items() if entry.leads}
    assert value["types"].keys() == {each["message_type"] for each in value["pairs"]} == leading
    for name in FIGURES:
        assert sum(pair[name] for pair in value["pairs"]) == value[name]
    assert kept[0].stderr == ""


def test_customs_did_everything_that_it_may_do(kept: tuple[Ran, Path]) -> None:
    """What it did was counted: an answer that is missing is lost, one too many is doubled."""
    drawn = draw_documents(
        states=STATES, documents=DOCUMENTS, seed=int(SEED), on=datetime.now(UTC).date()
    )
    conducts = [draw_conduct(each, seed=int(SEED)) for each in drawn]
    assert {each.manner for each in conducts} == set(Manner)
    assert {each.decision for each in conducts} == {*Decision, None}
    assert {each.fails_first for each in conducts} == {True, False}
    responses = sum(each.responses for each in conducts)
    receipts = sum(
        1 + each.fails_first
        for each, document in zip(conducts, drawn, strict=True)
        if is_received(document)
    )
    names = [path.name for path in (kept[1] / "messages").iterdir()]
    assert sum("-CustomsResponse." in name for name in names) == responses
    assert sum("-CustomsReceipt." in name for name in names) == receipts


def test_the_audit_trail_is_time_stamped_and_the_stamp_is_verified(
    swb: Program, kept: tuple[Ran, Path], tmp_path: Path
) -> None:
    region = tmp_path / "region"
    shutil.copytree(kept[1] / "region", region)
    shutil.copytree(kept[1] / "trust", tmp_path / "trust")
    config = ("--config", region / "gateway-TH.toml", "--json")
    verified = swb("audit", "verify", *config)
    assert verified.status == 0
    assert verified.value["time_stamped"]["entry"] >= 3
    entries = swb("audit", "show", *config).value["entries"]
    connection = sqlite3.connect(region / "evidence" / "TH.db", isolation_level=None)
    # Somebody who cut the end off and made the evidence store fit, too, has no time-stamp for it.
    head = bytes.fromhex(entries[0]["digest"])
    connection.execute(
        "UPDATE leaves SET octets_digest = ?, subject_id = '1' WHERE kind = 'audit'", (head,)
    )
    connection.execute("UPDATE positions SET position = 1 WHERE feed = 'audit'")
    connection.close()
    cut = swb("audit", "verify", *config)
    assert (cut.status, cut.failure["code"]) == (1, "time_stamp.imprint")


def test_every_key_can_be_in_a_token(swb: Program, kept: tuple[Ran, Path], tmp_path: Path) -> None:
    if find_softhsm() is None:
        miss("SoftHSM", "softhsm2")
    folder = tmp_path / "kept"
    options = ("--documents", str(DOCUMENTS), "--seed", SEED, "--keys", "softhsm")
    done = swb("demo", *options, "--keep", str(folder), "--json")
    assert done.status == 0, done.stderr
    assert figures(done.value) == figures(kept[0].value)
    configured = "".join(path.read_text() for path in (folder / "region").glob("*.toml"))
    assert "\nkey = " not in configured
    assert configured.count('kind = "pkcs11"') == len(
        re.findall(r"^\[keys\.", configured, re.MULTILINE)
    )


@pytest.fixture(scope="module")
def shown(swb: Program, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """What people are shown, and what a second demonstration left where a first one was."""
    folder = tmp_path_factory.mktemp("shown") / "kept here"
    for part in ("messages", "sealed"):
        (folder / part).mkdir(parents=True)
        (folder / part / "of-the-first.xml").touch()
    (folder / "swb-demo.txt").touch()
    done = swb("demo", "--documents", "5", "--keep", str(folder))
    assert done.status == 0
    return done.stdout.decode().splitlines(), folder


def test_shows_people_a_table(shown: tuple[list[str], Path]) -> None:
    lines, _ = shown
    assert lines[0].split() == [
        *("documents", "delivered", "given", "not", "given", "open"),
        *("lost", "duplicated", "refused"),
    ]
    assert [line.split(",")[0].split("  ")[0] for line in lines[1:7]] == [
        *("TH to VN", "TH to ID", "TH to SG", "VN to TH", "VN to ID"),
        "all",
    ]
    assert any(line.startswith("The road of ") for line in lines)
    road = [line for line in lines if re.match(r" +\d+\.\d{3} s  ", line)]
    assert [word for word in ("AS1", "AS2", "AS3", "RES-REC") if any(word in line for line in road)]


def test_every_command_that_it_names_works(swb: Program, shown: tuple[list[str], Path]) -> None:
    # By its whole name where it is in no folder of the path.
    named = [shlex.split(line) for line in shown[0] if re.match(r"  (\S*/)?swb ", line)]
    assert [words[1] for words in named] == ["status", "verify", "ledger"]
    for words in named:
        assert swb(*words[1:]).status == 0


def test_what_it_kept_may_be_replaced_by_the_next_one(
    swb: Program, shown: tuple[list[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    shutil.copytree(shown[1], folder)
    assert list((folder / "messages").iterdir())
    assert not list(folder.rglob("of-the-first.xml"))
    (folder / "swb-demo.txt").unlink()
    refused = swb("demo", "--documents", "1", "--keep", str(folder), "--json")
    assert refused.value["code"] == "demo.keep_not_empty"
    assert (folder / "messages").is_dir()


def test_a_document_that_nobody_answered_waits_with_its_timer(
    swb: Program, kept: tuple[Ran, Path]
) -> None:
    folder = kept[1]
    waiting = []
    for state in ("TH", "VN", "ID", "SG", "AU"):
        config = str(folder / "region" / f"gateway-{state}.toml")
        stems = {each.name.split(".")[0] for each in (folder / "messages").glob(f"{state}_*")}
        for stem in stems:
            names = [each.name for each in (folder / "messages").glob(f"{stem}.*")]
            if not any("CustomsResponse" in name for name in names):
                sealed = next((folder / "sealed").glob(f"{stem}.01-*"))
                found = etree.parse(str(sealed)).find(".//{*}CertificateKey")
                assert found is not None
                value = swb("status", str(found.text), "--config", config, "--json").value
                answers = CATALOGUE[value["document"]["message_type"]].answers
                received = {"RES-REC"} if "CustomsReceipt" in answers else {"AS3", "WITHDRAWN"}
                assert value["status"] in received
                if "CustomsResponse" in answers:
                    waiting.append(value)
                else:
                    assert value["waiting"] is None
    assert waiting, "this seed has no certificate that is never answered"
    for each in waiting:
        assert each["waiting"]["for"].startswith("customs response")
        assert each["waiting"]["since"] < each["waiting"]["until"]


def test_ends_in_order_when_it_is_asked_to_end(swb: Program, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    process = subprocess.Popen(
        [str(swb.path), "demo", "--documents", "300", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    deadline = time.monotonic() + 30
    while not any(tmp_path.glob("swb-demo-*/region/store/*.db")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    out, _ = process.communicate(timeout=30)
    assert json.loads(out)["code"] == "cli.interrupted"
    assert set(tmp_path.iterdir()) == before


async def list_queues(node: PrivateNode, state: str) -> dict[str, tuple[str, int]]:
    """Ask RabbitMQ for a line's queues; returns type and messages by name.

    Messages are those of now: RabbitMQ lists a quorum queue's count anew every few seconds only.
    """
    vhost = vhost_name(state)
    listed = await node.ctl("list_queues", "--no-table-headers", "-p", vhost, "name", "type")
    found = {}
    async with await aio_pika.connect(node.amqp_url(vhost)) as connection:
        channel = await connection.channel()
        for line in listed.splitlines():
            name, kind = line.split()
            queue = await channel.declare_queue(name, passive=True)
            found[name] = (kind, queue.declaration_result.message_count or 0)
    return found


@pytest.mark.timeout(120)
def test_the_same_seed_gives_the_same_figures_in_clear_bodies_over_quorum_queues(
    swb: Program, rabbitmq_node: PrivateNode, kept: tuple[Ran, Path]
) -> None:
    url = asyncio.run(prepare(rabbitmq_node, STATES))
    done = swb(
        *("demo", "--documents", str(DOCUMENTS), "--seed", SEED, "--transport", "rabbitmq"),
        *("--clear", "--json"),
        env={"SWB_AMQP_URL": url},
    )
    assert done.status == 0, done.stderr
    expected = {**figures(kept[0].value), "transport": "rabbitmq"}
    assert figures(done.value) == expected
    for state in STATES:
        queues = asyncio.run(list_queues(rabbitmq_node, state))
        assert {"submit", "inbox"} <= set(queues)
        assert set(queues.values()) == {("quorum", 0)}


# --- what it leaves ----------------------------------------------------------------------------


_NAMED = re.compile(rb"<MessageId>([0-9a-f-]{36})</MessageId>")
_OWN = re.compile(rb"<DocumentIdentification>.*?<InstanceIdentifier>([0-9a-f-]{36})<")


def _sealed_of(message: Path) -> Path:
    stem, step, *_ = message.name.split(".")
    return message.parent.parent / "sealed" / f"{stem}.{step}.xml"


def test_names_show_one_documents_whole_road(kept: tuple[Ran, Path]) -> None:
    messages = sorted(path.name for path in (kept[1] / "messages").iterdir())
    roads: dict[str, list[str]] = {}
    for name in messages:
        match = re.fullmatch(r"([\w-]+)\.(\d\d)-(\w+)\.([A-Z]+-[A-Z]+)\.xml", name)
        assert match is not None, name
        roads.setdefault(match[1], []).append(f"{match[3]} {match[4]}")
    assert len(roads) == DOCUMENTS
    for stem, road in roads.items():
        kind, out = road[0].split()
        back = f"{out[3:]}-{out[:2]}"
        assert CATALOGUE[kind].leads
        assert out[:2] == stem[:2]
        received = "CustomsReceipt" in CATALOGUE[kind].answers
        # The first receipt may be a failure.
        assert road.count(f"CustomsReceipt {back}") in ({1, 2} if received else {0})
        files = [kept[1] / "messages" / name for name in messages if name.startswith(f"{stem}.")]
        said = Counter(
            f"{file.name.split('.')[1][3:]} {message_id.decode()}"
            for file in files
            if is_receipt(file.name.split(".")[1][3:])
            for message_id in _NAMED.findall(_sealed_of(file).read_bytes())
        )
        for file in files:
            message_type = file.name.split(".")[1][3:]
            (own,) = _OWN.findall(file.read_bytes())
            times = 1 if CATALOGUE[message_type].acknowledged else 0
            assert said[f"TransportAck {own.decode()}"] == 2 * times, "AS2 and AS3"
            assert said[f"RelayReceipt {own.decode()}"] == times


def test_every_message_has_its_sealed_document_and_national_payloads(
    kept: tuple[Ran, Path],
) -> None:
    folder = kept[1]
    messages = [path.name.split(".") for path in (folder / "messages").iterdir()]
    sealed = {path.name for path in (folder / "sealed").iterdir()}
    assert sealed == {f"{stem}.{step}.xml" for stem, step, *_ in messages}
    expected = set()
    for stem, step, ends, _ in messages:
        if CATALOGUE[step[3:]].national:
            expected |= {f"{stem}.{step}.from-{ends[:2]}", f"{stem}.{step}.to-{ends[3:]}"}
    found = list((folder / "national").iterdir())
    assert {path.stem for path in found} == expected
    assert {path.suffix for path in found} == {".xml", ".json"}


def test_roots_and_bundle_are_kept_and_no_private_key(kept: tuple[Ran, Path]) -> None:
    folder = kept[1]
    trust = folder / "trust"
    roots = {path.name for path in (trust / "roots").iterdir()}
    assert roots == {f"{state}.pem" for state in (*STATES, "REGION")}
    (bundle,) = trust.glob("bundle*")
    assert set(parse_trust_bundle(bundle.read_bytes()).lists) == {*STATES, "REGION"}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in files)


def test_xmlsec1_accepts_every_message_and_sealed_document(
    kept: tuple[Ran, Path], xmlsec1: Path
) -> None:
    folder = kept[1]
    roots = [
        argument
        for root in sorted((folder / "trust" / "roots").glob("*.pem"))
        for argument in ("--trusted-pem", str(root))
    ]
    files = sorted(str(path) for path in folder.glob("[ms]e*/*.xml"))
    assert len(files) > DOCUMENTS * 10
    done = subprocess.run(
        [
            *(str(xmlsec1), "--verify", *roots),
            *("--enabled-reference-uris", "empty,same-doc", "--id-attr:Id"),
            "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
            *files,
        ],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.count(b"OK\n") + done.stderr.count(b"OK\n") == len(files)


def test_every_message_is_valid_against_the_published_sbdh_schema(
    kept: tuple[Ran, Path], samples: Path
) -> None:
    (schema_file,) = (samples / "sbdh" / "xsd").rglob(SBDH_SCHEMA)
    schema = etree.XMLSchema(etree.parse(schema_file))
    for path in (kept[1] / "messages").iterdir():
        assert schema.validate(etree.parse(path)), (path.name, schema.error_log)


@pytest.mark.parametrize("kind", ["messages", "sealed"])
def test_swb_verify_accepts_what_was_kept(swb: Program, kept: tuple[Ran, Path], kind: str) -> None:
    (bundle,) = (kept[1] / "trust").glob("bundle*")
    for path in sorted((kept[1] / kind).iterdir())[:3]:
        done = swb("verify", str(path), "--trust", str(bundle), "--json")
        assert done.status == 0, done.stdout
        assert done.value["verdict"]


# --- refusals ----------------------------------------------------------------------------------


def test_refuses_a_folder_that_holds_something(swb: Program, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x", encoding="utf-8")
    done = swb("demo", "--documents", "1", "--keep", str(tmp_path), "--json")
    assert done.status == 1
    assert done.failure["code"] == "demo.keep_not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--documents", "0"],
        ["--documents", "many"],
        ["--transport", "pigeon"],
        ["--seed", "x"],
        ["--keep", __file__],
        ["extra"],
    ],
)
def test_misuse_is_told_as_usage(swb: Program, arguments: list[str]) -> None:
    done = swb("demo", *arguments, "--json")
    assert done.status == 2
    assert done.failure["code"] == "cli.usage"


def test_a_server_that_is_not_there_is_unavailable(swb: Program) -> None:
    done = swb(
        *("demo", "--documents", "1", "--transport", "rabbitmq", "--json"),
        env={"SWB_AMQP_URL": "amqp://guest:secret@127.0.0.1:1"},
    )
    assert done.status == 4
    assert done.failure["final"] is False
    assert "secret" not in json.dumps(done.failure) + done.stderr
