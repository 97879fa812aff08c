"""SPSCertificate in UN/CEFACT's JSON: carried whole, valid by the published schema."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from swb_adapters.ephyto import ADAPTER as EPHYTO
from swb_adapters.sdk.testing import (
    check_crossing,
    check_document,
    check_info,
    check_paths,
    check_payload,
    check_purity,
    check_refusals,
    hostile_payloads,
    mutate_payload,
    reshape_payload,
)
from swb_adapters.uncefact import ADAPTER
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import (
    AnimalHealthCertificate,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.documents.sps import CertificateStatus
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml, validate_xml
from tests.sps import make_sps, make_sps_values
from tests.unit.adapters.standards import find_published, load_published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.documents.sps import SpsCertificate

SAMPLES: Final = {
    entry.name.removesuffix(".json"): entry.read_bytes()
    for entry in sorted(
        (files("swb_adapters.uncefact") / "samples").iterdir(), key=lambda entry: entry.name
    )
    if entry.name.startswith("sps-")
}
EACH_SAMPLE: Final = pytest.mark.parametrize("raw", SAMPLES.values(), ids=list(SAMPLES))
KINDS: Final[dict[str, type[SpsCertificate]]] = {
    "851": PhytosanitaryCertificate,
    "657": PhytosanitaryCertificate,
    "853": AnimalHealthCertificate,
    "852": FoodSafetyCertificate,
}
FORMATS: Final = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "duration": r"P(?!$)(\d+[YMWD])*(T(\d+[HMS])+)?",
}


@cache
def load_validator() -> Draft202012Validator:
    """The published schema; it tells days from times by their formats, so those are checked."""
    checker = FormatChecker(formats=())
    for name, pattern in FORMATS.items():
        checker.checks(name)(
            lambda text, pattern=pattern: (
                not isinstance(text, str) or re.fullmatch(pattern, text) is not None
            )
        )
    schema = load_published("uncefact/UNECE-SPSCertificate.json")
    return Draft202012Validator(schema, format_checker=checker)


def find_faults(payload: bytes) -> list[str]:
    """What the published schema has against a payload."""
    return [
        f"{best.json_path}: {best.message[:200]}"
        for each in load_validator().iter_errors(json.loads(payload))
        for best in [min(each.context or [each], key=lambda one: -len(one.absolute_path))]
    ]


def test_describes_itself_as_the_catalogue_has_it() -> None:
    assert not check_info(ADAPTER)
    assert {each.model for each in ADAPTER.info.messages} >= set(KINDS.values())


@EACH_SAMPLE
def test_carries_its_samples(raw: bytes) -> None:
    assert not check_payload(ADAPTER, raw)
    reading = ADAPTER.to_canonical(raw)
    assert reading.findings == ()
    validate_xml(parse_xml(encode(reading.document)), find_type_of(reading.document).schema)
    assert not check_paths(ADAPTER.info.get_support(reading.document), reading.paths)
    assert not check_crossing(ADAPTER, raw)
    assert not check_purity(lambda: ADAPTER.to_canonical(raw))


@EACH_SAMPLE
def test_the_published_schema_accepts_the_samples(raw: bytes) -> None:
    assert find_faults(raw) == []


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("status", list(CertificateStatus))
def test_carries_every_kind_in_every_status(code: str, status: CertificateStatus) -> None:
    document = make_sps(KINDS[code], type_code=code, status=status.value)
    assert not check_document(ADAPTER, document)
    rendering = ADAPTER.from_canonical(document)
    assert rendering.losses == ()
    assert find_faults(rendering.payload) == []


def test_the_published_certificate_of_ephyto_becomes_valid_json_and_comes_back() -> None:
    raw = find_published("ephyto/src/test/resources/SPSCertificateContent.xml").read_bytes()
    document = EPHYTO.to_canonical(raw).document
    rendering = ADAPTER.from_canonical(document)
    assert rendering.losses == ()
    assert ADAPTER.to_canonical(rendering.payload).document == document
    assert find_faults(rendering.payload) == []


WRONG: Final[dict[str, dict[str, Any]]] = {
    "a type that no list has": {"references": [{"type_code": "999"}]},
    "a country that no list has": {"import_country": {"code": "QQ"}},
    "a package that no list has": {
        "items__0__packages": [{"level_code": "1", "type_code": "zz", "count": "1"}]
    },
    "a unit that no list has": {"items__0__net_weight": {"unit": "QQQ", "value": "1"}},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_the_published_schema_notices_a_wrong_code(changes: dict[str, Any]) -> None:
    assert find_faults(ADAPTER.from_canonical(make_sps(**changes)).payload) != []


# --- element by element --------------------------------------------------------------------------


def _list_parts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401 - any JSON value
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for name, below in pairs:
        yield (*path, name)
        if isinstance(below, dict | list):
            yield from _list_parts(below, (*path, name))


def _leave_out(path: tuple[str | int, ...]) -> SpsCertificate | None:
    """The whole certificate without one part; None where it cannot be without it."""
    values = copy.deepcopy(make_sps_values())
    target: Any = values
    for step in path[:-1]:
        target = target[step]
    del target[path[-1]]
    try:
        return PhytosanitaryCertificate.model_validate(values)
    except ValueError:
        return None


def test_carries_a_certificate_without_any_one_of_its_parts() -> None:
    carried = 0
    for path in _list_parts(make_sps_values()):
        document = _leave_out(path)
        if document is not None:
            assert not check_document(ADAPTER, document), path
            carried += 1
    assert carried > 50


LANGUAGES: Final = [
    {"lang": "en", "value": "Rice"},
    {"lang": "fil", "value": "Bigas"},
    {"lang": "und", "value": "Reis"},
    {"lang": "zh-Hant", "value": "米\n大米"},
]
CASES: Final[dict[str, dict[str, Any]]] = {
    "a day": {"issued": {"day": "2026-11-02"}},
    "a local time": {"issued": {"day": "2026-11-02", "time": "08:15:00.25"}},
    "a day with an offset": {"issued": {"day": "2026-11-02", "offset": "-03:30"}},
    "midnight in UTC": {"issued": {"day": "2026-11-02", "time": "00:00:00", "offset": "Z"}},
    "several languages": {
        "items__0__descriptions": LANGUAGES,
        "items__0__common_names": LANGUAGES,
        "items__0__scientific_names": LANGUAGES,
        "items__0__intended_uses": LANGUAGES,
        "items__0__classifications__0__class_names": LANGUAGES,
        "notes": [{"subject": "ADEDL", "content": each} for each in LANGUAGES],
    },
    "packages without a level": {
        "items__0__packages": [
            {"level_code": "1", "type_code": "PX", "count": "2"},
            {"type_code": "CT", "count": "80.5"},
            {"count": "0"},
        ]
    },
    "cargo in words": {"items__0__cargo_type_code": "Perishable"},
    "a code of no list": {
        "items__0__treatments__0__type_code": "HEAT-1",
        "references": [{"type_code": "AB-7", "relationship_code": "x1"}],
    },
    "references": {
        "references": [
            {
                "issued": moment,
                "type_code": "851",
                "relationship_code": "ZZZ",
                "reference_number": "PC-1",
                "information": {"lang": "fil", "value": "Kopya"},
                "attachment": {"file_name": "copy.pdf", "content": "JVBERi0="},
            }
            for moment in (
                {"day": "2026-10-01"},
                {"day": "2026-10-01", "time": "09:00:00"},
                {"day": "2026-10-01", "time": "09:00:00", "offset": "+07:00"},
                None,
            )
        ]
    },
    "five lines of an address": {"consignee__address_lines": ["1", "2", "3", "4", "5"]},
    "several of a kind": {
        "transit_countries": [{"code": "MY", "name": "Malaysia"}, {"code": "TH"}],
        "carriage": [{"mode": "3"}, {"mode": "1", "means_name": "EXAMPLE STAR"}],
    },
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_carries_what_the_standard_has_too_little_room_for(changes: dict[str, Any]) -> None:
    document = make_sps(**changes)
    assert not check_document(ADAPTER, document)
    assert find_faults(ADAPTER.from_canonical(document).payload) == []


def test_lines_keep_the_numbers_of_their_consignment_items() -> None:
    line = make_sps_values()["items"][0]
    numbers = [(2, None), (2, None), (5, "1"), (2, "Perishable"), (4, None)]
    items = [
        {**line, "sequence_number": n, "consignment_item": item, "cargo_type_code": cargo}
        for n, (item, cargo) in enumerate(numbers)
    ]
    document = make_sps(items=items)
    rendering = ADAPTER.from_canonical(document)
    assert rendering.losses == ()
    assert ADAPTER.to_canonical(rendering.payload).document == document
    assert find_faults(rendering.payload) == []
    written = json.loads(rendering.payload)["specifiedConsignment"][0]["includedConsignmentItem"]
    assert [len(each["includedTradeLineItem"]) for each in written] == [2, 1, 1, 1]
    assert [each.get("x-swb") for each in written] == [
        {"number": "2"},
        {"number": "5"},
        {"number": "2", "cargo": "Perishable"},
        None,
    ]


def test_the_standards_reader_sees_midnight_where_only_the_day_is_known() -> None:
    document = make_sps(issued={"day": "2026-11-02"})
    head = json.loads(ADAPTER.from_canonical(document).payload)["exchangedDocument"]
    assert head["issueDateTime"] == "2026-11-02T00:00:00Z"
    assert head["x-swb"]["issueDateTime"] == "2026-11-02"


# --- faults --------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """One change of a good payload, and what must be said of it."""

    why: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""


ROOT: Final = "PhytosanitaryCertificate"
HEAD: Final = "exchangedDocument"
GOODS: Final = "specifiedConsignment[1]"
LINE: Final = f"{GOODS}.includedConsignmentItem.includedTradeLineItem[1]"
FAULTS: Final = [
    Fault(
        "a kind that is not read",
        '"typeCode":{"content":"851"}',
        '"typeCode":{"content":"999"}',
        "adapter.unsupported",
        f"{HEAD}.typeCode",
    ),
    Fault(
        "a status of no list",
        '"x-swb":{"status":"ISSUED"}',
        '"statusCode":{"content":"1"}',
        "adapter.value",
        f"{HEAD}.statusCode.content",
        f"{ROOT}/Status",
    ),
    Fault(
        "no status",
        ',"x-swb":{"status":"ISSUED"}',
        "",
        "adapter.value",
        f"{HEAD}.statusCode.content",
        f"{ROOT}/Status",
    ),
    Fault(
        "two times that differ",
        '"actualDateTime":"2026-11-02T00:00:00Z"',
        '"actualDateTime":"2026-11-03T00:00:00Z"',
        "adapter.inconsistent",
        f"{HEAD}.firstSignatoryDocumentAuthentication.x-swb.actualDateTime",
        f"{ROOT}/Authentication/Signed",
    ),
    Fault(
        "no such day",
        '"issueDateTime":"2026-11-02T',
        '"issueDateTime":"2026-11-31T',
        "adapter.value",
        f"{HEAD}.issueDateTime",
        f"{ROOT}/Issued",
    ),
    Fault(
        "a number where text belongs",
        '"content":"1000.5"',
        '"content":1000.5',
        "adapter.schema",
        f"{LINE}.specifiedTradeProduct[1].netWeight[1].content",
        f"{ROOT}/Item[1]/NetWeight",
    ),
    Fault(
        "no array where one belongs",
        '"importTradeCountry":{"id":[{"content":"SG"}]}',
        '"importTradeCountry":{"id":{"content":"SG"}}',
        "adapter.schema",
        f"{GOODS}.importTradeCountry.id[1]",
        f"{ROOT}/ImportCountry",
    ),
    Fault(
        "two weights",
        '"netWeight":[',
        '"netWeight":[{"content":"1","unitCode":"KGM"},',
        "adapter.schema",
        f"{LINE}.specifiedTradeProduct[1].netWeight[1]",
        f"{ROOT}/Item[1]",
    ),
    Fault(
        "a country in words",
        '"exportTradeCountry":{"id":[{"content":"ID"}]}',
        '"exportTradeCountry":{"id":[{"content":"Indonesia"}]}',
        "adapter.value",
        f"{GOODS}.exportTradeCountry.id[1].content",
        f"{ROOT}/ExportCountry/Code",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.why for fault in FAULTS])
def test_a_fault_is_told_with_both_places(fault: Fault) -> None:
    raw = ADAPTER.from_canonical(make_sps()).payload.decode()
    assert fault.before in raw
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.replace(fault.before, fault.after, 1).encode())
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (
        fault.code,
        fault.national_path,
        fault.path,
    )


def test_another_kinds_code_is_not_written() -> None:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.from_canonical(make_sps(type_code="853"))
    assert caught.value.code == "adapter.value"
    assert caught.value.findings[0].path == f"{ROOT}/TypeCode"


def test_what_a_certificate_has_no_place_for_is_a_loss() -> None:
    payload = json.loads(ADAPTER.from_canonical(make_sps()).payload)
    payload["exchangedDocument"]["recipient"] = [{"name": [{"content": "Example"}]}]
    consignment = payload["specifiedConsignment"][0]
    consignment["carrier"] = {"name": [{"content": "Example Lines"}]}
    consignment["includedConsignmentItem"][0]["x-other"] = {"note": 7}
    reading = ADAPTER.to_canonical(json.dumps(payload).encode())
    assert reading.document == make_sps()
    assert {each.national_path for each in reading.findings} == {
        f"{HEAD}.recipient",
        f"{GOODS}.carrier",
        f"{GOODS}.includedConsignmentItem",
    }


def test_the_ephyto_code_of_what_is_issued_is_read() -> None:
    raw = ADAPTER.from_canonical(make_sps()).payload
    other = raw.replace(b'"x-swb":{"status":"ISSUED"}', b'"statusCode":{"content":"70"}')
    assert ADAPTER.to_canonical(other).document == make_sps()


def test_refuses_hostile_payloads_properly() -> None:
    for raw in SAMPLES.values():
        for why, hostile in hostile_payloads(raw, syntax="json"):
            assert not check_refusals(ADAPTER, hostile, may_read=why.startswith("twice")), why
        for changed in mutate_payload(raw, count=100):
            assert not check_refusals(ADAPTER, changed, may_read=True), changed
        for changed in reshape_payload(raw, every=5, syntax="json"):
            assert not check_refusals(ADAPTER, changed, may_read=True), changed
