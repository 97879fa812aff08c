"""A Form D entered by hand, or brought as a spreadsheet, by an office without a system.

What is entered is kept as a draft of its owner until it is sent. It is sent through the same door
as every payload: the same rules, the same register, the same refusals, told at their fields.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from swb.clock import new_id
from swb.console.boxes import Kind, count_parts, list_boxes, list_item_boxes
from swb.console.choices import list_choices
from swb.console.faults import explain
from swb.console.form_d import (
    MOST_ITEMS,
    add_part,
    build_certificate,
    flatten,
    is_field,
    remove_item,
)
from swb.ports import Draft
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import Actor, RefusedError, SwbError
from swb_schemas.findings import Finding, Severity
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb.console.faults import Fault
    from swb.console.pages import Visit

__all__ = ["begin", "change", "send_template", "show_list", "show_one", "take_spreadsheet"]

_LARGEST_SHEET: Final = 2_000_000
_MOST_DRAFTS: Final = 200
"""Of one person, so that all of them are on the page."""
_KEPT_FOR: Final = timedelta(days=90)
"""So long a draft that nobody changes is kept: it names people and firms."""
_ROW: Final = re.compile(r"row ([0-9]{1,9})\b")


async def show_list(visit: Visit) -> Response:
    """Show one's own drafts, and how to begin another one."""
    return await _show_list(visit)


async def _show_list(visit: Visit, error: SwbError | None = None) -> Response:
    drafts = await _list_drafts(visit)
    faults = sorted(error.findings, key=_find_row) if error else ()
    return visit.show(
        "forms.html", status=422 if error else 200, drafts=drafts, error=error, faults=faults
    )


def _find_row(finding: Finding) -> int:
    """Find the row of a spreadsheet in which something is wrong, so that they are told in order."""
    row = _ROW.match(finding.national_path)
    return int(row[1]) if row else 0


async def send_template(visit: Visit) -> Response:
    """Send the empty spreadsheet."""
    headers = {"Content-Disposition": 'attachment; filename="form-d.csv"'}
    return Response(visit.desk.sheets.template, media_type="text/csv", headers=headers)


async def begin(visit: Visit) -> Response:
    """Begin an empty form."""
    today = visit.desk.clock.now().date()
    fields = {
        "Agreement": "ATIGA",
        "Edition": "2021",
        "IssuingCountry": visit.desk.state,
        "Exporter/Country": visit.desk.state,
        "ExporterDeclaration/CountryOfProduction": visit.desk.state,
        "Certification/Date": today.isoformat(),
        "Item[1]/SequenceNumber": "1",
        "Item[1]/CommodityCode/@nomenclature": "AHTN-2022",
    }
    return visit.go(f"/forms/{await _keep_new(visit, fields)}")


async def take_spreadsheet(visit: Visit) -> Response:
    """Read a spreadsheet into a new draft, which a person looks through and sends.

    What is refused is shown on the page of drafts: ``console.no_file`` where no file of a fitting
    size was given, or it holds no Form D, and what its adapter and the form refuse.
    """
    given = visit.form.get("file") if visit.form is not None else None
    raw = await given.read(_LARGEST_SHEET + 1) if isinstance(given, UploadFile) else b""
    try:
        if not raw or len(raw) > _LARGEST_SHEET:
            message = f"expected a file of 1 to {_LARGEST_SHEET} octets, found {len(raw)}"
            raise RefusedError("console.no_file", message)
        reading = await visit.desk.sheets.formats.to_canonical(raw)
        if not isinstance(reading.document, CertificateOfOrigin):
            message = f"expected a Form D, found {type(reading.document).__name__}"
            raise RefusedError("console.no_file", message)
        if reading.document.line_count > MOST_ITEMS:
            raise _too_many(reading.document.line_count)
    except SwbError as error:
        return await _show_list(visit, error)
    draft_id = await _keep_new(visit, flatten(reading.document))
    return visit.go(f"/forms/{draft_id}?read=1")


async def show_one(visit: Visit) -> Response:
    """Show a draft as a form."""
    draft = await _get_draft(visit)
    return _show(visit, draft, json.loads(draft.content))


async def change(visit: Visit) -> Response:
    """Keep what was entered, and do what the button says."""
    draft = await _get_draft(visit)
    fields = _read_fields(visit)
    if visit.sent("version") != str(draft.version):
        return _show(visit, draft, fields, status=409, overtaken=True)
    verb, _, what = visit.sent("do").partition(":")
    if verb == "delete":
        await visit.desk.drafts.remove_draft(draft.draft_id, owner=draft.owner)
        return visit.go("/forms?deleted=1")
    if verb == "add":
        if count_parts(fields, "Item") >= MOST_ITEMS and what == "Item":
            raise _too_many(MOST_ITEMS + 1)
        fields = add_part(fields, what)
    elif verb == "remove" and what.isdecimal():
        fields = remove_item(fields, int(what))
    draft = await _keep(visit, draft, fields)
    if verb == "send":
        return await _send(visit, draft, fields)
    if verb == "check":
        found, unjudged = await _check(visit, fields)
        return _show(visit, draft, fields, findings=found, checked=True, unjudged=unjudged)
    if verb in {"add", "remove"}:
        return visit.go(f"/forms/{draft.draft_id}?kept=1#items")
    return visit.go(f"/forms/{draft.draft_id}?kept=1")


async def _check(visit: Visit, fields: Mapping[str, str]) -> tuple[Sequence[Finding], bool]:
    """Judge what was entered as sending would, without sending it.

    Returns:
        What is wrong; and whether it makes no certificate yet, so that no rule was judged.
    """
    certificate, findings = build_certificate(fields)
    if certificate is None:
        return findings, True
    try:
        return await visit.desk.entering.check(encode(certificate)), False
    except SwbError as error:
        return _list_reasons(error), False


async def _send(visit: Visit, draft: Draft, fields: Mapping[str, str]) -> Response:
    certificate, findings = build_certificate(fields)
    if certificate is None:
        return _show(
            visit, draft, fields, status=422, findings=findings, checked=True, unjudged=True
        )
    await visit.desk.access.enter(
        visit.principal, "form entered", str(certificate.key), f"draft {draft.draft_id}"
    )
    try:
        accepted = await visit.desk.entering.submit(encode(certificate))
    except SwbError as error:
        status = 422 if isinstance(error, RefusedError) else 503
        return _show(
            visit, draft, fields, status=status, findings=_list_reasons(error), checked=True
        )
    await visit.desk.drafts.remove_draft(draft.draft_id, owner=draft.owner)
    return visit.go(f"/documents/{accepted.document_id}?sent=1")


def _list_reasons(error: SwbError) -> Sequence[Finding]:
    """List what stands against sending, one finding at least."""
    whole = Finding(code=error.code, severity=Severity.REFUSE, path="", message=error.message)
    return error.findings or (whole,)


def _show(
    visit: Visit,
    draft: Draft,
    fields: Mapping[str, str],
    *,
    status: int = 200,
    findings: Sequence[Finding] = (),
    checked: bool = False,
    unjudged: bool = False,
    overtaken: bool = False,
) -> Response:
    """Show the form.

    Args:
        visit: Who asks.
        draft: Which.
        fields: What was entered.
        status: Of the answer.
        findings: What is wrong.
        checked: Whether somebody looked.
        unjudged: Whether the rule book could not: what was entered makes no certificate yet.
        overtaken: Whether another window kept the draft since; what was entered here is not kept.
    """
    groups = list_boxes(fields)
    items = [
        list_item_boxes(fields, number)
        for number in range(1, max(1, count_parts(fields, "Item")) + 1)
    ]
    shown = [group for _, _, group in groups[:_GROUPS_BEFORE_ITEMS]]
    shown += [*items, *(group for _, _, group in groups[_GROUPS_BEFORE_ITEMS:])]
    boxes = {box.path: box for group in shown for box in group}
    places = {path: place for place, path in enumerate(boxes)}
    faults = explain(findings, boxes, fields, visit.language)
    faults.sort(key=lambda each: places.get(each.field, -1))
    at_field: defaultdict[str, list[Fault]] = defaultdict(list)
    for each in faults:
        at_field[each.field].append(each)
    choices = list_choices(visit.language, visit.desk.clock.now().date())
    return visit.show(
        "form-d.html",
        status=status,
        draft=draft,
        fields=fields,
        groups=groups,
        above=_GROUPS_BEFORE_ITEMS,
        items=items,
        at_field=at_field,
        faults=faults,
        refusing=sum(each.severity is Severity.REFUSE for each in findings),
        unjudged=unjudged,
        overtaken=overtaken,
        checked=checked,
        choices=choices,
        selects=_SELECTS,
        read=visit.asked("read") == "1",
        kept=visit.asked("kept") == "1",
    )


_GROUPS_BEFORE_ITEMS: Final = 4
"""Groups of boxes that the form shows above its items."""
_SELECTS: Final = frozenset({Kind.MODE})
"""Kinds of fields that take what they offer and nothing else."""


def _read_fields(visit: Visit) -> dict[str, str]:
    """Read what was entered; names that begin with a small letter are the page's own."""
    given = visit.form.items() if visit.form is not None else ()
    return {
        name: value[:_LONGEST]
        for name, value in given
        if isinstance(value, str) and name[:1].isupper() and is_field(name) and value.strip()
    }


_LONGEST: Final = 4000


async def _get_draft(visit: Visit) -> Draft:
    draft_id = visit.request.path_params["draft_id"]
    draft = await visit.desk.drafts.find_draft(draft_id, owner=visit.principal.owner)
    if draft is None:
        message = f"expected a draft of yours, found {draft_id[:80]!r}"
        raise RefusedError("console.no_draft", message, actor=Actor.OPERATOR)
    return draft


async def _list_drafts(visit: Visit) -> Sequence[Draft]:
    """List one's own drafts; what nobody has changed for long is forgotten before."""
    await visit.desk.drafts.forget_drafts(before=visit.desk.clock.now() - _KEPT_FOR)
    return await visit.desk.drafts.list_drafts(owner=visit.principal.owner, limit=_MOST_DRAFTS)


async def _keep_new(visit: Visit, fields: Mapping[str, str]) -> str:
    if len(await _list_drafts(visit)) >= _MOST_DRAFTS:
        message = f"expected at most {_MOST_DRAFTS} drafts of one person: send or delete some first"
        raise RefusedError("console.too_many_drafts", message)
    draft = Draft(
        draft_id=new_id(),
        owner=visit.principal.owner,
        title=_entitle(fields),
        content=b"",
        version=0,
        changed_at=visit.desk.clock.now(),
    )
    return (await _keep(visit, draft, fields)).draft_id


async def _keep(visit: Visit, draft: Draft, fields: Mapping[str, str]) -> Draft:
    changed = replace(
        draft,
        title=_entitle(fields),
        content=json.dumps(fields, ensure_ascii=False).encode(),
        version=draft.version + 1,
        changed_at=visit.desk.clock.now(),
    )
    if not await visit.desk.drafts.save_draft(changed):
        message = "expected the form as it was kept last; it was changed in another window"
        raise RefusedError("console.draft_changed", message)
    return changed


def _too_many(found: int) -> RefusedError:
    message = f"expected at most {MOST_ITEMS} items in a form, found {found}"
    return RefusedError("console.too_many_items", message)


def _entitle(fields: Mapping[str, str]) -> str:
    number, to = fields.get("ReferenceNumber", ""), fields.get("Consignee/Name", "")
    return " · ".join(each for each in (number, to) if each)[:200]
