"""Which line a message leaves by: deny by default, whoever asks."""

from __future__ import annotations

from typing import Any, Final

import pytest

from swb.core.routing import authorise, authorise_witness
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.connections import Connection, ConnectionState, ConnectionTable
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, PartyId

TH, VN, ID, KH = (PartyId(state, GATEWAY) for state in ("TH", "VN", "ID", "KH"))
STATES: Final = {("TH", "VN"): "LIVE", ("VN", "TH"): "LIVE", ("TH", "ID"): "SUSPENDED"}
TABLE: Final = ConnectionTable(
    connections=tuple(
        Connection(
            from_state=exporting,
            to_state=importing,
            message_type="CertificateIssue",
            agreement="ATIGA",
            state=ConnectionState(state),
        )
        for (exporting, importing), state in STATES.items()
    )
)
ROUTED: Final = sorted(name for name, kind in CATALOGUE.items() if ROUTER not in kind.issuers)


def decide(
    line: str = "TH",
    sender: PartyId = TH,
    receiver: PartyId = VN,
    message_type: str = "CertificateIssue",
    environment: Environment = Environment.PRODUCTION,
    served: Environment = Environment.PRODUCTION,
) -> str:
    return authorise(
        TABLE,
        served=served,
        line=line,
        sender=sender,
        receiver=receiver,
        message_type=message_type,
        environment=environment,
    )


def test_connected_pairs_leave_by_the_receivers_line() -> None:
    assert decide() == "VN"
    assert decide("VN", VN, TH) == "TH"


def test_answers_go_back_on_the_same_connection() -> None:
    assert decide("VN", VN, TH, "CustomsResponse") == "TH"
    assert decide("ID", ID, TH, "CustomsResponse") == "TH"  # suspended: nothing new, but answers


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param({"line": "VN"}, "routing.foreign_line", id="in another's name"),
        pytest.param({"line": ""}, "routing.foreign_line", id="by no line"),
        pytest.param(
            {"sender": PartyId("TH", CUSTOMS)}, "routing.role", id="customs sends by itself"
        ),
        pytest.param(
            {"sender": PartyId("TH", ISSUING)}, "routing.role", id="an office sends by itself"
        ),
        pytest.param({"receiver": PartyId("VN", CUSTOMS)}, "routing.role", id="past the gateway"),
        pytest.param({"receiver": PartyId(REGION, ROUTER)}, "routing.role", id="to the region"),
        pytest.param(
            {"line": REGION, "sender": PartyId(REGION, ROUTER)}, "routing.role", id="as the region"
        ),
        pytest.param({"receiver": KH}, "connection.none", id="to a state not connected"),
        pytest.param({"line": "KH", "sender": KH}, "connection.none", id="from such a state"),
        pytest.param({"receiver": TH}, "connection.none", id="to oneself"),
        pytest.param(
            {"line": "ID", "sender": ID, "receiver": TH}, "connection.none", id="backwards"
        ),
        pytest.param({"message_type": "RelayReceipt"}, "routing.not_routed", id="a forged receipt"),
        pytest.param({"message_type": "Gift"}, "catalogue.unknown_type", id="an unknown type"),
        pytest.param(
            {"environment": Environment.TEST}, "connection.environment", id="a test in production"
        ),
        pytest.param(
            {"environment": Environment.PARALLEL},
            "connection.environment",
            id="parallel where live",
        ),
        pytest.param(
            {"served": Environment.TEST}, "connection.environment", id="production in a test"
        ),
    ],
)
def test_everything_else_is_denied(asked: dict[str, object], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        decide(**asked)  # type: ignore[arg-type]  # fields by name
    assert refused.value.code == code


def test_a_suspended_connection_makes_wait() -> None:
    with pytest.raises(UnavailableError) as unavailable:
        decide(receiver=ID)
    assert unavailable.value.code == "connection.suspended"


@pytest.mark.parametrize("message_type", ROUTED)
def test_nothing_of_any_type_passes_between_states_that_are_not_connected(
    message_type: str,
) -> None:
    with pytest.raises(RefusedError):
        decide(receiver=KH, message_type=message_type)


def _watch(
    line: str = "TH", sender: PartyId = TH, served: Environment = Environment.PRODUCTION
) -> None:
    authorise_witness(
        TABLE, served=served, line=line, sender=sender, environment=Environment.PRODUCTION
    )


def test_every_members_gateway_may_watch_the_log() -> None:
    _watch()
    _watch("ID", ID)  # suspended towards Thailand, and a member


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"line": "VN"}, "routing.foreign_line"),
        ({"sender": PartyId("TH", CUSTOMS)}, "routing.role"),
        ({"line": "KH", "sender": KH}, "routing.role"),
        ({"served": Environment.TEST}, "connection.environment"),
    ],
    ids=["another's line", "no gateway", "no member", "another environment"],
)
def test_nobody_else_watches(asked: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        _watch(**asked)
    assert refusal.value.code == code
