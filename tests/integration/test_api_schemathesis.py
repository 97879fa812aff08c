"""What nobody thought of: requests that schemathesis makes of the API's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from swb.api import build_document
from swb.core.access import AccessRole
from tests.integration.api_world import serve_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api_world import ApiWorld


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with serve_region(tmp_path_factory.mktemp("api")) as made:
        yield made


schema = schemathesis.openapi.from_dict(build_document())


@schema.parametrize()
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_request_faults_the_gateway_or_is_answered_in_a_way_that_is_not_described(
    world: ApiWorld, case: schemathesis.Case[Any]
) -> None:
    if case.operation.definition.raw["operationId"] == "streamReferences":
        pytest.skip("it does not end by itself; test_api follows it")
    token = world.token("VN", AccessRole.SINGLE_WINDOW)
    # Payloads, and keys of certificates, are more than their schema can say: refusing one is right.
    case.call_and_validate(
        base_url=world.url("VN"),
        headers={"Authorization": f"Bearer {token}"},
        excluded_checks=[positive_data_acceptance],
    )
