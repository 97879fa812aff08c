"""Interchanges of UN/EDIFACT: what is read, what is refused and where, and what is written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.sdk.edifact import (
    NUMERIC,
    EdifactSyntax,
    Kind,
    TextRule,
    lined,
    numeric,
    parse_interchange,
    parse_structure,
    within,
    wrapped,
)
from swb_adapters.sdk.edifact.segments import ADVICE_3, ADVICE_4, PEN_3, PEN_4, Knife
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.mapping import CODE, Group, Row, Table, instant
from swb_schemas.documents import CustomsReceipt
from swb_schemas.errors import RefusedError

GOOD = "UNB+UNOC:3+S+R+261122:1000+REF1'UNH+1+CUSRES:D:96B:UN'BGM+1'UNT+3+1'UNZ+1+REF1'"


def refuse(text: str | bytes) -> tuple[str, str, str]:
    """Code, place and syntax error code of a refusal."""
    with pytest.raises(RefusedError) as caught:
        parse_interchange(text if isinstance(text, bytes) else text.encode())
    finding = caught.value.findings[0]
    return finding.code, finding.national_path, finding.clause.rpartition(":")[2]


def read_row(text: str) -> list[list[str]]:
    message = parse_interchange(text.encode()).messages[0]
    return message.knife.split(message.rows[0])


def test_an_interchange_is_read_with_and_without_advice() -> None:
    for raw in (GOOD, f"UNA:+.? '{GOOD}", f"UNA:+.? '\r\n{GOOD}".replace("'", "'\r\n")):
        whole = parse_interchange(raw.encode())
        message = whole.messages[0]
        assert (whole.header.sender, whole.header.recipient) == ("S", "R")
        assert (message.type, message.version, message.reference) == ("CUSRES", "D:96B:UN", "1")
        assert message.rows == ["BGM+1"]


def test_other_service_characters_are_those_that_the_advice_names() -> None:
    table = str.maketrans({"'": "~", "+": "|", ":": ">"})
    raw = "UNA>|,\\ ~" + GOOD.replace("BGM+1", "BGM+1:a\\~b+c").translate(table)
    raw = raw.replace("a\\~b", "a\\~b")
    assert read_row(raw) == [["BGM"], ["1", "a~b"], ["c"]]


def test_where_there_is_no_release_character_a_space_says_so() -> None:
    raw = "UNA:+.  '" + GOOD.replace("BGM+1", "BGM+a ? b")
    assert read_row(raw) == [["BGM"], ["a ? b"]]
    assert refuse("UNA: .? '" + GOOD) == ("adapter.malformed", "UNA", "20")


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ("BGM+a?'b?+c?:d??e", [["BGM"], ["a'b+c:d?e"]]),
        ("BGM+??+??:x", [["BGM"], ["?"], ["?", "x"]]),
        ("BGM+???'", [["BGM"], ["?'"]]),
        ("BGM+?a", [["BGM"], ["a"]]),
        ("BGM+", [["BGM"], [""]]),
        ("BGM+::x++", [["BGM"], ["", "", "x"], [""], [""]]),
        ("BGM", [["BGM"]]),
    ],
)
def test_released_and_empty_elements_are_read(row: str, read: list[list[str]]) -> None:
    assert read_row(GOOD.replace("BGM+1", row)) == read


def test_a_repetition_is_told_in_version_4_and_is_data_in_version_3() -> None:
    assert read_row(GOOD.replace("BGM+1", "BGM+a*b")) == [["BGM"], ["a*b"]]
    four = GOOD.replace("UNOC:3", "UNOC:4").replace("BGM+1", "BGM+x+a*b")
    assert refuse(four) == ("adapter.schema", "segment 2 BGM/2", "35")
    assert read_row(four.replace("a*b", "a?*b")) == [["BGM"], ["x"], ["a*b"]]


@pytest.mark.parametrize(
    ("level", "text"),
    [
        ("UNOC:3", "caf\u00e9".encode("latin-1")),
        ("UNOD:3", "\u0159".encode("iso8859-2")),
        ("UNOE:3", "\u0416".encode("iso8859-5")),
        ("UNOY:4::7", "\u0e01\U0001f6a2".encode()),
        ("UNOY:4", "\u0e01".encode()),
        ("UNOW:4", "\u0e01".encode()),
    ],
)
def test_character_sets_are_read(level: str, text: bytes) -> None:
    raw = GOOD.replace("UNOC:3", level).encode().replace(b"BGM+1", b"BGM+1+" + text)
    message = parse_interchange(raw).messages[0]
    known = {"UNOC": "latin-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5"}
    assert message.rows[0] == f"BGM+1+{text.decode(known.get(level[:4], 'utf-8'))}"


FAULTS = [
    ("no interchange", "hello", ("adapter.malformed", "UNB", "13")),
    ("nothing", "", ("adapter.malformed", "UNB", "13")),
    (
        "service characters that are the same",
        "UNA++.? '" + GOOD,
        ("adapter.malformed", "UNA", "20"),
    ),
    ("a letter as service character", "UNAa+.? '" + GOOD, ("adapter.malformed", "UNA", "20")),
    ("another version", GOOD.replace("C:3", "C:5"), ("adapter.unsupported", "UNB/1.2", "2")),
    ("another level", GOOD.replace("UNOC", "UNOX"), ("adapter.unsupported", "UNB/1.1", "46")),
    (
        "another encoding",
        GOOD.replace("UNOC:3", "UNOY:4::8"),
        ("adapter.unsupported", "UNB/1.4", "46"),
    ),
    ("no such time", GOOD.replace(":1000", ":9999"), ("adapter.value", "UNB/4.2", "12")),
    ("no such day", GOOD.replace("261122", "261332"), ("adapter.value", "UNB/4.1", "12")),
    ("a day in words", GOOD.replace("261122", "MONDAY"), ("adapter.value", "UNB/4.1", "12")),
    ("no sender", GOOD.replace("+S+", "++"), ("adapter.malformed", "UNB/2.1", "13")),
    ("no reference", GOOD.replace("+REF1'UNH", "'UNH"), ("adapter.malformed", "UNB/5", "13")),
    (
        "small letters at level A",
        GOOD.replace("UNOC", "UNOA").replace("BGM+1", "BGM+a"),
        ("adapter.malformed", "segment 2 BGM", "21"),
    ),
    (
        "a sign beyond level B",
        GOOD.replace("UNOC", "UNOB").replace("BGM+1", "BGM+@"),
        ("adapter.malformed", "segment 2 BGM", "21"),
    ),
    (
        "a control character",
        GOOD.replace("BGM+1", "BGM+\x00"),
        ("adapter.malformed", "segment 2 BGM", "21"),
    ),
    ("no terminator", GOOD[:-1], ("adapter.malformed", "UNZ", "20")),
    ("a release character at the end", GOOD + "?", ("adapter.malformed", "UNZ", "20")),
    (
        "a line break inside",
        GOOD.replace("BGM+1", "BGM+1\n1"),
        ("adapter.malformed", "segment 2 BGM/1.1", "21"),
    ),
    ("no tag", GOOD.replace("BGM+1", "+1"), ("adapter.malformed", "segment 2 ?", "15")),
    ("a small tag", GOOD.replace("BGM+1", "bgm+1"), ("adapter.malformed", "segment 2 ?", "15")),
    (
        "explicit nesting",
        GOOD.replace("BGM+1", "BGM:1+1"),
        ("adapter.malformed", "segment 2 BGM", "34"),
    ),
    (
        "a long component",
        GOOD.replace("BGM+1", "BGM+" + "x" * 4097),
        ("adapter.malformed", "segment 2 BGM/1.1", "39"),
    ),
    (
        "many elements",
        GOOD.replace("BGM+1", "BGM" + "+x" * 100),
        ("adapter.malformed", "segment 2 BGM", "16"),
    ),
    (
        "many components",
        GOOD.replace("BGM+1", "BGM+" + "x:" * 100),
        ("adapter.malformed", "segment 2 BGM/1", "16"),
    ),
    ("no UNT", GOOD.replace("UNT+3+1'", ""), ("adapter.malformed", "segment 3 UNT", "13")),
    ("no UNZ", GOOD.replace("UNZ+1+REF1'", ""), ("adapter.malformed", "UNZ", "13")),
    ("no message", "UNB+UNOC:3+S+R+261122:1000+X'UNZ+0+X'", ("adapter.malformed", "UNZ/1", "32")),
    ("a segment outside", GOOD.replace("UNZ", "BGM+1'UNZ"), ("adapter.malformed", "UNZ", "33")),
    ("something after it", GOOD + GOOD, ("adapter.malformed", "UNZ", "33")),
    (
        "a functional group",
        GOOD.replace("UNH", "UNG+1'UNH", 1),
        ("adapter.unsupported", "UNG", "18"),
    ),
    (
        "a wrong count",
        GOOD.replace("UNT+3", "UNT+4"),
        ("adapter.inconsistent", "segment 3 UNT/1", "29"),
    ),
    (
        "a wrong message reference",
        GOOD.replace("UNT+3+1", "UNT+3+2"),
        ("adapter.inconsistent", "segment 3 UNT/2", "28"),
    ),
    (
        "a wrong number of messages",
        GOOD.replace("UNZ+1", "UNZ+2"),
        ("adapter.inconsistent", "UNZ/1", "29"),
    ),
    (
        "a wrong reference",
        GOOD.replace("UNZ+1+REF1", "UNZ+1+REF2"),
        ("adapter.inconsistent", "UNZ/2", "28"),
    ),
]


@pytest.mark.parametrize(("raw", "told"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_told_with_its_place_and_code(raw: str, told: tuple[str, str, str]) -> None:
    assert refuse(raw) == told


def test_octets_of_another_character_set_are_refused_with_their_segment() -> None:
    raw = GOOD.replace("UNOC:3", "UNOY:4::7").encode().replace(b"BGM+1", b"BGM+\xff")
    assert refuse(raw) == ("adapter.malformed", "segment 2 BGM", "21")
    early = GOOD.replace("UNOC:3", "UNOY:4::7").encode().replace(b"BGM+1", b"B\xffM+1")
    assert refuse(early) == ("adapter.malformed", "segment 2 B", "21")
    none = GOOD.replace("UNOC:3", "UNOY:4::7").encode().replace(b"BGM+1", b"\xffGM+1")
    assert refuse(none) == ("adapter.malformed", "segment 2 ?", "21")


def test_what_is_no_interchange_is_named() -> None:
    with pytest.raises(RefusedError) as caught:
        parse_interchange(b"%PDF-1.7")
    assert caught.value.findings[0].message == (
        "expected an interchange that begins with UNA or UNB, found a PDF document"
    )


def test_what_is_too_large_is_refused_unread() -> None:
    assert refuse(b"x" * (DEFAULT_LIMITS.octets + 1))[0] == "adapter.too_large"
    many = "BGM'" * (DEFAULT_LIMITS.elements + 1)
    assert refuse(GOOD.replace("BGM+1'", many))[0] == "adapter.too_large"


@given(
    elements=st.lists(
        st.lists(st.text("ab?+:'*\u0e01 ", max_size=6), min_size=1, max_size=4), max_size=4
    )
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again(elements: list[list[str]]) -> None:
    for pen, advice in ((PEN_3, ADVICE_3), (PEN_4, ADVICE_4)):
        row = pen.write("FTX", elements)
        knife = Knife(advice)
        read = knife.split(knife.parse(row)[0])
        expected = [["FTX"], *([*each] for each in elements)]
        for each in expected:
            while len(each) > 1 and not each[-1]:
                each.pop()
        while len(expected) > 1 and expected[-1] == [""]:
            expected.pop()
        assert read == expected


# --- structures -----------------------------------------------------------------------------------

STRUCTURE = parse_structure(
    "BGM:M1 DTM:C2 SG1:C9(NAD:M1 FTX:C9 SG2:C2(CTA:M1 COM:C1)) UNS+D:M1 "
    "SG3:M2(CST:M1 FTX:C99) UNS+S:M1"
)
ROWS = (
    Row("Outcome", "BGM/1.1", CODE),
    Row("At", "DTM+137/1.2", instant()),
    Group(
        "Subject",
        "SG1.NAD+CM",
        Row("ReferenceNumber", "2.1"),
        Row("IssuingCountry", "9", CODE),
        Row("IssuingOffice", "SG2.CTA/2.2", CODE),
    ),
)
TABLE = Table(CustomsReceipt, *ROWS, Row("Office", "SG1.NAD+EX/4.1"))


def test_a_table_that_names_what_the_structure_has_not_is_refused_when_it_is_made() -> None:
    kind = Kind("CUSRES", ("D:96B:UN",), STRUCTURE)
    EdifactSyntax({"R": kind}, {"R": TABLE}, sender="S", recipient="R")
    for place in ("SG1.CTA/2.2", "LOC+9/2.1", "SG2.NAD+CM/2", "BGM/x", "DTM+137/FTX/4"):
        table = Table(CustomsReceipt, *ROWS, Row("Office", place))
        with pytest.raises(ValueError, match="expected a"):
            EdifactSyntax({"R": kind}, {"R": table}, sender="S", recipient="R")


@pytest.mark.parametrize(
    "text", ["BGM", "BGM:M1)", "SG1:C9(NAD:M1", "SG1:C9()", "bgm:M1", "SG1:C9(SG2:C1(A"]
)
def test_a_structure_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_structure(text)


ITEMS = "UNS+D'CST+1'UNS+S'"


@pytest.mark.parametrize(
    ("rows", "place", "syntax"),
    [
        (f"BGM+1'PRI+1'{ITEMS}", "segment 3 PRI", "15"),
        (f"BGM+1'BGM+1'{ITEMS}", "segment 3 BGM", "35"),
        (f"BGM+1'DTM+1'DTM+2'DTM+3'{ITEMS}", "segment 5 DTM", "35"),
        (f"BGM+1'FTX+1'{ITEMS}", "segment 3 FTX", "15"),
        (f"BGM+1'NAD+CM'COM+1'{ITEMS}", "segment 4 COM", "15"),
        (f"BGM+1'NAD+CM'DTM+1'{ITEMS}", "segment 4 DTM", "15"),
        ("BGM+1'CST+1'UNS+S'", "segment 3 CST", "13"),
        ("BGM+1'UNS+D'UNS+S'", "segment 4 UNS", "13"),
        ("BGM+1'UNS+X'CST+1'UNS+S'", "segment 3 UNS", "12"),
        ("BGM+1'UNS+D'CST+1'CST+2'CST+3'UNS+S'", "segment 6 CST", "36"),
        ("BGM+1'UNS+D'CST+1'", "segment 5 UNT", "13"),
        ("DTM+1'", "segment 2 BGM", "13"),
        ("", "segment 2 BGM", "13"),
    ],
)
def test_a_segment_out_of_its_place_is_told(rows: str, place: str, syntax: str) -> None:
    count = rows.count("'") + 2
    raw = GOOD.replace("BGM+1'UNT+3", f"{rows}UNT+{count}")
    kind = Kind("CUSRES", ("D:96B:UN",), STRUCTURE)
    edifact = EdifactSyntax({"R": kind}, {"R": TABLE}, sender="S", recipient="R")
    with pytest.raises(RefusedError) as caught:
        edifact.read(*edifact.recognise(raw.encode()), TABLE.shape)
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == ("adapter.schema", place)
    assert finding.clause == f"ISO 9735, 0085:{syntax}"


def test_two_messages_are_one_too_many() -> None:
    raw = GOOD.replace("UNZ+1", "UNH+2+CUSRES:D:96B:UN'BGM+1'UNT+3+2'UNZ+2")
    edifact = EdifactSyntax(
        {"R": Kind("CUSRES", ("D:96B:UN",), STRUCTURE)}, {"R": TABLE}, sender="S", recipient="R"
    )
    assert len(parse_interchange(raw.encode()).messages) == 2
    with pytest.raises(RefusedError) as caught:
        edifact.recognise(raw.encode())
    assert (caught.value.code, caught.value.findings[0].national_path) == (
        "adapter.unsupported",
        "UNZ/1",
    )


# --- values ---------------------------------------------------------------------------------------


def test_a_number_has_either_mark_and_is_written_with_a_point() -> None:
    assert NUMERIC.read("1,5") == NUMERIC.read("1.5")
    assert NUMERIC.write(NUMERIC.read("1,50")) == "1.5"
    for text in ("1,5.0", "1,000,000", "-1", "1.", ""):
        with pytest.raises(RefusedError):
            NUMERIC.read(text)
    with pytest.raises(RefusedError):
        within(numeric(), 3).write(NUMERIC.read("12.55"))


def test_a_name_is_parted_at_spaces_and_never_cut() -> None:
    name = wrapped(11, 3)
    assert name.write("Specimen and Example Ltd") == "Specimen\nand Example\nLtd"
    assert name.read("Specimen\nand Example\nLtd") == "Specimen and Example Ltd"
    for text in ("x" * 12, "a b " * 20 + "c"):
        with pytest.raises(RefusedError):
            name.write(text)


def test_lines_that_do_not_fit_are_refused() -> None:
    assert lined(5, 2).write("a\nbbbbb") == "a\nbbbbb"
    for text in ("a\nb\nc", "bbbbbb"):
        with pytest.raises(RefusedError):
            lined(5, 2).write(text)


@given(rows=st.lists(st.text("ab ", min_size=1, max_size=30), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_a_text_in_pieces_is_the_same_text(rows: list[str]) -> None:
    rule = TextRule(longest=3, components=2, line="LIN", piece="CON")
    text = "\n".join(rows)
    whole = ""
    for code, pieces in rule.part(text):
        assert all(len(piece) <= 3 for piece in pieces)
        whole += (rule.continues(code) or "") + rule.join(pieces)
    assert whole == text
