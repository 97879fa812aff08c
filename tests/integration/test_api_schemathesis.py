"""What nobody thought of: requests that schemathesis makes of the API's own description.

No request may fault the gateway, and no answer may be one that is not described: status, media
type, headers and content. Who may what is held cell by cell in `test_api_rights`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from swb.api import build_document
from swb.core.access import AccessRole
from tests.integration.api_world import serve_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api_world import ApiWorld

_ENDLESS: Final = "streamReferences"
"""`test_api` follows it."""
_EXAMPLES: Final = 12
_WITHOUT_INPUT: Final = "describeApi"
"""Nothing can be wrong about a request that says nothing."""
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


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with serve_region(tmp_path_factory.mktemp("api")) as made:
        yield made


@pytest.mark.parametrize(("name", "mode"), CASES, ids=str)
def test_no_request_faults_the_gateway_or_is_answered_in_a_way_that_is_not_described(
    world: ApiWorld, name: str, mode: GenerationMode
) -> None:
    token = world.token("VN", AccessRole.SINGLE_WINDOW)

    @settings(max_examples=_EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=OPERATIONS[name].as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            base_url=world.url("VN"),
            headers={"Authorization": f"Bearer {token}"},
            excluded_checks=_NOT_HERE,
        )

    ask()
