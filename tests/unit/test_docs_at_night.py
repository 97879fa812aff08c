"""The page for the night leads from what somebody sees to what to do, and is made of what is there.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_at_night.py`` writes it anew.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from swb_schemas.error_codes import Family, load_error_codes
from swb_schemas.errors import Actor
from tests.alarms import RUNBOOK, load_alarms
from tests.services import ROOT
from tests.unit.test_docs_logs import load_meanings, read_actions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.error_codes import ErrorCode
    from tests.unit.test_docs_logs import Action

PAGE: Final = ROOT / "docs" / "reference" / "at-night.md"
HOW_TO: Final = ROOT / "docs" / "how-to"

OTHERS: Final = {"bench", "cli", "conformance", "demo", "drill", "postgres", "rabbitmq", "softhsm"}
"""Beginnings of codes that no daemon tells: they are of commands that try things out."""

NOTHING: Final = "nothing: it is told so that you know"

HEAD: Final = """\
# At night

From what you see to what to do. Nothing that these pages ask for loses a document: what is not
committed is offered again, and what waits goes on waiting. In doubt, leave it running and call.

Look at `/health/ready` and at the last lines of the log, then look up here what they name: the
[alarm](#alarms), the [code](#codes), or the [action](#log-actions). This page is made of the
[runbook](../how-to/runbook.md), of [error codes](errors.md) and of [log actions](logs.md).
"""

ALARMS: Final = """
## Alarms

*page* wakes somebody, *ticket* waits for the morning.

| alarm | | means | first |
|---|---|---|---|
"""

CODES: Final = """
## Codes

What waits, or works no more, until an operator or a developer has done something; then it goes on
by itself. Codes that begin with `config.` are of a daemon that does not start: its configuration
asks for something else than what is there. All other codes are final: [error codes](errors.md) says
who must act.

| code | what has happened | what to do | named in |
|---|---|---|---|
"""

ACTIONS: Final = """
## Log actions

Actions of level `warning` and `error`. *By its code*: the field `code` says which row above.

| action | means | then |
|---|---|---|
"""


@lru_cache
def sections() -> dict[str, str]:
    """What the runbook says of each alarm."""
    parts = re.split(r"^## (.+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def first_sentence(part: str, section: str) -> str:
    """The first sentence behind a bold word, on one line, its links as from this page."""
    text = section.partition(f"**{part}:**")[2].split("\n\n")[0]
    ends = r"(?<=[.;:])\s" if part == "Means" else r"(?<=[.])\s"
    told = re.split(ends, " ".join(text.split()), maxsplit=1)[0].rstrip(":;.") + "."
    own = re.sub(r"\]\((?=[a-z-]+\.md)", "](../how-to/", told).replace("](../reference/", "](")
    return own[0].upper() + own[1:]


def link_alarm(name: str) -> str:
    return f"[{name}](../how-to/runbook.md#{name.lower()})"


def named_in(word: str) -> Iterator[str]:
    """The alarms and the pages that name an action or a code, as links."""
    beginning = f"`{word.partition('.')[0]}.*`"
    for name, section in sections().items():
        if f"`{word}`" in section or ("." in word and beginning in section):
            yield link_alarm(name)
    for page in sorted(HOW_TO.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if page != RUNBOOK and f"`{word}`" in text:
            title = text.partition("\n")[0].removeprefix("# ")
            yield f"[{title}](../how-to/{page.name})"


def night_codes() -> Iterator[ErrorCode]:
    """What a daemon tells and tries again, until somebody has acted who is not at a desk abroad."""
    for each in load_error_codes().values():
        waits = each.family in {Family.UNDETERMINED, Family.UNAVAILABLE, Family.INTERNAL}
        ours = each.actor in {Actor.OPERATOR, Actor.DEVELOPER}
        if waits and ours and each.code.partition(".")[0] not in OTHERS:
            yield each


def night_actions() -> Iterator[tuple[str, Action, str]]:
    """Every action that warns, once, with what it means."""
    told = set()
    for (logger, name), action in sorted(read_actions().items(), key=lambda item: item[0][::-1]):
        meaning = load_meanings()[logger][name]
        if action.levels & {"warning", "error"} and (name, meaning) not in told:
            told.add((name, meaning))
            yield name, action, meaning


def then_of(name: str, action: Action) -> str:
    """What to do after an action was seen."""
    ways = list(named_in(name))
    if "code" in action.fields:
        ways.append("by its code")
    elif "exception" in action.fields and "error" in action.levels:
        ways.append(link_alarm("InternalFault"))
    return ", ".join(dict.fromkeys(ways)) or NOTHING


def build_page() -> str:
    """The page as alarms, codes and actions say it."""
    parts = [HEAD, ALARMS]
    for alarm in load_alarms():
        section = sections()[alarm.name]
        means, first = (first_sentence(part, section) for part in ("Means", "Do"))
        parts.append(f"| {link_alarm(alarm.name)} | {alarm.severity} | {means} | {first} |\n")
    parts.append(CODES)
    for code in night_codes():
        more = ", ".join(named_in(code.code))
        parts.append(f"| `{code.code}` | {code.meaning} | {code.advice} | {more} |\n")
    parts.append(ACTIONS)
    for name, action, meaning in night_actions():
        parts.append(f"| `{name}` | {meaning} | {then_of(name, action)} |\n")
    return "".join(parts)


def test_the_page_is_made_of_what_is_there() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


NAMED: Final = re.compile(r"`([a-z]+(?:[._][a-z]+)+)`")
ELSEWHERE: Final = re.compile(r"^(?:process_|swb_)|_seconds$|^waiting_messages$|^start_app$")
"""Metrics, keys of the configuration, and what is said to RabbitMQ."""


def test_the_runbook_names_no_action_and_no_code_that_nobody_tells() -> None:
    known = {name for _, name in read_actions()} | set(load_error_codes())
    for alarm, section in sections().items():
        named = set(NAMED.findall(section))
        assert not {each for each in named - known if not ELSEWHERE.search(each)}, alarm


def test_every_error_of_the_log_leads_to_an_alarm_or_a_code() -> None:
    for name, action, _ in night_actions():
        if "error" in action.levels:
            assert then_of(name, action) != NOTHING, name
