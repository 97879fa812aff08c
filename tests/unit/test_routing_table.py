"""Who may send what to whom: deny by default."""

from __future__ import annotations

import pytest

from swb.core.routing import RoutingTable, authorise
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.errors import RefusedError
from swb_schemas.parties import CUSTOMS, GATEWAY, REGION, ROUTER, PartyId

TABLE = RoutingTable(
    environment="test", pairs=frozenset({("TH", "VN"), ("VN", "TH"), ("TH", "MY")})
)
TH, VN, MY, KH = (PartyId(state, GATEWAY) for state in ("TH", "VN", "MY", "KH"))


def decide(
    *,
    table: RoutingTable = TABLE,
    line: str = "TH",
    sender: PartyId = TH,
    receiver: PartyId = VN,
    message_type: str = "CertificateIssue",
    environment: str = "test",
) -> str:
    return authorise(
        table,
        line=line,
        sender=sender,
        receiver=receiver,
        message_type=message_type,
        environment=environment,
    )


@pytest.mark.parametrize(
    ("line", "sender", "receiver", "leaves_by"),
    [("TH", TH, VN, "VN"), ("VN", VN, TH, "TH"), ("TH", TH, MY, "MY")],
)
def test_lets_connected_pairs_pass(
    line: str, sender: PartyId, receiver: PartyId, leaves_by: str
) -> None:
    assert decide(line=line, sender=sender, receiver=receiver) == leaves_by


@pytest.mark.parametrize("message_type", sorted(set(CATALOGUE) - {"RelayReceipt"}))
def test_passes_every_type_that_members_send(message_type: str) -> None:
    assert decide(message_type=message_type) == "VN"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"line": "VN"}, "routing.foreign_line"),
        ({"line": ""}, "routing.foreign_line"),
        ({"sender": MY, "line": "MY"}, "routing.not_connected"),
        ({"receiver": KH}, "routing.not_connected"),
        ({"receiver": TH}, "routing.not_connected"),
        ({"sender": PartyId("TH", CUSTOMS)}, "routing.role"),
        ({"receiver": PartyId("VN", CUSTOMS)}, "routing.role"),
        ({"receiver": PartyId(REGION, ROUTER)}, "routing.role"),
        ({"sender": PartyId(REGION, ROUTER), "line": REGION}, "routing.role"),
        ({"environment": "parallel"}, "routing.environment"),
        ({"environment": "production"}, "routing.environment"),
        ({"message_type": "RelayReceipt"}, "routing.not_routed"),
        ({"message_type": "LetterOfCredit"}, "catalogue.unknown_type"),
        ({"table": RoutingTable(environment="test", pairs=frozenset())}, "routing.not_connected"),
    ],
)
def test_denies_everything_else(changes: dict[str, object], code: str) -> None:
    with pytest.raises(RefusedError) as failure:
        decide(**changes)  # type: ignore[arg-type]  # each is of its parameter's type
    assert failure.value.code == code


def test_a_pair_has_a_direction() -> None:
    with pytest.raises(RefusedError):
        decide(line="MY", sender=MY, receiver=TH)


def test_members_are_all_that_are_connected() -> None:
    assert TABLE.members == {"TH", "VN", "MY"}
