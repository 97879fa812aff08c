"""Who sees what, and what keeps others out."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.argon2.passwords import Argon2Passwords
from swb.console.application import PAGES
from swb.core.access import RIGHTS, AccessRole
from swb.core.credentials import digest_secret, write_form_token
from swb.core.quotas import Quota
from swb.ports import Draft
from swb.services.access import AccessService
from swb.services.guessing import Gate
from tests.console.asking import Asker, read_token
from tests.console.world import ATTACK, PAGES_PER_SECOND, PEOPLE, password_of

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from tests.console.browsing import Visitor
    from tests.console.world import World

SESSION: Final = "__Host-swb-session"
_DENIALS: Final = ("access.denied", "console.form_foreign")
VISIT: Final = "__Host-swb-visit"


@pytest.fixture(scope="module")
def askers(world: World) -> dict[str, Asker]:
    """Everybody, signed in; ``""`` is nobody."""
    found = {"": Asker(world)}
    for name in PEOPLE:
        found[name] = Asker(world)
        assert found[name].sign_in(name).status_code == 303
    return found


def locate(world: World, path: str) -> str:
    """Write ids into a page's address; each exists, so that a right is all that is missing."""
    return path.format(
        document_id=world.documents["scripts"],
        message_id="01900000-0000-7000-8000-000000000000",
        item_id=world.letters[0],
        request_id="none",
        draft_id="none",
        path="nowhere",
    )


@pytest.mark.parametrize("who", ["", *PEOPLE])
def test_every_page_asks_for_its_right(askers: dict[str, Asker], who: str) -> None:
    """Role by page: who has the right is not denied, who has not is, and nobody signs in first."""
    asker = askers[who]
    wrong = []
    for page in PAGES:
        if page.right is None:
            continue
        path = locate(asker.world, page.path)
        # Without the token of the session: who has the right fails at that and at nothing else.
        response = asker.get(path) if page.method == "GET" else asker.post(path, {})
        codes = {code for code in _DENIALS if code in response.text}
        if not who:
            good = response.status_code == 303 and "/sign-in" in response.headers["location"]
        elif page.right not in RIGHTS[PEOPLE[who]]:
            good = response.status_code == 403 and codes == {"access.denied"}
        elif page.method == "POST":
            good = response.status_code == 403 and codes == {"console.form_foreign"}
        else:
            good = response.status_code != 403 and not codes
        if not good:
            wrong.append((page.method, path, response.status_code, codes))
    assert wrong == []


@pytest.mark.parametrize("who", ["", "olga"])
def test_every_answer_forbids_scripts_frames_and_keeping(
    askers: dict[str, Asker], who: str
) -> None:
    asker = askers[who]
    for page in PAGES:
        response = asker.get(locate(asker.world, page.path))
        headers = response.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers
        for inline in ("<script", "<style", " style=", " onclick=", "javascript:"):
            assert inline not in response.text.replace(ATTACK, ""), (page.path, inline)


def test_the_style_sheet_is_kept_for_good_by_its_digest(askers: dict[str, Asker]) -> None:
    page = askers[""].get("/sign-in").text
    address = page.partition('rel="stylesheet" href="/console')[2].partition('"')[0]
    response = askers[""].get(address)
    assert response.headers["content-type"].startswith("text/css")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert askers[""].get("/static/console.css").headers["cache-control"] == "no-cache"
    assert askers[""].get("/static/..%2fapplication.py").status_code != 200


def test_cookies_are_this_hosts_alone_and_no_script_reads_them(world: World) -> None:
    asker = Asker(world)
    lines = asker.get("/sign-in?lang=vi").headers.get_list("set-cookie")
    lines += asker.sign_in("vera").headers.get_list("set-cookie")
    names = {line.partition("=")[0] for line in lines}
    assert names == {SESSION, VISIT, "__Host-swb-device", "__Host-swb-language"}
    for line in lines:
        attributes = {each.strip().lower() for each in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert not any(each.startswith("domain") for each in attributes)


def test_a_session_that_somebody_planted_is_not_taken_over(world: World) -> None:
    """Session fixation: signing in makes a secret of its own, whatever the browser had."""
    asker = Asker(world)
    asker.cookies[SESSION] = planted = "0" * 64
    assert asker.sign_in("vera").status_code == 303
    assert asker.cookies[SESSION] != planted
    first = asker.cookies[SESSION]
    again = Asker(world)
    again.sign_in("vera")
    assert again.cookies[SESSION] != first
    stranger = Asker(world)
    stranger.cookies[SESSION] = planted
    assert stranger.get("/day").status_code == 303


def test_signing_out_ends_the_session_and_not_the_cookie_alone(world: World) -> None:
    asker = Asker(world)
    asker.sign_in("vera")
    secret = asker.cookies[SESSION]
    assert asker.post("/sign-out", {"token": asker.token()}).status_code == 303
    assert SESSION not in asker.cookies
    asker.cookies[SESSION] = secret
    assert asker.get("/day").headers["location"].startswith("/console/sign-in")


def test_whoever_guesses_beside_somebody_keeps_them_out_of_no_browser_of_theirs(
    world: World,
) -> None:
    """All of them come from one address, as behind a proxy that is not named."""
    name = "bopha"
    world.let_in(name, AccessRole.VIEWER)
    own, guesser = Asker(world), Asker(world)
    assert own.sign_in(name).status_code == 303
    own.post("/sign-out", {"token": own.token()})
    told = [guesser.sign_in(name, "wrong wrong wrong").status_code for _ in range(12)]
    assert (told[0], told[-1]) == (401, 429)
    assert Asker(world).sign_in(name).status_code == 429
    assert own.sign_in(name).status_code == 303


@pytest.mark.parametrize("limit", ["idle", "absolute"])
def test_a_session_ends_by_itself(world: World, limit: str) -> None:
    """Both limits of the configuration: without a request, and in any case."""
    asker = Asker(world)
    asker.sign_in("vera")
    digest = digest_secret(asker.cookies[SESSION])
    limits = world.desk.access.limits
    world.age_session(digest, idle=limit == "idle", by=getattr(limits, limit))
    assert asker.get("/day").headers["location"].startswith("/console/sign-in")


def test_a_session_goes_on_until_just_before_its_limit(world: World) -> None:
    asker = Asker(world)
    asker.sign_in("vera")
    digest = digest_secret(asker.cookies[SESSION])
    world.age_session(digest, idle=True, by=world.desk.access.limits.idle - timedelta(minutes=2))
    assert asker.get("/day").status_code == 200


FOREIGN: Final = {
    "another site's form": {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    "a sibling host's form": {"sec-fetch-site": "same-site"},
    "an old browser's form": {"origin": "https://evil.example"},
    "an origin that is hidden": {"origin": "null"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_form_of_another_site_changes_nothing(
    askers: dict[str, Asker], headers: dict[str, str]
) -> None:
    """Request forgery, even by who knew the token."""
    asker = askers["olga"]
    letter = asker.world.letters[2]
    form = {"token": asker.token(), "reason": "forged by another site"}
    response = asker.post(f"/parked/{letter}/replay", form, headers)
    assert response.status_code == 403
    assert "console.form_foreign" in response.text
    assert not _is_in_trail(asker.world, "forged by another site")


def test_a_form_without_this_sessions_token_changes_nothing(askers: dict[str, Asker]) -> None:
    asker = askers["olga"]
    for token in ("", "0" * 64, askers["otto"].token()):
        form = {"token": token, "reason": "forged by a token"}
        response = asker.post(f"/parked/{asker.world.letters[2]}/replay", form)
        assert response.status_code == 403
    assert not _is_in_trail(asker.world, "forged by a token")


def test_nobody_is_signed_in_by_a_foreign_form(world: World) -> None:
    """Login forgery: the form's token is of the cookie that this browser got with the form."""
    form = {"token": read_token(Asker(world).get("/sign-in").text), "name": "vera"}
    other = Asker(world)
    other.get("/sign-in")
    response = other.post("/sign-in", {**form, "password": "correct horse vera battery"})
    assert response.status_code == 403
    assert SESSION not in other.cookies


def test_a_wrong_name_and_a_wrong_password_read_alike(world: World) -> None:
    answers = [Asker(world).sign_in(name, "wrong wrong wrong") for name in ("vera", "nobody")]
    assert {each.status_code for each in answers} == {401}
    first, second = (
        _without_chance(each.text, name)
        for each, name in zip(answers, ("vera", "nobody"), strict=True)
    )
    assert first == second


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_a_page_of_ours(world: World, to: str) -> None:
    asker = Asker(world)
    token = read_token(asker.get("/sign-in").text)
    form = {"token": token, "name": "rita", "password": "correct horse rita battery", "to": to}
    assert asker.post("/sign-in", form).headers["location"] == "/console/"


def test_whoever_is_asked_to_sign_in_comes_to_the_page_that_was_asked_for(world: World) -> None:
    asker = Asker(world)
    asked = asker.get("/certificates").headers["location"]
    page = asker.get(asked.removeprefix("/console")).text
    form = {"token": read_token(page), "name": "rita", "password": "correct horse rita battery"}
    answer = asker.post("/sign-in", {**form, "to": "/certificates"})
    assert 'name="to" value="/certificates"' in page
    assert answer.headers["location"] == "/console/certificates"


def test_a_name_that_is_a_script_is_a_name(visitor: Visitor) -> None:
    """What others wrote is text on every page that shows it, and nothing runs."""
    page = visitor.open("olga")
    said: list[str] = []

    def hear(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    path = f"/documents/{visitor.world.documents['attack']}"
    visitor.go(page, path)
    assert page.locator("strong", has_text="<script>alert(1)</script>").count() == 1
    assert page.locator("main script, main img, main svg[onload]").count() == 0
    for hostile in ("/documents?q=", "/parked?code=", "/audit?until=", "/day?day="):
        visitor.go(page, hostile + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        assert page.locator("main script").count() == 0
    assert said == []


def test_no_frame_shows_a_page(visitor: Visitor) -> None:
    """Clickjacking: the browser itself refuses."""
    page = visitor.open("olga")
    page.set_content(f'<iframe src="{visitor.world.url}/day"></iframe>')
    page.wait_for_timeout(0)
    frame = page.frames[1]
    assert frame.url.startswith("chrome-error:") or "Sign" not in frame.content()


def test_an_address_without_a_page_says_so(askers: dict[str, Asker]) -> None:
    response = askers["vera"].get("/nowhere")
    assert response.status_code == 404
    assert "console.no_page" in response.text


def test_a_form_grows_no_longer_than_a_person_can_look_through(askers: dict[str, Asker]) -> None:
    asker = askers["olga"]
    draft_id = asker.world.keep_draft("olga")
    form = {"token": asker.token(), "version": "1", "do": "add:Item"}
    response = asker.post(f"/forms/{draft_id}", {**form, "Item[200]/SequenceNumber": "200"})
    assert response.status_code == 422
    assert "console.too_many_items" in response.text
    response = asker.post(f"/forms/{draft_id}", {**form, "Item[999999]/SequenceNumber": "1"})
    assert response.status_code == 303


def test_nobody_begins_more_forms_than_their_page_shows_and_old_ones_are_forgotten(
    world: World,
) -> None:
    world.let_in("malee", AccessRole.OPERATOR)
    asker, drafts, now = Asker(world), world.desk.drafts, world.desk.clock.now()
    assert asker.sign_in("malee").status_code == 303
    begun = [
        Draft(
            draft_id=f"malee-{number}",
            owner="TH malee",
            title=f"number {number}.",
            content=b"{}",
            version=1,
            changed_at=now - timedelta(days=91 if number == 0 else 1),
        )
        for number in range(200)
    ]
    for each in begun:
        assert world.ask(drafts.save_draft(each))
    token = asker.token()
    assert asker.post("/forms", {"token": token}).status_code == 303, "one of them is too old"
    refused = asker.post("/forms", {"token": token})
    assert (refused.status_code, "console.too_many_drafts" in refused.text) == (409, True)
    page = asker.get("/forms").text
    assert [each.title for each in begun if each.title not in page] == ["number 0."]


def test_a_draft_that_is_not_there_says_so(askers: dict[str, Asker]) -> None:
    response = askers["olga"].get("/forms/01900000-0000-7000-8000-000000000000")
    assert response.status_code == 404
    assert "console.no_draft" in response.text


def test_what_is_too_large_is_refused_before_it_is_read(askers: dict[str, Asker]) -> None:
    asker = askers["olga"]
    response = asker.post("/forms", {"token": asker.token(), "Remarks": "x" * 4_100_000})
    assert response.status_code == 413
    assert "console.too_large" in response.text


def test_whoever_is_unknown_sends_little_and_its_own_form(world: World) -> None:
    asker = Asker(world)
    known = {"name": "olga", "password": password_of("olga")}
    for token in ("", write_form_token("")):
        alien = asker.post("/sign-in", known | {"token": token})
        assert (alien.status_code, "console.form_foreign" in alien.text) == (403, True)
        assert SESSION not in asker.cookies
    token = read_token(asker.get("/sign-in").text)
    response = asker.post("/sign-in", known | {"token": token, "to": "x" * 10_000})
    assert (response.status_code, "console.too_large" in response.text) == (413, True)


WRONG_DAYS: Final = {
    "no day": ("/day?day=yesterday", "expected a day such as ", "yesterday"),
    "a day of another form": ("/documents?day=20261122", "expected a day such as ", "20261122"),
    "a day that no month has": ("/documents?day=2026-02-30", "expected a day such", "2026-02-30"),
    "a day to come": ("/day?day=2999-01-01", "expected a day that has begun", "2999-01-01"),
    "a day long ago": ("/day?day=0001-01-01", "expected a day from 2000-01-01 on", "0001-01-01"),
    "a last day to come": ("/rules?until=2999-01-01", "that has begun", "2999-01-01"),
    "no first day": ("/release-times?since=x", "expected a day such as ", 'value="x"'),
    "days in another order": (
        "/rules?since=2026-02-02&until=2026-02-01",
        "expected the first day before the last",
        "2026-02-02",
    ),
    "too many days": (
        "/rules?since=2020-01-01&until=2026-01-01",
        "expected at most 367 days, found 2193",
        "2020-01-01",
    ),
    "something else": ("/release-times?days=-1", "expected since, until and nothing else", "days"),
    "something else of a day": ("/day?since=2026-01-01", "expected day and nothing else", "since"),
}
"""What is asked for, what is told, and what is shown again."""


@pytest.mark.parametrize(("path", "told", "shown"), WRONG_DAYS.values(), ids=WRONG_DAYS.keys())
def test_a_wrong_day_is_told_on_its_page_and_never_bent_into_another(
    askers: dict[str, Asker], path: str, told: str, shown: str
) -> None:
    response = askers["olga"].get(f"{path}&lang=en")
    assert response.status_code == 400
    assert "console.day" in response.text
    main = response.text.partition("<main")[2]
    assert told in main
    assert shown in main
    page = path.partition("?")[0]
    assert f'action="/console{page}"' in main
    assert "<table" not in main
    vietnamese = askers["olga"].get(f"{path}&lang=vi").text
    assert told not in vietnamese
    assert shown in vietnamese


@pytest.mark.parametrize(
    "path",
    ["/day?day=", "/day?day=2026-01-01", "/rules?since=&until=", "/documents?day=2026-01-01"],
)
def test_a_day_that_is_one_is_shown(askers: dict[str, Asker], path: str) -> None:
    assert askers["olga"].get(path).status_code == 200


def test_one_person_is_answered_so_many_pages_and_keeps_no_other_one_out(world: World) -> None:
    """Whatever windows and sessions somebody has; who waits is told for how long."""
    first, again, other = (Asker(world) for _ in range(3))
    for asker, name in ((first, "vera"), (again, "vera"), (other, "rita")):
        assert asker.sign_in(name).status_code == 303
    before, world.desk.pace = world.desk.pace, Gate(Quota(messages_per_second=0.02))
    try:
        assert first.get("/documents").status_code == 200
        for response in (again.get("/documents"), again.post("/forms", {}), first.get("/nowhere")):
            assert (response.status_code, "console.too_many_requests" in response.text) == (
                429,
                True,
            )
            assert 0 < int(response.headers["retry-after"]) <= 50
            assert response.headers["content-type"].startswith("text/html")
        assert other.get("/documents").status_code == 200
        assert Asker(world).get("/sign-in").status_code == 200
    finally:
        world.desk.pace = before
    assert first.get("/documents").status_code == 200


def test_how_many_pages_stands_in_the_configuration(world: World) -> None:
    pace, within = world.desk.pace, PAGES_PER_SECOND * 10
    waits = [pace.ask("somebody who is nobody") for _ in range(within * 2)]
    assert set(waits[:within]) == {0}
    assert any(waits)


def test_whoever_tries_too_many_passwords_is_told_how_long_to_wait(world: World) -> None:
    before = world.desk.access
    world.desk.access = AccessService(
        store=world.desk.drafts,
        trail=world.desk.trail,
        passwords=Argon2Passwords(),
        clock=world.desk.clock,
        new_secret=token_bytes,
        limits=before.limits,
    )
    try:
        answers = [Asker(world).sign_in("nobody", "wrong wrong wrong") for _ in range(40)]
    finally:
        world.desk.access = before
    first, later = answers[0], answers[-1]
    assert (first.status_code, later.status_code) == (401, 429)
    assert 0 < int(later.headers["retry-after"]) <= 600


def _is_in_trail(world: World, words: str) -> bool:
    head = world.ask(world.desk.trail.find_head())
    entries = world.ask(world.desk.trail.list_entries(after=max(0, head.sequence - 300), limit=300))
    return any(words in each.detail for each in entries)


def _without_chance(page: str, name: str) -> str:
    text = page.replace(f'value="{name}"', "").replace(read_token(page), "")
    return "\n".join(line for line in text.splitlines() if "This page was made at" not in line)
