"""The pages of the conformance suite say what it is made of, and their examples are executed.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_conformance.py`` writes the coverage table anew.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections import defaultdict
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb.cli.conformance_listing import list_all_cases
from swb.cli.conformance_run import command as run_command
from swb.cli.conformance_target import answer_line, load_adapter
from swb_adapters.sdk.command import LINE_LIMIT as SDK_LINE_LIMIT
from swb_conformance.protocol import LINE_LIMIT, parse_answer
from swb_conformance.requirements import load_profiles, load_requirements
from swb_conformance.statement import Statement
from swb_conformance.target import Verb
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb_conformance.testing import SuiteCase

PAGES: Final = ROOT / "docs" / "conformance"
COVERAGE: Final = PAGES / "coverage.md"
STATEMENT: Final = PAGES / "schemas" / "statement.schema.json"
VECTORS: Final = ROOT / "broker" / "swb_conformance" / "vectors"
SHOWN: Final = 3
PROFILES: Final = tuple(load_profiles())

HEAD: Final = """\
# What is required, and what tries it

This page is made of the requirements and the cases of the suite; a test compares. It lists the
cases for a target that carries every document type: one that does not carry a type is not tried
with it.
`swb conformance list --cases` lists all names. Clauses name sections of this documentation, of the
agreements and of their operational certification procedures. ASEAN's own message guide is not
public, and no clause claims to be of it. What is answered to an unknown verb or to a line that is
no request is [asked of every program](../reference/command-protocol.md), and not tried.
"""


@cache
def cases_of(profile: str) -> Sequence[SuiteCase]:
    return tuple(list_all_cases(profile))


def build_page() -> str:
    return "".join((HEAD, *(part for profile in PROFILES for part in build_section(profile))))


def build_section(profile: str) -> Iterator[str]:
    cases = cases_of(profile)
    negative = sum(each.negative for each in cases)
    yield f"\n## {profile}\n\n{load_profiles()[profile].title}. "
    yield f"{len(cases)} cases, {negative} of them negative.\n\n"
    yield "| requirement | what is required | clause | cases |\n|---|---|---|---|\n"
    about = defaultdict(list)
    for case in cases:
        for each in case.requirements:
            about[each].append(case.name.removeprefix(f"{profile}/"))
    for requirement in load_requirements().values():
        if requirement.profile == profile:
            names = about[requirement.id]
            told = ", ".join(f"`{each}`" for each in names[:SHOWN])
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            row = (requirement.id, requirement.text, requirement.clause, f"{told}{more}")
            yield f"| {' | '.join(each.replace('|', '/') for each in row)} |\n"


def test_the_coverage_table_is_made_of_requirements_and_cases() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        COVERAGE.write_text(build_page(), encoding="utf-8")
    assert COVERAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


def test_the_published_schema_of_statements_is_made_of_their_form() -> None:
    told = Statement.model_json_schema(mode="serialization")
    title = "Payload of a conformance statement, version 1"
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:swb:conformance:schema:statement:1",
    }
    text = json.dumps({**head, **told, "title": title}, indent=2) + "\n"
    if os.environ.get("SWB_WRITE_DOCS"):
        STATEMENT.write_text(text, encoding="utf-8")
    assert STATEMENT.read_text(encoding="utf-8") == text, "SWB_WRITE_DOCS=1"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_requirement_has_a_case_and_every_case_names_its_requirements(profile: str) -> None:
    required = {each.id for each in load_requirements().values() if each.profile == profile}
    named = {each for case in cases_of(profile) for each in case.requirements}
    assert named - required == set(), "no such requirement"
    assert required - named == set(), "no case tries it"
    assert all(case.requirements for case in cases_of(profile))


@pytest.mark.parametrize("profile", PROFILES)
def test_names_of_cases_begin_with_their_profile_and_stand_once(profile: str) -> None:
    names = [case.name for case in cases_of(profile)]
    assert len(set(names)) == len(names)
    assert [each for each in names if not re.fullmatch(rf"{profile}(/[A-Za-z0-9.-]+)+", each)] == []


def test_half_of_the_cases_that_are_vectors_are_negative() -> None:
    cases = [*cases_of("message"), *cases_of("rules")]
    assert len(cases) >= 400
    assert sum(each.negative for each in cases) * 2 >= len(cases)


def test_ids_of_requirements_begin_as_their_profile_does() -> None:
    beginnings = dict(zip(PROFILES, ("ADP", "MSG", "RUL", "GTW", "E2E", "PAIR"), strict=True))
    for each in load_requirements().values():
        assert re.fullmatch(rf"{beginnings[each.profile]}-\d{{3}}", each.id)
        assert each.clause
        assert each.text.endswith(".")


def test_the_page_of_profiles_has_the_table_of_commands() -> None:
    page = (PAGES / "profiles.md").read_text(encoding="utf-8")
    for profile in load_profiles().values():
        verbs = ", ".join(f"`{each}`" for each in profile.verbs) or "none: it is tried on the wire"
        assert f"| `{profile.name}` | {profile.title} | {verbs} |" in page


# --- the examples of the protocol ----------------------------------------------------------------


def list_examples() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    page = (PAGES / "command-protocol.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        lines = [json.loads(each) for each in block.splitlines()]
        assert len(lines) % 2 == 0
        yield from list(pairwise(lines))[::2]


def fill(value: Any, certificate: str) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: fill(each, certificate) for name, each in value.items()}
    if isinstance(value, list):
        return [fill(each, certificate) for each in value]
    if value == "@CERTIFICATE":
        return certificate
    if isinstance(value, str) and value.startswith("@"):
        return base64.b64encode((VECTORS / value[1:]).read_bytes()).decode()
    return value


def certificate_of(request: dict[str, Any]) -> str:
    """The certificate in the golden file that the same key signed."""
    golden = VECTORS / "delivery" / "accepts-a-clear-message"
    file = "expected/sealed.xml" if request["verb"] == "seal" else "input/message.xml"
    text = (golden / file).read_text(encoding="utf-8")
    return re.search(r"<ds:X509Certificate>([^<]+)<", text)[1]  # type: ignore[index]  # it has one


def agrees(found: Any, shown: Any) -> bool:  # noqa: ANN401 - any JSON values
    """Whether an answer is what the page shows; an ellipsis stands for anything."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(found, dict) and all(
            name in found and agrees(found[name], each) for name, each in shown.items()
        )
    if isinstance(shown, list):
        whole = [each for each in shown if each != "…"]
        return len(found) >= len(whole) and all(map(agrees, found, whole))
    return bool(found == shown)


@pytest.mark.parametrize(
    ("request_line", "answer_line_shown"),
    list(list_examples()),
    ids=lambda line: line.get("verb", line.get("verdict")),
)
def test_the_examples_of_the_protocol_are_answered_as_the_page_shows(
    request_line: dict[str, Any], answer_line_shown: dict[str, Any]
) -> None:
    request = fill(request_line, certificate_of(request_line))
    raw = answer_line(load_adapter("thailand"), json.dumps(request).encode() + b"\n")
    parse_answer(raw, request["id"], Verb(request["verb"]))
    assert agrees(json.loads(raw), fill(answer_line_shown, ""))


@pytest.mark.parametrize("page", ["conformance", "reference"])
def test_a_line_is_as_long_as_both_pages_say(page: str) -> None:
    assert LINE_LIMIT == SDK_LINE_LIMIT
    text = (ROOT / "docs" / page / "command-protocol.md").read_text(encoding="utf-8")
    assert f"{LINE_LIMIT:,} octets" in text


def test_who_knows_the_front_page_alone_finds_the_suite_and_what_to_install() -> None:
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/conformance/README.md)" in front
    assert "swb conformance run" in front
    suite = (PAGES / "README.md").read_text(encoding="utf-8")
    assert ".venv/bin/pip install .\n" in suite
    for page in (suite, (PAGES / "live.md").read_text(encoding="utf-8")):
        assert "pip install '.[rabbitmq]'" in page


def test_the_options_on_the_page_are_those_of_the_command() -> None:
    page = (PAGES / "README.md").read_text(encoding="utf-8")
    table = "".join(re.findall(r"^\| `--.*?\|", page, re.MULTILINE))
    named = set(re.findall(r"--[a-z-]+", table))
    known = {option for param in run_command.params for option in param.opts}
    assert named - known - {"--json"} == set()
    assert {"--log", "--seed", "--answer-within", "--only"} <= named


def test_every_verb_of_the_suite_has_a_section_or_a_link() -> None:
    page = (PAGES / "command-protocol.md").read_text(encoding="utf-8")
    assert [verb for verb in Verb if f"`{verb}`" not in page] == []
