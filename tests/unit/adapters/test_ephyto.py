"""The SPSCertificate of ePhyto: what is read, what deviates, what comes out, element by element."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from swb_adapters.ephyto import ADAPTER
from swb_adapters.ephyto.moments import parse_moment
from swb_adapters.sdk import Provenance
from swb_adapters.sdk.testing import (
    check_crossing,
    check_document,
    check_info,
    check_paths,
    check_payload,
    check_purity,
)
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import (
    AnimalHealthCertificate,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.documents.sps import (
    CertificateStatus,
    Moment,
    Movement,
    Note,
    SpsCertificate,
    SpsParty,
    TreatmentCharacteristic,
)
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Severity
from swb_schemas.rulebook import check_document as judge
from swb_schemas.xml import encode, parse_xml, validate_xml
from tests.certificates import make_certificate
from tests.sps import make_sps
from tests.strategies import aggregates
from tests.unit.adapters.standards import find_published

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLISHED: Final = "ephyto/src/test/resources/SPSCertificateContent.xml"
TYPES: Final = "ephyto/xsd_from_wsdl/s1_SPSCertificate.xsd"
HEAD: Final = "SPSCertificate/SPSExchangedDocument"
GOODS: Final = "SPSCertificate/SPSConsignment"
LINE: Final = f"{GOODS}/IncludedSPSConsignmentItem[1]/IncludedSPSTradeLineItem"

SAMPLES: Final = {
    each.name: each.read_bytes()
    for each in (files("swb_adapters.ephyto") / "samples").iterdir()
    if each.name.endswith(".xml")
}
EACH_SAMPLE: Final = pytest.mark.parametrize("raw", SAMPLES.values(), ids=list(SAMPLES))


def read(raw: bytes) -> SpsCertificate:
    document = ADAPTER.to_canonical(raw).document
    assert isinstance(document, SpsCertificate)
    return document


def published() -> bytes:
    return find_published(PUBLISHED).read_bytes()


def faults_by_the_types(raw: bytes) -> list[str]:
    """What libxml2 says of a payload by the published types."""
    schema = etree.XMLSchema(etree.parse(find_published(TYPES)))
    schema.validate(parse_xml(raw))
    errors: Any = schema.error_log
    return [str(each.message) for each in errors]


# --- the published certificate -----------------------------------------------------------------

THREE_FAULTS: Final = (
    f"{HEAD}/SignatorySPSAuthentication/IssueSPSLocation/ID",
    f"{HEAD}/ReferenceSPSReferencedDocument[1]",
    f"{GOODS}/ConsignorSPSParty",
)
"""Where the hub's types stop reading the published certificate."""


def test_names_the_three_faults_of_the_published_certificate() -> None:
    raw = published()
    by_types = faults_by_the_types(raw)
    assert len(by_types) == len(THREE_FAULTS)
    findings = {
        each.national_path: each
        for each in ADAPTER.to_canonical(raw).findings
        if each.code == "adapter.deviation"
    }
    for path, fault in zip(THREE_FAULTS, by_types, strict=True):
        tag = path.rpartition("/")[2].partition("[")[0]
        assert f"}}{tag}': This element is not expected" in fault
        assert findings[path].severity is Severity.WARN


def test_names_what_the_three_faults_hide_as_well() -> None:
    """A validator stops at the first fault of a sequence; whoever mends it meets the next."""
    findings = {
        each.national_path: each.message for each in ADAPTER.to_canonical(published()).findings
    }
    seal = f"{GOODS}/UtilizedSPSTransportEquipment/AffixedSPSSeal/ID"
    assert findings[seal].startswith("expected it in no namespace")
    assert findings[f"{HEAD}/ReferenceSPSReferencedDocument[6]"].startswith("expected TypeCode")
    assert f"{LINE}[1]/AppliedSPSProcess[1]/CompletionSPSPeriod" in findings


def test_the_published_certificate_comes_out_valid_by_the_published_types() -> None:
    rendering = ADAPTER.from_canonical(read(published()))
    assert rendering.losses == ()
    assert faults_by_the_types(rendering.payload) == []


# What may be gone after the certificate has come out again, because the hub's types have no place
# for it; each is a finding of severity loss.
NOT_CARRIED: Final = {
    f"{GOODS}/UnloadingBaseportSPSLocation/ID/@schemeID",
    f"{GOODS}/MainCarriageSPSTransportMovement[1]/ModeCode/@name",
    f"{GOODS}/MainCarriageSPSTransportMovement[2]/UsedSPSTransportMeans/Name/@languageID",
}


def _meaning(text: str) -> str:
    """A text without its spelling: lines folded, numbers and times as what they say."""
    folded = " ".join(text.split())
    try:
        return f"{Decimal(folded).normalize():f}"
    except InvalidOperation:
        pass
    if len(folded) > 400:
        return "".join(text.split())
    return folded.replace("+00:00", "Z")


def statements(element: etree._Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Everything that a certificate says: each text and attribute, with where it stands.

    Positions count what says something; order between elements of different names says nothing.
    A time stands in its element whether or not one is around it; a note of a process is one of
    its line.
    """
    counts: Counter[str] = Counter()
    text = (element.text or "").strip()
    if text:
        yield path, _meaning(text)
    for name, value in element.attrib.items():
        yield f"{path}/@{name!s}", str(value)
    for child in element:
        tag = etree.QName(child).localname
        inside = [str(text) for text in child.itertext() if str(text).strip()]
        if not inside:
            continue
        if tag == "AdditionalInformationSPSNote":
            around = path.partition("/AppliedSPSProcess")[0]
            yield (
                f"{around}/{tag}",
                repr(sorted(map(_meaning, inside))),
            )
            continue
        counts[tag] += 1
        below = path if tag == "DateTimeString" else f"{path}/{tag}[{counts[tag]}]"
        yield from statements(child, below)


def test_the_published_certificate_comes_out_with_the_same_meaning() -> None:
    raw = published()
    reading = ADAPTER.to_canonical(raw)
    before = Counter(statements(parse_xml(raw)))
    after = Counter(statements(parse_xml(ADAPTER.from_canonical(reading.document).payload)))
    assert after - before == Counter()
    lost = {each.national_path for each in reading.findings if each.severity is Severity.LOSS}
    assert lost == NOT_CARRIED
    gone = {path.rpartition("/")[2] for path, _ in (before - after)}
    assert gone == {path.rpartition("/")[2] for path in lost}
    assert sum((before - after).values()) == len(lost)
    assert sum(before.values()) > 150


def test_the_published_certificate_keeps_the_day_that_its_place_counts() -> None:
    document = read(published())
    assert str(document.issued.day) == "2016-04-22"
    assert document.issued.offset == "-03:00"
    assert document.status is CertificateStatus.ISSUED
    assert str(document.key) == "AR:NPPO:123ABC"


def test_the_rules_find_in_the_published_certificate_what_iso_and_the_code_lists_do_not_know() -> (
    None
):
    document = read(published())
    found = {each.code for each in judge(document, at=document.issued_on)}
    assert "rule.sps_botanical_name_missing" not in found
    assert not any(code.startswith("rule.country") for code in found)


# --- our own samples ---------------------------------------------------------------------------


def test_describes_itself_as_the_catalogue_has_it() -> None:
    assert not check_info(ADAPTER)
    assert ADAPTER.info.provenance is Provenance.PUBLISHED


@EACH_SAMPLE
def test_reads_and_writes_its_samples(raw: bytes) -> None:
    assert not check_payload(ADAPTER, raw)
    assert ADAPTER.to_canonical(raw).findings == ()


@EACH_SAMPLE
def test_its_samples_are_valid_by_the_published_types(raw: bytes) -> None:
    assert faults_by_the_types(raw) == []


@EACH_SAMPLE
def test_yields_documents_that_our_schema_accepts_and_no_rule_refuses(raw: bytes) -> None:
    document = read(raw)
    validate_xml(parse_xml(encode(document)), find_type_of(document).schema)
    assert judge(document, at=document.issued_on) == ()


@EACH_SAMPLE
def test_touches_nothing_but_its_input_and_crosses_to_another_process(raw: bytes) -> None:
    document = read(raw)
    assert not check_purity(lambda: ADAPTER.to_canonical(raw))
    assert not check_purity(lambda: ADAPTER.from_canonical(document))
    assert not check_crossing(ADAPTER, raw)


@EACH_SAMPLE
def test_knows_where_every_element_stands(raw: bytes) -> None:
    reading = ADAPTER.to_canonical(raw)
    assert not check_paths(ADAPTER.info.get_support(reading.document), reading.paths)


SPELLED: Final = {"+5": "5", ".5": "0.5", "5.": "5", "+0.50": "0.50"}


@pytest.mark.parametrize(("spelled", "value"), SPELLED.items())
def test_reads_a_number_however_the_types_let_it_be_spelled(spelled: str, value: str) -> None:
    raw = with_weight(spelled)
    assert faults_by_the_types(raw) == []
    (weight, *_) = [line.net_weight for line in read(raw).items if line.net_weight]
    assert weight.value == Decimal(value)


@pytest.mark.parametrize("spelled", [".", "+", "-+5", "+-5", "5.5.5", "5e1"])
def test_refuses_what_is_no_number(spelled: str) -> None:
    with pytest.raises(RefusedError):
        read(with_weight(spelled))


def with_weight(spelled: str) -> bytes:
    text = SAMPLES["phyto-export.xml"].decode()
    raw, count = re.subn(r'(NetWeightMeasure unitCode="KGM">)[^<]*', rf"\g<1>{spelled}", text)
    assert count
    return raw.encode()


SPELLED_MOMENTS: Final = {
    "the end of a day": ("2026-12-31T24:00:00", ("2027-01-01", "00:00:00", None)),
    "the end of a day, with zeros": ("2026-11-02T24:00:00.000Z", ("2026-11-03", "00:00:00", "Z")),
    "a day with its offset": ("2026-11-02Z", ("2026-11-02", None, "Z")),
    "a day": ("2026-11-02", ("2026-11-02", None, None)),
}


@pytest.mark.parametrize(("text", "expected"), SPELLED_MOMENTS.values(), ids=SPELLED_MOMENTS)
def test_reads_a_time_however_the_types_let_it_be_spelled(
    text: str, expected: tuple[str, str | None, str | None]
) -> None:
    moment = parse_moment(text)
    assert (moment.day.isoformat(), moment.time, moment.offset) == expected


@pytest.mark.parametrize(
    "text",
    ["2026-11-02T24:00:01", "2026-11-02T24:30:00", "2026-11-02T24:00:00.5", "9999-12-31T24:00:00"],
)
def test_refuses_a_time_that_no_day_has(text: str) -> None:
    with pytest.raises(RefusedError, match="expected a time"):
        parse_moment(text)


def test_withdrawal_is_the_same_certificate_with_another_status() -> None:
    issued, withdrawn = make_sps(), make_sps(status="WITHDRAWN")
    one, other = (ADAPTER.from_canonical(each).payload for each in (issued, withdrawn))
    assert other == one.replace(
        b"<ram:StatusCode>70</ram:StatusCode>", b"<ram:StatusCode>40</ram:StatusCode>"
    )
    assert issued.key == withdrawn.key
    assert (issued.revision, withdrawn.revision) == (0, 1)


# --- generated certificates --------------------------------------------------------------------


@given(
    party=aggregates(SpsParty),
    issued=aggregates(Moment),
    note=aggregates(Note),
    movement=aggregates(Movement),
    treatment=aggregates(TreatmentCharacteristic),
)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_carries_any_part_whole_or_says_what_it_loses(
    party: SpsParty,
    issued: Moment,
    note: Note,
    movement: Movement,
    treatment: TreatmentCharacteristic,
) -> None:
    document = make_sps(
        consignee={"name": "Sample", **party.model_dump(exclude_none=True)},
        issued=issued.model_dump(),
        carriage=[movement.model_dump()],
        notes=[{**note.model_dump(), "subject": note.subject or "ADEDL"}],
        items__0__treatments__0__characteristics=[
            {**treatment.model_dump(), "measure": {"unit": "CEL", "value": "-18.25"}}
        ],
    )
    assert not check_document(ADAPTER, document)


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (PhytosanitaryCertificate, "657"),
        (AnimalHealthCertificate, "853"),
        (FoodSafetyCertificate, "852"),
    ],
    ids=["re-export", "animal health", "food safety"],
)
def test_the_type_code_says_which_kind_it_is(model: type[SpsCertificate], code: str) -> None:
    document = make_sps(model, type_code=code)
    payload = ADAPTER.from_canonical(document).payload
    assert faults_by_the_types(payload) == []
    assert read(payload) == document
    assert not check_document(ADAPTER, document)


def test_writes_no_certificate_under_the_type_code_of_another_kind() -> None:
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.from_canonical(make_sps(type_code="853"))
    assert refusal.value.code == "adapter.value"


# --- refusals ----------------------------------------------------------------------------------

WRITTEN: Final = ADAPTER.from_canonical(make_sps()).payload.decode()

REFUSED: Final = {
    "another root": (("rsm:SPSCertificate", "rsm:SPSAcknowledgement"), "adapter.malformed", ""),
    "another type": ((">851<", ">380<"), "adapter.unsupported", "TypeCode"),
    "a status of nobody's": ((">70<", ">99<"), "adapter.value", "Status"),
    "a day that is none": (("2026-11-02T", "2026-02-31T"), "adapter.value", "Issued"),
    "no number": (("PC-ID-2026-000001", ""), "adapter.value", "ReferenceNumber"),
    "a number too long": (("PC-ID-2026-000001", "9" * 36), "adapter.value", "ReferenceNumber"),
    "a country that is no code": (("<ram:ID>SG<", "<ram:ID>Singapore<"), "adapter.value", "Import"),
    "a weight in words": ((">1000.5<", ">much<"), "adapter.value", "NetWeight"),
    "a weight without unit": ((' unitCode="KGM">1000.5', ">1000.5"), "adapter.value", "NetWeight"),
}


@pytest.mark.parametrize(("change", "code", "where"), REFUSED.values(), ids=list(REFUSED))
def test_refuses(change: tuple[str, str], code: str, where: str) -> None:
    raw = WRITTEN.replace(*change)
    assert raw != WRITTEN
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.to_canonical(raw.encode())
    assert refusal.value.code == code
    finding = refusal.value.findings[0]
    assert finding.national_path
    assert where in finding.path or where in finding.national_path


def test_writes_no_certificate_of_origin() -> None:
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.from_canonical(make_certificate())
    assert refusal.value.code == "adapter.unsupported"


MOMENTS: Final[dict[str, Any]] = {
    "2026-11-02": ("2026-11-02", None, None),
    "2026-11-02T08:30:00": ("2026-11-02", "08:30:00", None),
    "2026-11-02T08:30:00.500+07:00": ("2026-11-02", "08:30:00.5", "+07:00"),
    "2026-11-02T08:30:00+00:00": ("2026-11-02", "08:30:00", "Z"),
}


@pytest.mark.parametrize(("text", "parts"), MOMENTS.items(), ids=list(MOMENTS))
def test_reads_a_time_as_its_place_counts_it(text: str, parts: tuple[str, ...]) -> None:
    moment = parse_moment(text)
    assert (str(moment.day), moment.time, moment.offset) == parts


def test_what_has_no_place_is_said_and_what_stands_elsewhere_is_read() -> None:
    strange = WRITTEN.replace(
        "<ram:IssueSPSLocation>", "<ram:IssueSPSLocation><ram:ID>IDSUB</ram:ID>"
    )
    reading = ADAPTER.to_canonical(strange.encode())
    (loss,) = reading.findings
    assert (loss.code, loss.severity) == ("adapter.loss", Severity.LOSS)
    assert loss.national_path.endswith("IssueSPSLocation/ID")
    assert reading.document == make_sps()
