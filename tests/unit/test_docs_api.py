"""The pages about the HTTP API are made of the code.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_api.py`` writes them anew.
"""

from __future__ import annotations

import json
import os
from typing import Final

import schemathesis

from swb.api import build_document
from swb.core.access import Right
from tests.integration.api_rights import PAGE, build_page, list_operations
from tests.services import ROOT

DOCUMENT: Final = ROOT / "docs" / "reference" / "openapi.json"


def test_the_document_that_is_kept_is_the_one_that_is_served() -> None:
    text = json.dumps(build_document(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("SWB_WRITE_DOCS"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == text, "SWB_WRITE_DOCS=1"


def test_the_page_of_rights_is_up_to_date() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


def test_every_operation_has_a_name_and_needs_a_right_or_is_public_on_purpose() -> None:
    operations = list_operations()
    names = [each.operation_id for each in operations]
    assert len(set(names)) == len(names)
    public = {each.operation_id for each in operations if each.right is None}
    assert public == {"describeApi", "explainProblem", "signIn"}
    assert {each.right for each in operations} - {None} <= set(Right)


def test_the_document_is_openapi_3_1_and_every_failure_in_it_a_problem() -> None:
    document = build_document()
    schemathesis.openapi.from_dict(document).validate()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if status >= "4" and status != "503":
                    assert list(response["content"]) == ["application/problem+json"], (
                        path,
                        method,
                        status,
                    )
