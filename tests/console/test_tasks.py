"""What people come for, from begin to end, with a browser: with the keyboard, without scripts."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from tests.console.world import FIELDS, NAMES
from tests.services import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page

    from swb.core.audit import AuditEntry
    from tests.console.browsing import Visitor
    from tests.console.world import World

SHEET = ROOT / "adapters" / "swb_adapters" / "brunei" / "samples" / "form-d-plain.csv"


def test_an_operator_finds_a_document_and_reads_its_road(visitor: Visitor) -> None:
    page = visitor.open("olga", scripts=False)
    visitor.go(page, "/documents")
    page.fill("#q", "console 0002")
    page.press("#q", "Enter")
    assert page.locator("h1").inner_text() == "CONSOLE-0002"
    said = page.locator("section[aria-labelledby=road] > p").first.inner_text()
    assert "Customs VN. " in said or "Customs VN holds it now. " in said
    road = page.locator(".road > li")
    assert [each.split("\n")[1] for each in road.all_inner_texts()] == [
        "AS1",
        "RELAYED",
        "AS2",
        "AS3",
        "RES-REC",
    ]
    assert page.locator(".road [aria-current=step]").count() == 1
    moments = page.locator(".moments > li strong").all_inner_texts()
    assert moments[:4] == ["AS1", "RELAYED", "AS2", "AS3"]
    for name in NAMES.values():
        assert page.get_by_text(name).is_visible()


def test_files_of_a_document_are_sent_as_they_are_kept_and_entered(visitor: Visitor) -> None:
    world = visitor.world
    document_id = world.documents["scripts"]
    page = visitor.open("olga")
    visitor.go(page, f"/documents/{document_id}")
    kept = world.ask(world.desk.store.find_document(document_id))
    page.get_by_text("Sealed documents and messages").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=document_id).first.click()
    assert download.value.path().read_bytes() == kept.octets
    with page.expect_download() as download:
        page.get_by_role("link", name="National payload").click()
    assert NAMES["my"] in download.value.path().read_text(encoding="utf-8")
    actions = [each.action for each in _read_trail(world) if each.who == "olga"]
    assert {"sealed document read", "national payload read"} <= set(actions)


def test_the_container_of_evidence_is_sent_and_entered(visitor: Visitor) -> None:
    world = visitor.world
    page = visitor.open("rita")
    visitor.go(page, f"/documents/{world.documents['scripts']}")
    with page.expect_download() as download:
        page.get_by_role("link", name="in one container (ASiC-E)").click()
    with zipfile.ZipFile(download.value.path()) as container:
        assert container.read("mimetype") == b"application/vnd.etsi.asic-e+zip"
        assert len(container.namelist()) > 5
    told = [(each.who, each.subject) for each in _read_trail(world) if "evidence" in each.action]
    assert ("rita", world.documents["scripts"]) in told


def test_who_looks_for_the_end_of_a_number_is_told_that_nobody_did(visitor: Visitor) -> None:
    page = visitor.open("olga", scripts=False)
    visitor.go(page, "/documents")
    assert "the end will not" in page.locator("#q-help").inner_text()
    page.fill("#q", "0002")
    page.press("#q", "Enter")
    assert "what only ends so was not looked for" in page.locator("main").inner_text()


def test_items_say_what_the_print_says(visitor: Visitor) -> None:
    """Marks, packages, and each code with what it means."""
    page = visitor.open("olga", scripts=False)
    visitor.go(page, f"/documents/{visitor.world.documents['scripts']}")
    rows = page.locator("section[aria-labelledby=says] tbody tr").all_inner_texts()
    assert any("KGM (kilogram)" in row for row in rows)
    heads = page.locator("section[aria-labelledby=says] thead th").all_inner_texts()
    assert {"Marks and numbers", "Packages and description"} <= set(heads)


def test_checks_have_names_in_the_readers_language(visitor: Visitor) -> None:
    """Beside the name that metrics and logs have."""
    page = visitor.open("olga", language="vi")
    visitor.go(page, "/operations")
    rows = page.locator("section[aria-labelledby=checks] tbody th").all()
    assert len(rows) > 10
    told = {row.locator("code").inner_text(): row.inner_text() for row in rows}
    assert told["line TH"].startswith("\u0111\u01b0\u1eddng truy\u1ec1n TH")
    assert told["step overdue"].startswith("b\u01b0\u1edbc: t\u00ecm th\u1ee9 qu\u00e1 h\u1ea1n")


def test_a_viewer_sees_the_road_and_not_what_the_document_says(visitor: Visitor) -> None:
    page = visitor.open("vera")
    visitor.go(page, f"/documents/{visitor.world.documents['scripts']}")
    assert page.locator(".road > li").count() == 5
    content = page.content()
    assert NAMES["th"] not in content
    assert "EXAMPLE" not in content
    assert "/sealed.xml" not in content


def test_the_day_adds_up(visitor: Visitor) -> None:
    """Figures at the top are the sums of every table below, and of the list of documents."""
    page = visitor.open("vera", scripts=False)
    visitor.go(page, "/day")
    figures = [int(text) for text in page.locator(".figures dd").all_inner_texts()]
    sent, received = figures[:2]
    assert sent > 5
    assert received > 3
    for table in ("partners", "types", "hours"):
        rows = page.locator(f"section[aria-labelledby={table}] tbody tr")
        cells = [each.locator("td").all_text_contents() for each in rows.all()]
        assert [sum(int(row[at]) for row in cells) for at in (0, 1)] == [sent, received]
    refused = page.locator("section[aria-labelledby=refusals] tbody tr td:last-child")
    assert figures[4] == sum(int(text) for text in refused.all_inner_texts()) > 0
    bars = page.locator(".columns-chart rect")
    assert bars.count() == len([1 for cell in _list_hours(page) if cell])
    visitor.go(page, "/documents?direction=out")
    assert page.locator("table tbody tr").count() == sent


def _list_hours(page: Page) -> list[int]:
    rows = page.locator("section[aria-labelledby=hours] tbody tr")
    return [int(cell) for row in rows.all() for cell in row.locator("td").all_text_contents()[:2]]


def test_two_people_give_up_what_waits_and_the_trail_tells(visitor: Visitor) -> None:
    """Policy of this gateway: discarding needs a second person."""
    world = visitor.world
    letter = world.letters[1]
    first, second = visitor.open("olga"), visitor.open("otto")
    visitor.go(first, f"/parked/{letter}")
    first.fill("#reason", "came from a scanner on the net")
    first.get_by_role("button", name="Give up").click()
    assert "It was asked for." in first.locator("main").inner_text()
    assert first.get_by_role("button", name="Agree").count() == 0
    visitor.go(second, "/approvals")
    second.get_by_role("button", name="Agree").click()
    assert "You agreed." in second.locator("main").inner_text()
    visitor.go(first, f"/parked/{letter}")
    assert first.input_value("#reason") == "came from a scanner on the net"
    first.fill("#reason", "came from a scaner on the net")
    first.get_by_role("button", name="Give up").click()
    assert "approval.other_act" in first.locator("[role=alert]").inner_text()
    assert first.input_value("#reason") == "came from a scanner on the net"
    first.get_by_role("button", name="Give up").click()
    assert "Done: it was given up." in first.locator("[role=status]").inner_text()
    visitor.go(first, f"/parked/{letter}")
    assert "given up" in first.locator("main").inner_text()
    told = [(each.who, each.action) for each in _read_trail(world)]
    assert [each for each in told if each[1].startswith(("approval", "parked discard"))] == [
        ("olga", "approval asked"),
        ("otto", "approval given"),
        ("olga", "approval used"),
        ("olga", "parked discard"),
    ]


def test_one_person_has_a_dead_letter_judged_again(visitor: Visitor) -> None:
    world = visitor.world
    page = visitor.open("olga", scripts=False)
    visitor.go(page, f"/parked/{world.letters[0]}")
    page.fill("#reason", "the partner mended its gateway")
    page.get_by_role("button", name="Judge again").click()
    assert "Done: it is tried once more." in page.locator("[role=status]").inner_text()
    told = [(each.who, each.subject) for each in _read_trail(world)]
    assert ("olga", world.letters[0]) in told
    visitor.go(page, f"/parked/{world.letters[0]}")
    acts = page.locator("section[aria-labelledby=acts]").inner_text()
    assert "parked replay olga" in acts
    assert "the partner mended its gateway" in acts
    visitor.go(page, f"/parked/{world.letters[2]}")
    assert page.locator("section[aria-labelledby=acts]").count() == 0


def test_an_act_without_a_reason_is_not_done(visitor: Visitor) -> None:
    page = visitor.open("olga")
    visitor.go(page, f"/parked/{visitor.world.letters[2]}")
    page.locator("#reason").evaluate("each => each.removeAttribute('required')")
    page.locator("#reason").evaluate("each => each.removeAttribute('minlength')")
    page.get_by_role("button", name="Judge again").click()
    assert "console.no_reason" in page.locator("[role=alert]").inner_text()


def test_a_form_d_is_entered_mended_at_its_fields_and_sent(visitor: Visitor) -> None:
    """Without scripts: begin, save, check, see the faults at their fields, mend, send, follow."""
    page = visitor.open("olga", scripts=False)
    visitor.go(page, "/forms")
    page.get_by_role("button", name="Begin an empty form").click()
    _fill(page, {"ReferenceNumber": "HAND-1", "Item[1]/OriginCriterion": "NONSENSE"})
    page.get_by_role("button", name="Check").first.click()
    criterion = _field(page, "Item[1]/OriginCriterion")
    assert criterion.get_attribute("aria-invalid") == "true"
    told = criterion.get_attribute("aria-describedby")
    at_field = page.locator(f"id={told}").inner_text()
    assert "origin_criterion.malformed" in at_field
    assert at_field.startswith("Box 8: Choose a criterion, or write one as box 8 has it: WO, CC")
    assert _field(page, "Consignee/Name").get_attribute("aria-invalid") == "true"
    summary = page.locator("[role=alert]").inner_text()
    assert "Item 1, box 8: Origin criterion: Choose a criterion" in summary
    assert "Box 2: Name: This is needed." in summary
    assert "The rules of the agreement were not asked yet" in summary
    assert "pattern" not in summary
    assert _field(page, "ReferenceNumber").get_attribute("aria-invalid") is None
    _fill(page, _WHOLE)
    page.get_by_role("button", name="Another item").click()
    assert _field(page, "Item[2]/SequenceNumber").input_value() == "2"
    page.get_by_role("button", name="Remove item 2").click()
    page.get_by_role("button", name="Send").first.click()
    assert page.locator("h1").inner_text() == "HAND-1", page.locator("main").inner_text()[:2000]
    assert page.locator(".moments strong").first.inner_text() == "AS1"
    assert "It was sent." in page.locator("[role=status]").inner_text()
    visitor.go(page, "/forms")
    assert "HAND-1" not in page.locator("main").inner_text()


def test_a_rule_that_is_broken_stands_at_its_field_and_nothing_is_sent(visitor: Visitor) -> None:
    page = visitor.open("olga", scripts=False)
    visitor.go(page, "/forms")
    page.get_by_role("button", name="Begin an empty form").click()
    _fill(
        page, {**_WHOLE, "ReferenceNumber": "HAND-2", "ExporterDeclaration/ImportingCountry": "TH"}
    )
    page.get_by_role("button", name="Send").first.click()
    told = page.locator("[role=alert]").inner_text()
    assert "Faults that stand against it" in told
    assert "were not asked yet" not in told
    assert page.locator("[aria-invalid=true]").count() >= 1
    assert visitor.world.ask(visitor.world.desk.overview.search_documents("HAND-2")) == []


def test_a_check_tells_what_sending_would_refuse(visitor: Visitor) -> None:
    page = visitor.open("olga", scripts=False)
    visitor.go(page, "/forms")
    page.get_by_role("button", name="Begin an empty form").click()
    for path, value in (
        ("ExporterDeclaration/ImportingCountry", "ID"),
        ("IssuingCountry", "BN"),
    ):
        _fill(page, {**_WHOLE, "IssuingCountry": "TH", "ReferenceNumber": "HAND-3", path: value})
        said = []
        for button in ("Check", "Send"):
            page.get_by_role("button", name=button).first.click()
            said.append(page.locator("[role=alert]").inner_text())
        assert said[0] == said[1]
        assert "against it" in said[0]
        assert _field(page, path).get_attribute("aria-invalid") == "true"


def test_codes_are_choices_without_scripts(visitor: Visitor) -> None:
    """What the lists have is offered, in the reader's language; what a draft has stays chosen."""
    page = visitor.open("olga", scripts=False, language="vi")
    visitor.go(page, f"/forms/{visitor.world.keep_draft('olga')}")
    for path, code, name in (
        ("Consignee/Country", "VN", "Vi\u1ec7t Nam"),
        ("Item[1]/Quantity/@unit", "C62", "one"),
        ("Item[1]/FobAmount/@currency", "THB", "B\u1ea1t Th\u00e1i Lan"),
        ("Item[1]/Package[1]/TypeCode", "CT", "Carton"),
        ("Item[1]/OriginCriterion", "WO", "xu\u1ea5t x\u1ee9 thu\u1ea7n t\u00fay"),
    ):
        offered = _field(page, path).get_attribute("list")
        option = page.locator(f"datalist[id='{offered}'] option[value='{code}']")
        assert option.text_content() == name
    mode = _field(page, "Transport/Mode")
    assert len(mode.locator("option").all()) == 10
    mode.select_option("8")
    page.get_by_role("button", name="L\u01b0u").first.click()
    assert _field(page, "Transport/Mode").input_value() == "8"


def test_a_spreadsheet_becomes_a_draft(visitor: Visitor) -> None:
    page = visitor.open("olga", scripts=False)
    visitor.go(page, "/forms")
    page.set_input_files("#file", SHEET)
    page.get_by_role("button", name="Read").click()
    assert "The spreadsheet was read." in page.locator("main").inner_text()
    assert _field(page, "Agreement").input_value() == "ATIGA"
    assert _field(page, "Exporter/Name").input_value()
    assert page.locator("fieldset[id='Item[1]']").count() == 1


def test_a_spreadsheet_that_is_wrong_is_told_by_row_and_column(visitor: Visitor) -> None:
    page = visitor.open("olga")
    visitor.go(page, "/forms")
    raw = SHEET.read_text(encoding="utf-8").replace("CTH", "NONSENSE")
    raw = raw.replace("Declared on,2026-11-18", "Declared on,18/11/2026")
    page.set_input_files("#file", _in_memory(raw.encode()))
    page.get_by_role("button", name="Read").click()
    told = page.locator("section[aria-labelledby=faults]").inner_text()
    rows = [int(row) for row in re.findall(r"row ([0-9]+)", told)]
    assert len(rows) == 2
    assert rows == sorted(rows)


def test_what_is_no_spreadsheet_is_refused(visitor: Visitor) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    page = visitor.open("olga")
    for octets in (b"", b"%PDF-1.7", bomb.getvalue()):
        visitor.go(page, "/forms")
        page.set_input_files("#file", _in_memory(octets))
        page.get_by_role("button", name="Read").click()
        told = page.locator("[role=alert]").inner_text()
        assert ("console.no_file" in told) is (not octets)
        assert ("Choose the spreadsheet" in told) is (not octets)
        assert told.startswith("Nothing was read out of this file.")
        assert "JSON" not in told
        if octets.startswith(b"%PDF"):
            assert "Take the empty spreadsheet" in told
            assert ".xlsx" in told


def test_a_draft_is_its_owners_alone(visitor: Visitor) -> None:
    draft_id = visitor.world.keep_draft("olga")
    page = visitor.open("otto")
    assert visitor.go(page, f"/forms/{draft_id}").status == 404
    visitor.go(page, "/forms")
    assert FIELDS["ReferenceNumber"] not in page.locator("main").inner_text()


def test_two_windows_do_not_overwrite_each_other(visitor: Visitor) -> None:
    draft_id = visitor.world.keep_draft("olga")
    first, second = visitor.open("olga"), visitor.open("olga")
    for page in (first, second):
        visitor.go(page, f"/forms/{draft_id}")
    for page, name in ((first, "First Ltd."), (second, "Second Ltd.")):
        _field(page, "Exporter/Name").fill(name)
        page.get_by_role("button", name="Save").first.click()
    told = second.locator("[role=alert]")
    assert "console.draft_changed" in told.inner_text()
    assert _field(second, "Exporter/Name").input_value() == "Second Ltd."
    visitor.go(first, f"/forms/{draft_id}")
    assert _field(first, "Exporter/Name").input_value() == "First Ltd."
    second.get_by_role("button", name="Save").first.click()
    visitor.go(first, f"/forms/{draft_id}")
    assert _field(first, "Exporter/Name").input_value() == "Second Ltd."


def test_everything_is_reached_with_the_keyboard_alone(visitor: Visitor) -> None:
    """Skip link, places in order, then the page; what has the focus is seen."""
    page = visitor.open("olga")
    visitor.go(page, "/operations")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
    visitor.go(page, "/operations")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const e = document.activeElement; return [e.textContent.trim(),"
            " getComputedStyle(e).outlineStyle, e.closest('main') !== null]; })()"
        )
        reached.append(found)
        if found[2]:
            break
    names = [name for name, _, _ in reached]
    assert names.index("Sign out") < names.index("Find a document") < names.index("Partners")
    assert {outline for _, outline, _ in reached} == {"solid"}
    assert reached[-1][2]


def test_a_narrow_screen_has_a_menu_without_scripts(visitor: Visitor) -> None:
    page = visitor.open("olga", scripts=False)
    page.set_viewport_size({"width": 360, "height": 800})
    visitor.go(page, "/day")
    assert not page.locator("nav.places").is_visible()
    page.locator("summary", has_text="Menu").click()
    page.locator("details.menu a", has_text="Certificates").click()
    assert page.locator("h1").inner_text() == "Certificates"


def test_a_page_asks_for_nothing_from_elsewhere(visitor: Visitor) -> None:
    page = visitor.open("olga")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    visitor.go(page, "/day")
    assert errors == []
    assert all(url.startswith(visitor.world.url) for url in asked)


_WHOLE = {
    "IssuingOffice": "SIM-BKK",
    "Exporter/Name": "Siam Example Export Co., Ltd.",
    "Exporter/Address": "99 Example Road\nBangkok",
    "Exporter/Country": "TH",
    "Consignee/Name": "Saigon Example Import JSC",
    "Consignee/Address": "1 Le Loi\nHo Chi Minh City",
    "Consignee/Country": "VN",
    "Transport/Mode": "1",
    "Transport/LoadingPort/Name": "Laem Chabang",
    "Transport/DischargePort/Name": "Ho Chi Minh City",
    "Item[1]/MarksAndNumbers": "N/M",
    "Item[1]/Description": "Stoneware mugs of 350 ml",
    "Item[1]/CommodityCode": "69120000",
    "Item[1]/CommodityCode/@nomenclature": "AHTN-2022",
    "Item[1]/OriginCriterion": "CTH",
    "Item[1]/Quantity": "3840",
    "Item[1]/Quantity/@unit": "C62",
    "Item[1]/GrossMeasure": "640.50",
    "Item[1]/GrossMeasure/@unit": "KGM",
    "Item[1]/Package[1]/Count": "80",
    "Item[1]/Package[1]/TypeCode": "CT",
    "Item[1]/Invoice[1]/Number": "SEC-26/1101",
    "ExporterDeclaration/CountryOfProduction": "TH",
    "ExporterDeclaration/ImportingCountry": "VN",
    "ExporterDeclaration/Place": "Bangkok",
    "ExporterDeclaration/SignatoryName": "A. Exporter",
    "Certification/AuthorityName": "Department of Foreign Trade (simulated)",
    "Certification/Place": "Bangkok",
    "Certification/SignatoryName": "B. Officer",
}


def _in_memory(octets: bytes) -> FilePayload:
    return {"name": "form.xlsx", "mimeType": "application/octet-stream", "buffer": octets}


def _field(page: Page, path: str) -> Locator:
    return page.locator(f"[name='{path}']")


def _fill(page: Page, fields: dict[str, str]) -> None:
    today = page.input_value("[name='Certification/Date']")
    dated = {"Item[1]/Invoice[1]/Date": today, "ExporterDeclaration/Date": today}
    for path, value in {**dated, **fields}.items():
        field = _field(page, path)
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def _read_trail(world: World) -> list[AuditEntry]:
    head = world.ask(world.desk.trail.find_head())
    after = max(0, head.sequence - 500)
    return list(world.ask(world.desk.trail.list_entries(after=after, limit=500)))
