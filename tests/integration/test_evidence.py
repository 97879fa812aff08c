"""Containers of evidence: what an auditor accepts, and what not, each with its code."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from swb.backends.softkey import make_development_keys
from swb.core.lifecycle import Fact
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.evidence import parse_contents, read_archive, verify_container
from swb_schemas.evidence.contents import CONTENTS_NAME
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws, signing_input
from swb_schemas.wire.signature import find_signature_octets
from swb_schemas.wire.trust_list import TrustListForm, encode_trust_list, parse_form
from tests.integration.evidencing import Desk, change_container, later, open_desk
from tests.integration.opening import open_world, write_connections

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime
    from pathlib import Path

    from swb_schemas.evidence import ContainerVerdict, Contents, Item
    from tests.integration.world import World


@pytest.fixture
async def protected(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, protect=True) as world:
        yield world


async def travel(world: World) -> str:
    """Have a certificate travel and be answered; returns its document's id."""
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    for answer in world.answers(certificate):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()
    return document_id


@pytest.fixture
async def desk(protected: World) -> AsyncIterator[Desk]:
    async with open_desk(protected, "TH") as desk:
        yield desk


@pytest.fixture
async def container(protected: World, desk: Desk) -> bytes:
    document_id = await travel(protected)
    await desk.stamping().stamp_due()
    return await desk.export(document_id)


def judge(world: World, raw: bytes, *, years: int = 0) -> ContainerVerdict:
    at = world.clock.now() + timedelta(seconds=1)
    return verify_container(
        raw, trust=world.keys.bundle.read_bytes(), at=later(at, years=years) if years else at
    )


def contents_of(raw: bytes) -> Contents:
    return parse_contents(read_archive(raw)[CONTENTS_NAME])


def find(raw: bytes, kind: str, message_type: str) -> Item:
    return next(
        each for each in contents_of(raw).items if (each.kind, each.type) == (kind, message_type)
    )


def codes(verdict: ContainerVerdict) -> dict[str, str]:
    return {each.file: each.error.code for each in verdict.items if each.error}


@pytest.mark.parametrize("state", ["TH", "VN"], ids=["the sender", "the receiver"])
async def test_what_either_side_exports_is_accepted_and_complete(
    protected: World, state: str
) -> None:
    document_id = await travel(protected)
    async with open_desk(protected, state) as desk:
        await desk.stamping().stamp_due()
        raw = await desk.export(document_id)
        assert raw == await desk.export(document_id)
    verdict = judge(protected, raw)
    assert codes(verdict) == {}
    assert verdict.error is None
    assert verdict.missing == ()
    assert verdict.findings == ()
    assert len(verdict.items) >= 12
    assert all(each.proven_at and each.signer for each in verdict.items)
    types = {each.type for each in verdict.items}
    assert {"CertificateIssue", "TransportAck", "CustomsReceipt", "CustomsResponse"} <= types


async def test_a_moment_before_it_was_exported_is_remarked_on(
    protected: World, container: bytes
) -> None:
    at = contents_of(container).exported_at - timedelta(seconds=1)
    verdict = verify_container(container, trust=protected.keys.bundle.read_bytes(), at=at)
    assert "evidence.before" in {each.code for each in verdict.findings}


async def test_years_later_it_is_accepted_by_the_lists_of_its_time(
    protected: World, container: bytes
) -> None:
    verdict = judge(protected, container, years=20)
    assert codes(verdict) == {}
    assert verdict.missing == ()
    assert {each.code for each in verdict.findings} == {"evidence.old_trust"}


@pytest.mark.parametrize("days", [8, 31, 60])
async def test_evidence_outlives_an_outage_of_the_time_stamp_authority(
    protected: World, desk: Desk, days: int
) -> None:
    """Longer than messages live: what was good when it was sent is stamped late, and stays so."""
    document_id = await travel(protected)
    protected.clock.turn(timedelta(days=days))
    await desk.stamping().stamp_due()
    verdict = judge(protected, await desk.export(document_id))
    assert codes(verdict) == {}


async def test_what_has_no_time_stamp_yet_is_undetermined(protected: World, desk: Desk) -> None:
    document_id = await travel(protected)
    verdict = judge(protected, await desk.export(document_id))
    assert set(codes(verdict).values()) == {"evidence.unproven"}
    assert verdict.error is not None
    assert verdict.error.family == "undetermined"


async def test_a_missing_receipt_is_named_and_completeness_not_claimed(
    protected: World, container: bytes
) -> None:
    """An attacker who takes a receipt out everywhere cannot make it look complete."""
    issue = find(container, "message", "CertificateIssue")
    relay = find(container, "message", "RelayReceipt")
    files = read_archive(container)
    gone = {relay.file, relay.record}
    document = next(each for each in contents_of(container).items if each.id == relay.document)
    gone |= {document.file, document.record}
    gone |= {name for name, octets in files.items() if document.file.encode() in octets}
    gone |= {name for name, octets in files.items() if relay.file.encode() in octets}
    gone -= {CONTENTS_NAME, "README.txt"}

    def without(contents: Contents) -> Contents:
        return contents.model_copy(
            update={
                "items": tuple(each for each in contents.items if each.file not in gone),
                "others": tuple(each for each in contents.others if each.file not in gone),
                "facts": (),
            }
        )

    raw = change_container(container, contents=without, without=[each for each in gone if each])
    verdict = judge(protected, raw)
    assert verdict.error is None
    assert verdict.missing == (
        f"the router's relay receipt for message {issue.id} (CertificateIssue)",
    )
    assert {each.code for each in verdict.findings} == {"evidence.missing"}


Change = "Callable[[bytes], bytes]"


def altered(raw: bytes) -> bytes:
    """The document altered, list and manifest as they were."""
    item = find(raw, "document", "CertificateIssue")
    octets = read_archive(raw)[item.file].replace(b"ORIGINAL", b"original")
    return change_container(raw, files={item.file: octets})


def taken_out(raw: bytes) -> bytes:
    return change_container(raw, without=[find(raw, "document", "TransportAck").file])


def put_in(raw: bytes) -> bytes:
    return change_container(raw, files={"documents/extra.xml": b"<extra/>"})


def another_in_its_place(folder: str) -> Callable[[bytes], bytes]:
    """What lies there for tools is exchanged for another of its kind, and the list kept in step."""

    def change(raw: bytes) -> bytes:
        files = read_archive(raw)
        name, *_ = (each for each in sorted(files) if each.startswith(folder))
        octets = {
            "certificates/": next(files[each] for each in sorted(files)[::-1] if folder in each),
            "time-stamps/": files[name][:-1] + bytes([files[name][-1] ^ 1]),
        }[folder]
        return change_container(
            raw,
            files={name: octets},
            contents=lambda listed: listed.model_copy(
                update={
                    "others": tuple(
                        each.model_copy(update={"sha256": digest_text_of(octets)})
                        if each.file == name
                        else each
                        for each in listed.others
                    )
                }
            ),
        )

    return change


def without_list(raw: bytes) -> bytes:
    from swb_schemas.evidence import write_archive  # noqa: PLC0415 - for this one alone

    files = read_archive(raw)
    del files[CONTENTS_NAME]
    return write_archive(files)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (altered, "container.digest"),
        (taken_out, "container.missing_file"),
        (put_in, "container.extra_file"),
        (without_list, "container.contents"),
        (another_in_its_place("certificates/"), "container.other_item"),
        (another_in_its_place("time-stamps/"), "container.other_item"),
    ],
    ids=["altered", "taken out", "put in", "without a list", "certificate", "time-stamp"],
)
async def test_refuses_a_container_that_is_not_what_it_lists(
    protected: World, container: bytes, change: Callable[[bytes], bytes], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        judge(protected, change(container))
    assert refused.value.code == code


async def test_refuses_the_record_of_another_message(protected: World, container: bytes) -> None:
    """Records swapped by somebody who keeps lists and manifests in step."""
    one = find(container, "document", "CertificateIssue")
    other = find(container, "document", "CustomsResponse")
    files = read_archive(container)
    assert one.record is not None
    assert other.record is not None
    swapped = {one.record: files[other.record], other.record: files[one.record]}
    raw = change_container(container, contents=_relist(swapped), files=swapped)
    assert codes(judge(protected, raw)) == {
        one.file: "evidence.other_record",
        other.file: "evidence.other_record",
    }


def _relist(changed: dict[str, bytes]) -> Callable[[Contents], Contents]:
    from hashlib import sha256  # noqa: PLC0415 - for this one alone

    def relist(contents: Contents) -> Contents:
        return contents.model_copy(
            update={
                "others": tuple(
                    each.model_copy(
                        update={"sha256": f"sha-256:{sha256(changed[each.file]).hexdigest()}"}
                    )
                    if each.file in changed
                    else each
                    for each in contents.others
                )
            }
        )

    return relist


def compromise(world: World, state: str, purpose: Purpose, since: datetime) -> bytes:
    """The auditor's bundle with a newer list of a state, which says that a key was stolen."""
    return list_anew(world, state, purpose, compromised_since=since)


def list_anew(world: World, state: str, purpose: Purpose, **changes: datetime) -> bytes:
    """The auditor's bundle with a newer list of a state, which says another thing of a key."""
    members = json.loads(world.keys.bundle.read_bytes())
    payload = members["lists"][state]["payload"]
    form = parse_form(
        TrustListForm,
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)),
        code="trust.malformed",
        limit=1_000_000,
    )
    der = load_pem_x509_certificate(
        world.keys.certificate(state, purpose).read_bytes()
    ).public_bytes(Encoding.DER)
    stolen = base64.b64encode(der).decode()
    parties = tuple(
        party.model_copy(
            update={
                "certificates": tuple(
                    each.model_copy(update=changes) if each.certificate == stolen else each
                    for each in party.certificates
                )
            }
        )
        for party in form.parties
    )
    newer = form.model_copy(update={"number": form.number + 1, "parties": parties})
    octets = encode_trust_list(newer)
    root = load_pem_x509_certificate(world.keys.roots[state].read_bytes())
    kid = digest_text_of(root.public_bytes(Encoding.DER))
    key = load_pem_private_key(
        (world.keys.directory / "keys" / state / "root.pem").read_bytes(), password=None
    )
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.sign(signing_input(octets, kid=kid), ec.ECDSA(hashes.SHA256())))
    signed = assemble_jws(octets, {kid: r.to_bytes(32) + s.to_bytes(32)})
    members["lists"][state] = json.loads(signed)
    return json.dumps(members).encode()


@pytest.mark.parametrize(
    ("after", "code"),
    [(timedelta(minutes=1), None), (timedelta(minutes=-1), "certificate.compromised")],
    ids=["stolen after it was evidenced", "stolen before"],
)
async def test_what_was_sealed_and_evidenced_before_a_key_was_stolen_stays_valid(
    protected: World, container: bytes, after: timedelta, code: str | None
) -> None:
    since = protected.clock.now() + after
    trust = compromise(protected, "TH", Purpose.ISSUING_SEAL, since)
    verdict = verify_container(container, trust=trust, at=since + timedelta(days=1))
    sealed = find(container, "document", "CertificateIssue")
    assert codes(verdict) == ({} if code is None else {sealed.file: code})


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [(Purpose.TRANSPORT, "message"), (Purpose.ISSUING_SEAL, "document")],
    ids=["message", "sealed document"],
)
async def test_what_is_first_proven_after_its_certificate_ended_is_undetermined(
    protected: World, desk: Desk, purpose: Purpose, kind: str
) -> None:
    """The certificate held when it was signed, by the signer's word; nothing proves more."""
    document_id = await travel(protected)
    end = protected.clock.now() + timedelta(days=1)
    protected.clock.turn(timedelta(days=2))
    await desk.stamping().stamp_due()
    raw = await desk.export(document_id)
    trust = list_anew(protected, "TH", purpose, until=end)
    verdict = verify_container(raw, trust=trust, at=protected.clock.now() + timedelta(seconds=1))
    late = {each.file: each.verdict for each in verdict.items if each.error}
    assert late[find(raw, kind, "CertificateIssue").file] == "undetermined"
    assert set(codes(verdict).values()) == {"evidence.late_stamp"}


async def test_a_stolen_key_of_the_time_stamp_authority_leaves_nothing_proven(
    protected: World, container: bytes
) -> None:
    """Who has that key can date back, so what its time-stamps say of themselves is no proof."""
    since = protected.clock.now() + timedelta(days=1)
    trust = compromise(protected, "REGION", Purpose.TIME_STAMP, since)
    verdict = verify_container(container, trust=trust, at=since + timedelta(days=1))
    assert set(codes(verdict).values()) == {"certificate.compromised"}


async def test_another_regions_bundle_is_said_once_and_blames_no_signer(
    protected: World, container: bytes
) -> None:
    other = make_development_keys(
        protected.folder / "other", ["TH", "VN"], Environment.TEST, protected.clock.now()
    )
    at = protected.clock.now() + timedelta(seconds=1)
    with pytest.raises(UndeterminedError) as undetermined:
        verify_container(container, trust=other.bundle.read_bytes(), at=at)
    assert undetermined.value.code == "trust.other_keys"
    assert "is it the right one?" in undetermined.value.message


async def test_the_sender_exports_the_signed_refusal_of_what_was_refused(world: World) -> None:
    """A refusal is a signed acknowledgement, and nothing more is expected of that message."""
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    pairs = (("TH", "VN"), ("VN", "TH"))
    write_connections(world.folder / "connections.toml", pairs, protect=True)
    await world.hand_in("TH", sent.outbound.message.octets)
    await world.carry()
    document_id = sent.document.document_id
    facts = await world.th.facts(document_id)
    assert facts[Fact.REFUSED] == "connection.protection"
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        raw = await desk.export(document_id)
    verdict = judge(world, raw)
    assert verdict.error is None
    assert verdict.missing == ()
    refused = [each for each in contents_of(raw).facts if each.code]
    assert [(each.name, each.code) for each in refused] == [("REFUSED", "connection.protection")]
    said = next(each for each in verdict.items if each.id == refused[0].message)
    assert (said.type, said.verdict, said.signer) == (
        "TransportAck",
        "accepted",
        "urn:swb:party:VN:gateway",
    )


async def test_who_is_not_authenticated_is_told_nothing(world: World) -> None:
    sent = await world.seal(world.certificate())
    raw = sent.outbound.message.octets
    forged = raw.replace(b"<ds:SignatureValue>A", b"<ds:SignatureValue>B", 1)
    if forged == raw:
        forged = re.sub(rb"<ds:SignatureValue>.", b"<ds:SignatureValue>A", raw, count=1)
    await world.hand_to("VN", forged)
    await world.carry()
    assert await world.vn.buried() == ["signature.value"]
    assert await world.vn.store.list_messages() == []


async def test_no_signature_is_hidden_behind_another_one(container: bytes) -> None:
    """The group of a file in the hash tree is the file and its one signature element."""
    for item in contents_of(container).items:
        octets = read_archive(container)[item.file]
        assert octets.count(b"<ds:Signature ") == 1
        assert find_signature_octets(octets) in octets
