"""The page that verifies printed certificates, in a browser without a network."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import pytest
from PIL import Image

from swb.printing.drawing import _draw_code
from swb.printing.verifier_page import write_verifier_page
from swb_schemas.catalogue import Purpose
from swb_schemas.wire import Distrust, parse_trust_bundle
from tests.certificates import make_certificate
from tests.hostile_prints import (
    HOSTILE,
    OTHER_SPELLINGS,
    Hostile,
    alter,
    close_code,
    open_code,
)
from tests.printing import SCRIPTS, trust, write_codes
from tests.services import ROOT
from tests.vectors.world import AT, TH_ISSUING, bundle, list_form

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from swb_schemas.wire import TrustBundle


GOOD = "ACCEPTED, TEST, NOT VALID"
"""What is said of what was signed for tests, and has no fault."""


class Signed(NamedTuple):
    """Texts of codes, made before a browser is there."""

    one: str
    three: list[str]
    two: list[str]
    hostile: dict[str, Hostile]
    ending: list[str]
    weighed: str
    copies: list[str]
    to_come: list[str]
    later: str


@pytest.fixture(scope="session", autouse=True)
def signed() -> Signed:
    """The code of one sheet, and those of three, signed before a browser is there."""
    day = AT.date().isoformat()
    burmese = make_certificate(exporter__name=SCRIPTS["my"], certification__date=day)
    return Signed(
        one=write_codes(burmese)[0],
        three=write_codes(make_certificate(items=3, certification__date=day), [(0,), (1,), (2,)]),
        two=[alter({}), alter({}, sheet=1)],
        hostile={name: make() for name, make in HOSTILE.items()},
        ending=[end_on(AT.date() - timedelta(days=1)), end_on(AT.date())],
        weighed=write_codes(make_certificate(items__0__quantity=None, certification__date=day))[0],
        copies=[alter({6: number, 13: [1, 1], 14: 1}) for number in range(3)],
        to_come=[issue_on(AT.date() + timedelta(days=days)) for days in (1, 2)],
        later=alter({}).replace("SWB1:", "SWB3:"),
    )


def end_on(last: date) -> str:
    """The code of a certificate with one item, which has no quantity, and with a last day."""
    item = [1, "63053310", None, None, "CTSH + 35%"]
    return alter({13: [1, 1], 14: 1, 15: [item], 16: (last - date(1970, 1, 1)).days})


def issue_on(issued: date) -> str:
    """The code of a certificate that says that it was issued on a day."""
    return alter({7: (issued - date(1970, 1, 1)).days, 13: [1, 1], 14: 1})


def open_verifier(page: Page, folder: Path, known: TrustBundle | None = None) -> None:
    """Write the page and open it as a file."""
    file = folder / "verify.html"
    file.write_text(write_verifier_page(known or trust(), AT), encoding="utf-8")
    page.goto(file.as_uri())


def ask(page: Page, text: str) -> str:
    """Verify the text of codes, on a page that remembers nothing; returns what is shown."""
    page.click("#clear")
    page.fill("#text", text)
    page.click("button[type=submit]")
    page.wait_for_selector(".verdict")
    return page.inner_text("#result")


def test_verifies_a_code_and_shows_what_it_says(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    open_verifier(offline_page, tmp_path)
    shown = ask(offline_page, signed.one)
    assert shown.startswith(f"{GOOD}\n")
    for expected in (
        "D2026-0000001",
        SCRIPTS["my"],
        "63053310",
        "1200.5 KGM",
        "CTSH + 35%",
        "1 of 1",
    ):
        assert expected in shown


def test_refuses_what_the_command_refuses(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    """One changed character in each part of the code, and other shapes of the same."""
    open_verifier(offline_page, tmp_path)
    for place in range(20, len(signed.one), 40):
        other = "A" if signed.one[place] != "A" else "B"
        shown = ask(offline_page, signed.one[:place] + other + signed.one[place + 1 :])
        assert shown.startswith("REFUSED\n"), place
    for name, change in OTHER_SPELLINGS.items():
        shown = ask(offline_page, close_code(change(open_code(signed.one))))
        assert shown.startswith("REFUSED\n"), name
        assert "print_code.malformed" in shown
    assert "print_code.malformed" in ask(offline_page, "WIFI:T:WPA;S:none;;")
    for cut in (signed.one[:-20], "SWB2:", signed.one[:-1]):
        assert "scan it again" in ask(offline_page, cut)


def test_refuses_what_an_authority_that_has_gone_wrong_might_sign(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    """The table of the command's verifier, with the same codes."""
    offline_page.clock.set_fixed_time(AT)
    opened: TrustBundle | None = None
    for name, hostile in signed.hostile.items():
        if hostile.trust is not opened:
            opened = hostile.trust
            open_verifier(offline_page, tmp_path, opened)
            if opened is trust():
                assert ask(offline_page, "\n".join(signed.two)).startswith(f"{GOOD}\n")
        shown = ask(offline_page, "\n".join(hostile.texts))
        assert shown.startswith("REFUSED\n"), (name, shown)
        assert f"\n{hostile.code}:" in shown, (name, shown)


def test_tells_that_the_last_day_is_over_and_what_nobody_vouches_for(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    offline_page.clock.set_fixed_time(AT)
    open_verifier(offline_page, tmp_path)
    for text, verdict in zip(signed.ending, (f"{GOOD}, VALIDITY OVER\n", f"{GOOD}\n"), strict=True):
        shown = ask(offline_page, text)
        assert shown.startswith(verdict)
        assert "not in the code" in shown
        assert "nobody vouches for the weight" in shown
    gross = make_certificate().items[0].gross_measure
    assert gross is not None
    for text, measure in (
        (signed.one, "1200.5 KGM"),
        (signed.weighed, f"gross {gross.value.normalize():f} {gross.unit}"),
    ):
        shown = ask(offline_page, text)
        assert shown.startswith(f"{GOOD}\n")
        assert measure in shown
        assert "nobody vouches" not in shown
        assert "vouches for nothing else on the paper" in shown
        assert "Not known offline: whether it was cancelled or used since" in shown


def test_tells_that_the_day_of_issue_is_to_come(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    offline_page.clock.set_fixed_time(AT)
    open_verifier(offline_page, tmp_path)
    verdicts = [ask(offline_page, text).partition("\n")[0] for text in signed.to_come]
    assert verdicts == [GOOD, f"{GOOD}, ISSUED ON A DAY TO COME"]


def test_tells_which_sheet_of_the_set_it_is(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    offline_page.clock.set_fixed_time(AT)
    open_verifier(offline_page, tmp_path)
    told = [ask(offline_page, text) for text in signed.copies]
    verdicts = [each.partition("\n")[0] for each in told]
    assert verdicts == [GOOD, *[f"{GOOD}, NOT THE ORIGINAL"] * 2]
    for shown, copy in zip(told, ("ORIGINAL", "DUPLICATE", "TRIPLICATE"), strict=True):
        assert f"{copy}, the one " in shown


def test_a_later_form_is_not_judged(offline_page: Page, tmp_path: Path, signed: Signed) -> None:
    open_verifier(offline_page, tmp_path)
    shown = ask(offline_page, signed.later)
    assert shown.startswith("UNDETERMINED\n\nprint_code.version: ")


def test_a_narrow_screen_breaks_no_word(offline_page: Page, tmp_path: Path, signed: Signed) -> None:
    """What stands at the left is whole at 360 pixels, and the page is no wider than its window."""
    offline_page.set_viewport_size({"width": 360, "height": 800})
    open_verifier(offline_page, tmp_path)
    ask(offline_page, signed.weighed)
    assert (
        offline_page.evaluate(
            """() => [...document.querySelectorAll('th')].filter((each) => {
          const range = document.createRange();
          return [...each.textContent.matchAll(/\\S+/g)].some((word) => {
            range.setStart(each.firstChild, word.index);
            range.setEnd(each.firstChild, word.index + word[0].length);
            return range.getClientRects().length > 1;
          });
        }).map((each) => each.textContent)"""
        )
        == []
    )
    assert offline_page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_code_that_mail_wrapped_is_read_and_no_text_is_no_verdict(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    open_verifier(offline_page, tmp_path)
    wrapped = [f"{each[:50]}\n{each[50:]}" for each in signed.three]
    assert ask(offline_page, "\n".join(wrapped)).startswith(f"{GOOD}\n")
    shown = ask(offline_page, " \n")
    assert shown.startswith("UNDETERMINED\n\nprint_code.none: expected the text of a code")


@pytest.mark.parametrize(
    ("content", "told"),
    [("%PDF-1.7 ...", "print_code.unreadable: page.png is a PDF"), ("x", "expected a picture")],
)
def test_a_file_that_is_no_picture_is_named_for_what_it_is(
    offline_page: Page, tmp_path: Path, content: str, told: str
) -> None:
    open_verifier(offline_page, tmp_path)
    offline_page.evaluate(PICTURES, [f"data:,{b64encode(content.encode()).decode()}"])
    offline_page.wait_for_selector(".verdict")
    shown = offline_page.inner_text("#result")
    assert shown.startswith("UNDETERMINED\n")
    assert told in shown


def test_a_picture_without_a_code_that_can_be_read_is_no_verdict_on_the_paper(
    offline_page: Page, tmp_path: Path
) -> None:
    target = io.BytesIO()
    Image.new("1", (200, 200), 1).save(target, "PNG")
    open_verifier(offline_page, tmp_path)
    offline_page.evaluate(PICTURES, [f"data:,{b64encode(target.getvalue()).decode()}"])
    offline_page.wait_for_selector(".verdict")
    shown = offline_page.inner_text("#result")
    assert shown.startswith("UNDETERMINED\n\nprint_code.none: ")
    assert "nearer" in shown


def test_reads_a_picture_and_joins_pages(
    offline_page: Page, tmp_path: Path, signed: Signed
) -> None:
    """By the bundled reader: Chromium on Linux has none of its own."""
    open_verifier(offline_page, tmp_path)
    offline_page.evaluate(PICTURES, [_draw_code(each) for each in signed.three[:2]])
    offline_page.wait_for_selector(".verdict")
    shown = offline_page.inner_text("#result")
    assert shown.startswith("UNDETERMINED, TEST, NOT VALID, PAGES MISSING\n")
    assert re.search(r"Pages read\s+2 of 3", shown)
    assert "print_code.mixed" in ask(offline_page, f"{signed.three[0]}\n{signed.one}")


PICTURES = """async (urls) => {
  const input = document.getElementById("file");
  const files = new DataTransfer();
  for (const url of urls) {
    const octets = Uint8Array.from(atob(url.split(",")[1]), (each) => each.charCodeAt(0));
    files.items.add(new File([octets], "page.png", { type: "image/png" }));
  }
  input.files = files.files;
  input.dispatchEvent(new Event("change"));
}"""
"""Gives pictures as somebody who chooses files does."""


@pytest.mark.parametrize("case", ["revoked", "expired list"])
def test_says_what_was_known_when_it_was_written(
    offline_page: Page, tmp_path: Path, signed: Signed, case: str
) -> None:
    entry = trust().list_certificates(TH_ISSUING, Purpose.ISSUING_SEAL, AT)[0]
    if case == "revoked":
        since = Distrust(since=AT - timedelta(days=1), reason="lost")
        open_verifier(
            offline_page, tmp_path, trust().with_statuses({entry.certificate.thumbprint: since})
        )
        assert "certificate.revoked" in ask(offline_page, signed.one)
    else:
        ended = parse_trust_bundle(bundle(list_form("TH", expires=AT + timedelta(seconds=1))))
        open_verifier(offline_page, tmp_path, ended)
        shown = ask(offline_page, signed.one)
        assert shown.startswith("UNDETERMINED\n")
        assert "trust.list_expired" in shown


def test_its_policy_forbids_any_network(
    offline_page: Page, faults: list[str], tmp_path: Path
) -> None:
    open_verifier(offline_page, tmp_path)
    refused = offline_page.evaluate(
        "() => new Promise((resolve) => {"
        "addEventListener('securitypolicyviolation', (each) => resolve(each.violatedDirective));"
        "Object.assign(new Image(), { src: 'https://example.org/x.png' }); })"
    )
    assert refused == "img-src"
    (told,) = faults
    assert "Content Security Policy" in told
    faults.clear()


def test_axe_has_no_serious_finding(
    offline_page: Page, tmp_path: Path, signed: Signed, axe: str
) -> None:
    open_verifier(offline_page, tmp_path)
    ask(offline_page, signed.one)
    for scheme in ("light", "dark"):
        offline_page.emulate_media(color_scheme=scheme)
        offline_page.evaluate(axe)
        found = offline_page.evaluate("axe.run()")["violations"]
        assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == []


def test_the_bundled_reader_is_the_locked_one() -> None:
    lock = json.loads((ROOT / "tools/qr-decoder/package-lock.json").read_text(encoding="utf-8"))
    version = lock["packages"]["node_modules/qr"]["version"]
    reader = (ROOT / "broker/swb/printing/vendor/qr-decoder.js").read_bytes()
    assert reader.startswith(f"/*! qr {version}, ".encode())
    made = (ROOT / "tools/qr-decoder/qr-decoder.sha256").read_text(encoding="ascii")
    assert sha256(reader).hexdigest() == made.strip(), "tools/qr-decoder/make.sh"


def test_the_moment_of_writing_is_on_the_page() -> None:
    page = write_verifier_page(trust(), datetime(2026, 3, 3, 1, 2, 3, 4, tzinfo=UTC))
    assert "2026-03-03T01:02:03Z" in page
