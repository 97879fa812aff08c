"""What nobody thought of: requests that schemathesis makes of the API's own description.

No request may fault the gateway, and no answer may be one that is not described: status, media
type, headers and content. They are sent by whoever may, and half of them ask for what there is, so
that more is reached than the guard. Who may what is held cell by cell in `test_api_rights`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from swb.api import build_document
from swb.core.access import AccessRole, Right
from tests.integration.api_world import serve_region, take

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.integration.api_world import ApiWorld

_ENDLESS: Final = "streamReferences"
"""`test_api` follows it."""
_EXAMPLES: Final = 12
_WITHOUT_INPUT: Final = "describeApi"
"""Nothing can be wrong about a request that says nothing."""
_NEVER_DONE: Final = {
    "returnDelivery": "what was acknowledged is given back no longer",
    "submit": "a payload is more than its schema can say",
    "signIn": "a name and password are drawn, and nobody's",
    "explainProblem": "a code is drawn, and none of ours",
}
"""Operations that no request here gets done; each is by another test."""
_NOT_HERE: Final = [
    # Payloads, and keys of certificates, are more than their schema can say: refusing one is right.
    positive_data_acceptance,
    # It would send the token that stands beside the request.
    ignored_auth,
]
OPERATIONS: Final[dict[str, Any]] = {
    operation.definition.raw["operationId"]: operation
    for found in schemathesis.openapi.from_dict(build_document()).get_all_operations()
    if isinstance(found, Ok)
    for operation in [found.ok()]
}
CASES: Final = [
    (name, mode)
    for name in sorted(OPERATIONS.keys() - {_ENDLESS})
    for mode in GenerationMode
    if (name, mode) != (_WITHOUT_INPUT, GenerationMode.NEGATIVE)
]


_IN_PATHS: Final = {"document_id": "document_id", "delivery_id": "document_id"}
_IN_QUERIES: Final = {"reference": "reference", "subscriber": "subscriber"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with serve_region(tmp_path_factory.mktemp("api")) as made:
        yield made


@pytest.fixture(scope="module")
def known(world: ApiWorld) -> Mapping[str, str]:
    """What there is at VN: a document that waits under a lease, and who may follow it."""
    table = world.region.folder / "connections.toml"
    terms = table.read_text(encoding="utf-8")
    basis = 'protected = true, legal_basis = "Protocol 4, Article 9"'
    table.write_text(terms.replace("protected = true", basis), encoding="utf-8")
    world.token("VN", AccessRole.SUBSCRIBER)
    document_id = world.submit()
    with world.client("VN", AccessRole.SINGLE_WINDOW) as vn:
        lease_id = take(vn, document_id)["lease_id"]
        document = vn.get(f"/v1/documents/{document_id}").json()["document"]
        found = {
            "document_id": document_id,
            "lease_id": lease_id,
            "reference": document["certificate_key"],
            "subscriber": "subscriber-vn",
            "until": "2030-01-01T00:00:00Z",
        }
        wanted = {each: found[each] for each in ("subscriber", "reference", "until")}
        assert vn.put("/v1/entitlements", json=wanted).status_code == 204
    return found


def role_for(name: str) -> AccessRole:
    """A system that passes the guard of an operation."""
    right = OPERATIONS[name].definition.raw.get("x-swb-right")
    return AccessRole.SUBSCRIBER if right == Right.SUBSCRIBE else AccessRole.SINGLE_WINDOW


def point_at(known: Mapping[str, str], case: schemathesis.Case[Any]) -> None:
    """Have a request ask for what there is, in place of what was drawn."""
    for told, places in ((case.path_parameters, _IN_PATHS), (case.query, _IN_QUERIES)):
        for place, meant in places.items():
            if place in (told or {}):
                told[place] = known[meant]
    if isinstance(case.body, dict):
        case.body.update({each: known[each] for each in case.body.keys() & known.keys()})


@pytest.mark.parametrize(("name", "mode"), CASES, ids=str)
def test_no_request_faults_the_gateway_or_is_answered_in_a_way_that_is_not_described(
    world: ApiWorld, known: Mapping[str, str], name: str, mode: GenerationMode
) -> None:
    token = world.token("VN", role_for(name))
    statuses: set[int] = set()

    @settings(max_examples=_EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=OPERATIONS[name].as_strategy(generation_mode=mode), is_known=st.booleans())
    def ask(case: schemathesis.Case[Any], is_known: bool) -> None:
        if is_known and mode is GenerationMode.POSITIVE:
            point_at(known, case)
        answer = case.call_and_validate(
            base_url=world.url("VN"),
            headers={"Authorization": f"Bearer {token}"},
            excluded_checks=_NOT_HERE,
        )
        statuses.add(answer.status_code)

    ask()
    if mode is GenerationMode.POSITIVE and name not in _NEVER_DONE:
        assert min(statuses) < HTTPStatus.MULTIPLE_CHOICES, statuses
