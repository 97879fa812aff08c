"""The codes on printed certificates: one spelling, and one changed field does not verify."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.catalogue import Purpose
from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, SwbError, UndeterminedError
from swb_schemas.wire import Distrust, parse_trust_bundle
from swb_schemas.wire.base45 import decode_base45, encode_base45
from swb_schemas.wire.evidence import LayerRecord
from swb_schemas.wire.print_code import (
    LARGEST_CODE,
    PREFIXES,
    decode_print_code,
    prepare_print_code,
    read_fields,
    split_codes,
)
from swb_schemas.wire.print_verification import join_print_codes, verify_print_code
from tests.certificates import make_certificate
from tests.hostile_prints import (
    HOSTILE,
    OTHER_SPELLINGS,
    alter,
    close_code,
    open_code,
)
from tests.printing import codes_of, seal_verified, trust, write_codes
from tests.services import ROOT
from tests.vectors.world import (
    AT,
    TH_ISSUING,
    bundle,
    list_form,
    seal_header,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.wire import TrustBundle
    from swb_schemas.wire.print_verification import VerifiedPrint
    from swb_schemas.wire.seal_header import SealHeader

REFERENCE = ROOT / "docs" / "reference" / "print-code.md"


@pytest.fixture(scope="module")
def text() -> str:
    """One code, of a certificate with two items."""
    return write_codes(make_certificate(items=2), [(0, 1)])[0]


def verify_together(texts: Sequence[str], known: TrustBundle | None = None) -> VerifiedPrint:
    """Verify the codes of one print."""
    verified = [verify_print_code(each, trust=known or trust(), at=AT) for each in texts]
    return join_print_codes(verified, at=AT)


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "number", "kinds"), [("environment", 5, Environment), ("copy_type", 6, CopyType)]
)
def test_what_is_told_by_a_number_has_the_number_of_the_reference(
    text: str, field: str, number: int, kinds: type[Environment | CopyType]
) -> None:
    fields = read_fields(decode_print_code(text).payload, version=1)
    numbers = {}
    for kind in kinds:
        changed = fields.model_copy(update={field: kind})
        signed = cbor2.loads(prepare_print_code(changed, certificate=b"").to_be_signed)
        numbers[cbor2.loads(signed[3])[number]] = kind
    told = ", ".join(f"{each} {kind.lower()}" for each, kind in sorted(numbers.items()))
    assert f"| {told} |" in REFERENCE.read_text(encoding="utf-8")


# --- Base45 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "spelled"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"", "")],
)
def test_base45_is_that_of_the_rfc(octets: bytes, spelled: str) -> None:
    """RFC 9285, 4.3 and 4.4."""
    assert encode_base45(octets) == spelled
    assert decode_base45(spelled) == octets


@given(st.binary(max_size=40))
def test_base45_gives_back_what_was_written(octets: bytes) -> None:
    assert decode_base45(encode_base45(octets)) == octets


@pytest.mark.parametrize("spelled", ["GGW", "::", ":::", "A", "ab8", "BB8A"])
def test_refuses_what_is_no_base45(spelled: str) -> None:
    with pytest.raises(RefusedError) as failure:
        decode_base45(spelled)
    assert failure.value.code == "print_code.malformed"


# --- what verifies -----------------------------------------------------------------------------


def test_a_code_says_what_the_certificate_says_and_who_signed_it(text: str) -> None:
    certificate = make_certificate(items=2)
    record: LayerRecord[SealHeader] = LayerRecord()
    verified = verify_print_code(text, trust=trust(), at=AT, record=record)
    fields = verified.fields
    assert fields.certificate_key == str(certificate.key)
    assert (fields.exporter.name, fields.exporter.country) == (certificate.exporter.name, "TH")
    assert fields.issued_on == certificate.certification.date
    assert f"sha-256:{fields.digest.hex()}" == seal_verified(certificate).digest.text
    assert [each.model_dump() for each in fields.items] == [
        {
            "sequence_number": number,
            "commodity_code": "63053310",
            "quantity": "1200.5",
            "unit": "KGM",
            "criterion": "CTSH + 35%",
            "gross_measure": None,
            "gross_unit": None,
        }
        for number in (1, 2)
    ]
    assert verified.signer.party == str(TH_ISSUING)
    assert [each.number for each in record.steps] == [f"P{number}" for number in range(1, 9)]


def test_what_has_no_quantity_is_weighed_and_the_rest_is_as_it_always_was() -> None:
    """A sheet that weighs something is of version 2, any other octet for octet one of version 1."""
    certificate = make_certificate(
        items=3,
        items__1__quantity=None,
        items__2__quantity=None,
        items__2__gross_measure=None,
    )
    gross = certificate.items[1].gross_measure
    assert gross is not None
    texts = write_codes(certificate, [(0,), (1,), (2,)])
    assert [each.partition(":")[0] for each in texts] == ["SWB1", "SWB2", "SWB1"]
    items = [each.fields.items[0] for each in verify_together(texts).codes]
    assert [(each.quantity, each.gross_measure, each.gross_unit) for each in items] == [
        ("1200.5", None, None),
        (None, f"{gross.value.normalize():f}", gross.unit),
        (None, None, None),
    ]


def test_a_later_form_is_not_judged(text: str) -> None:
    """Nobody is told that a genuine paper is a forged one because the program is old."""
    later = text.replace("SWB1:", "SWB3:")
    with pytest.raises(UndeterminedError) as failure:
        verify_print_code(later, trust=trust(), at=AT)
    assert failure.value.code == "print_code.version"
    assert split_codes(f"{later[:50]}\n{later[50:]}") == [later]


def test_a_long_name_is_cut_between_letters_and_its_digest_stands_for_the_rest() -> None:
    certificate = make_certificate(exporter__name="ບໍລິສັດ" * 30)
    (text,) = write_codes(certificate)
    exporter = verify_print_code(text, trust=trust(), at=AT).fields.exporter
    assert certificate.exporter.name.startswith(exporter.name)
    assert len(exporter.name.encode()) <= 160
    assert exporter.digest is not None


def test_a_code_has_room_for_some_items_whatever_they_are() -> None:
    """Longest key, names, and items: the largest code holds one more than none."""
    value = "999999999999999.999999"
    certificate = make_certificate(
        items=60,
        reference_number="Ñ" * 35,
        issuing_office="A" * 32,
        exporter__name="Ñ" * 512,
        consignee__name="Ñ" * 512,
        **{f"items__{each}__quantity__value": value for each in range(60)},
    )
    codes = codes_of(seal_verified(certificate))
    most = max(count for count in range(60) if codes.may_hold(range(count)))
    assert most >= 5
    (text,) = write_codes(certificate, [range(most)])
    assert len(decode_base45(text.partition(":")[2])) <= LARGEST_CODE
    assert len(verify_print_code(text, trust=trust(), at=AT).fields.items) == most


# --- what does not -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 16))
def test_one_changed_field_does_not_verify(text: str, number: int) -> None:
    """Each of the fields that every code has."""
    protected, unprotected, payload, signature = open_code(text)
    fields = cbor2.loads(payload)
    match fields[number]:
        case int(value):
            fields[number] = value + 1
        case bytes(value):
            fields[number] = bytes([value[0] ^ 1]) + value[1:]
        case str(value):
            fields[number] = "LA" + value[2:]
        case [int(value), *rest]:
            fields[number] = [value + 1, *rest]
        case [[int(value), code, *rest], *others]:
            fields[number] = [[value, code[:-1] + "9", *rest], *others]
        case [str(value), *rest]:
            fields[number] = ["LA", *rest]
    changed = close_code([protected, unprotected, cbor2.dumps(fields, canonical=True), signature])
    with pytest.raises(RefusedError) as failure:
        verify_print_code(changed, trust=trust(), at=AT)
    assert failure.value.code == "signature.value"


@given(place=st.integers(min_value=0), character=st.sampled_from("0 A%*Z:é"))
def test_no_changed_character_is_believed(text: str, place: int, character: str) -> None:
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    if changed == text:
        return
    with pytest.raises(SwbError):
        verify_print_code(changed, trust=trust(), at=AT)


@given(st.binary(max_size=64))
def test_whatever_is_read_is_refused_with_a_code_of_ours(octets: bytes) -> None:
    for raw in (octets, b"\xd2" + octets, b"\xd2\x84" + octets):
        with pytest.raises(RefusedError):
            decode_print_code(PREFIXES[0] + encode_base45(raw))
    with pytest.raises(RefusedError):
        read_fields(octets, version=1)


@pytest.mark.parametrize("name", OTHER_SPELLINGS)
def test_refuses_another_shape(text: str, name: str) -> None:
    with pytest.raises(RefusedError) as failure:
        decode_print_code(close_code(OTHER_SPELLINGS[name](open_code(text))))
    assert failure.value.code == "print_code.malformed"


def test_refuses_another_spelling_of_what_was_signed(text: str) -> None:
    """The signature would hold: it is over the parts, and not over how they are joined."""
    raw = decode_base45(text.partition(":")[2])
    assert raw[:2] == b"\xd2\x84"
    length = raw[2] - 0x40
    longer = raw[:2] + bytes([0x58, length]) + raw[3:]
    with pytest.raises(RefusedError) as failure:
        verify_print_code(PREFIXES[0] + encode_base45(longer), trust=trust(), at=AT)
    assert failure.value.code == "print_code.malformed"


def test_refuses_another_algorithm(text: str) -> None:
    _, *rest = open_code(text)
    with pytest.raises(RefusedError) as failure:
        decode_print_code(close_code([cbor2.dumps({1: -35, 4: b"12345678"}), *rest]))
    assert failure.value.code == "print_code.algorithm"


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses_what_an_authority_that_has_gone_wrong_might_sign(name: str) -> None:
    """The same table as in tests/browser, with the same codes."""
    hostile = HOSTILE[name]()
    with pytest.raises(RefusedError) as failure:
        verify_together(hostile.texts, hostile.trust)
    assert failure.value.code == hostile.code


def test_what_the_table_alters_is_accepted_unaltered() -> None:
    found = verify_together([alter({}), alter({}, sheet=1)])
    assert (found.missing, found.findings) == ((), ())


def test_a_code_that_mail_wrapped_is_the_same_code() -> None:
    one, other = alter({}), alter({}, sheet=1)
    wrapped = [f"{each[:50]}\r\n{each[50:120]}\n{each[120:]}\n" for each in (one, other)]
    assert split_codes("\n  ".join(wrapped)) == [one, other]
    assert split_codes("no code\n\nat all") == ["no code", "at all"]


@pytest.mark.parametrize(("days", "told"), [(-1, ["print_code.validity_over"]), (0, [])])
def test_a_last_day_that_is_over_is_told(days: int, told: list[str]) -> None:
    last = (AT.date() - date(1970, 1, 1)).days + days
    found = verify_together([alter({16: last}), alter({16: last}, sheet=1)])
    assert [each.code for each in found.findings] == told


@pytest.mark.parametrize(("days", "told"), [(2, ["print_code.issued_in_future"]), (1, [])])
def test_a_day_of_issue_that_has_begun_nowhere_is_told(days: int, told: list[str]) -> None:
    issued = (AT.date() - date(1970, 1, 1)).days + days
    found = verify_together([alter({7: issued}), alter({7: issued}, sheet=1)])
    assert [each.code for each in found.findings] == told


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, []), (1, ["print_code.not_original"]), (2, ["print_code.not_original"])],
)
def test_a_sheet_that_is_not_for_the_importing_customs_is_told(
    number: int, told: list[str]
) -> None:
    found = verify_together([alter({6: number}), alter({6: number}, sheet=1)])
    assert [each.code for each in found.findings] == told


def test_a_seal_that_was_revoked_vouches_for_no_paper(text: str) -> None:
    """Even what was printed before: nothing proves when."""
    thumbprint = (
        parse_trust_bundle(bundle())
        .list_certificates(TH_ISSUING, Purpose.ISSUING_SEAL, AT)[0]
        .certificate.thumbprint
    )
    since = Distrust(since=AT + timedelta(days=1), reason="lost")
    with pytest.raises(RefusedError) as failure:
        verify_print_code(
            text, trust=trust().with_statuses({thumbprint: since}), at=AT + timedelta(days=2)
        )
    assert failure.value.code == "certificate.revoked"


def test_an_expired_list_says_nothing(text: str) -> None:
    old = parse_trust_bundle(bundle(list_form("TH", expires=AT)))
    with pytest.raises(UndeterminedError) as failure:
        verify_print_code(text, trust=old, at=AT + timedelta(seconds=1))
    assert failure.value.code == "trust.list_expired"


# --- several sheets ----------------------------------------------------------------------------


def test_sheets_are_joined_and_a_missing_one_is_named() -> None:
    certificate = make_certificate(items=3, certification__date=AT.date().isoformat())
    codes = write_codes(certificate, [(0,), (1,), (2,)])
    verified = [verify_print_code(each, trust=trust(), at=AT) for each in codes]
    whole = join_print_codes([verified[2], verified[0], verified[1], verified[0]], at=AT)
    assert [each.fields.sheet for each in whole.codes] == [1, 2, 3]
    assert whole.missing == ()
    part = join_print_codes(verified[:2], at=AT)
    assert part.missing == (3,)
    assert [each.code for each in part.findings] == ["print_code.sheet_missing"]


def test_the_example_of_the_reference_is_a_code_that_verifies() -> None:
    """Its key is that of the golden vectors; whoever writes a verifier begins with it."""
    certificate = make_certificate()
    (text,) = write_codes(certificate)
    page = REFERENCE.read_text(encoding="utf-8")
    assert f"\n{text}\n" in page
    assert decode_print_code(text).payload.hex() in page.replace("\n", "")
    assert seal_header(certificate).document_id in page
