"""What is known beside a document survives being told, and is refused where it says too much."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from swb_schemas.errors import RefusedError
from swb_schemas.exchanges.limits import LIMITS, TIME_TO_REPLY, Exceeded
from swb_schemas.rulebook import KnownCertificate, Related
from swb_schemas.rulebook.related import KnownDocument, KnownExtract
from swb_schemas.rulebook.told import parse_related
from tests.certificates import make_certificate
from tests.rulebook.case import response
from tests.rulebook.extract import extract
from tests.sps import make_sps
from tests.vectors.telling import tell_related

ONE: Final = KnownCertificate(certificate=make_certificate())
CANCELLED: Final = KnownCertificate(
    certificate=make_certificate(), cancelled=True, document_id="d-1"
)
DUE: Final = datetime(2026, 11, 5, 2, tzinfo=UTC)
CAME: Final = datetime(2026, 11, 6, 2, tzinfo=UTC)
LATE: Final = Exceeded(limit=LIMITS[0], number=2, due_at=DUE, came_at=CAME)
SILENT: Final = Exceeded(limit=TIME_TO_REPLY, number=0, due_at=DUE, came_at=None)
SPS: Final = KnownDocument(message_type="PhytosanitaryCertificate", document=make_sps())
FULL: Final = Related(
    same_number=(ONE,),
    originals=(CANCELLED,),
    replaced=(ONE, CANCELLED),
    replacements=(CANCELLED,),
    drawn_upon=(ONE,),
    subject=CANCELLED,
    responses=(response(),),
    taken_back=True,
    exceeded=(LATE,),
    cut_short=(SILENT,),
    same_key=("d-2", "d-3"),
    certificates=(ONE,),
    extracts=(KnownExtract(extract=extract(), beside=(CANCELLED,)),),
    supporting=(SPS,),
)


def test_all_that_is_told_is_read_again() -> None:
    assert all(getattr(FULL, each.name) != each.default for each in fields(FULL))
    assert parse_related(tell_related(FULL)) == FULL
    assert parse_related([]) == Related()


def _told(**changes: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    (told,) = tell_related(Related(subject=ONE))
    return [told | changes]


@pytest.mark.parametrize(
    "told",
    [
        _told() * 2,
        _told(kind="oracle"),
        _told(kind="response"),
        _told(document="no base64!"),
        [{"document": ""}],
        [{"kind": "subject"}],
        [{"kind": "exceeded", "limit": "no.limit", "number": 1, "due_at": "", "came_at": None}],
        ["subject"],
        None,
    ],
    ids=[
        "two subjects",
        "an unknown kind",
        "a document of another kind",
        "no base64",
        "no kind",
        "no document",
        "no limit of ours",
        "no object",
        "no list",
    ],
)
def test_what_is_malformed_is_refused(told: object) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_related(told)
    assert refusal.value.code == "rules.related_malformed"
