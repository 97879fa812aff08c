"""The table of connections: what is denied, and in which environment the rest is sealed."""

from __future__ import annotations

import pytest

from swb_schemas.connections import (
    Connection,
    ConnectionState,
    ConnectionTable,
    Terms,
    parse_connections,
)
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError, UnavailableError

TABLE = """
[[connection]]
from = "TH"
to = "VN"
message_type = "CertificateIssue"
agreement = "ATIGA"
state = "LIVE"

[connection.terms]
protected = true
max_items = 50
legal_basis = "Example arrangement, article 4"

[[connection]]
from = "AU"
to = "SG"
message_type = "CertificateIssue"
agreement = "AANZFTA"
state = "PARALLEL"
"""


def connect(state: ConnectionState) -> ConnectionTable:
    line = Connection(
        from_state="TH",
        to_state="VN",
        message_type="CertificateIssue",
        agreement="ATIGA",
        state=state,
    )
    return ConnectionTable(connections=(line,))


def agree(*lines: tuple[str, str, bool]) -> ConnectionTable:
    """Connect one pair under several agreements: code, state, whether bodies are protected."""
    return ConnectionTable(
        connections=tuple(
            Connection(
                from_state="TH",
                to_state="VN",
                message_type="CertificateIssue",
                agreement=agreement,
                state=ConnectionState(state),
                terms=Terms(protected=protected),
            )
            for agreement, state, protected in lines
        )
    )


def passes(table: ConnectionTable, **asked: object) -> bool:
    try:
        require(table, **asked)
    except RefusedError as refusal:
        if refusal.code != "connection.environment":
            raise
        return False
    return True


def require(table: ConnectionTable, **changes: object) -> Connection:
    asked: dict[str, object] = {
        "sender": "TH",
        "receiver": "VN",
        "message_type": "CertificateIssue",
        "served": Environment.PRODUCTION,
        "agreement": "ATIGA",
    }
    return table.require(**(asked | changes))  # type: ignore[arg-type]  # fields by name


def test_reads_states_and_terms() -> None:
    table = parse_connections(TABLE.encode())
    first, second = table.connections
    assert table.members == ("AU", "SG", "TH", "VN")
    assert (first.state, first.terms.protected, first.terms.max_items) == ("LIVE", True, 50)
    assert second.state is ConnectionState.PARALLEL
    assert second.terms.electronic_signature
    assert not second.terms.legal_basis


@pytest.mark.parametrize(
    ("state", "served", "environment"),
    [
        ("TEST", "test", "test"),
        ("PARALLEL", "test", "test"),
        ("LIVE", "test", "test"),
        ("SUSPENDED", "test", None),
        ("TEST", "production", None),
        ("PARALLEL", "production", "parallel"),
        ("LIVE", "production", "production"),
        ("SUSPENDED", "production", None),
        ("TEST", "parallel", None),
        ("PARALLEL", "parallel", "parallel"),
        ("LIVE", "parallel", None),
    ],
)
def test_the_state_decides_what_an_exchange_is_worth(
    state: str, served: str, environment: str | None
) -> None:
    (line,) = connect(ConnectionState(state)).connections
    assert line.environment(Environment(served)) == environment


@pytest.mark.parametrize(
    ("state", "changes", "code"),
    [
        ("LIVE", {"sender": "VN", "receiver": "TH"}, "connection.none"),
        ("LIVE", {"receiver": "KH"}, "connection.none"),
        ("LIVE", {"agreement": "AANZFTA"}, "connection.none"),
        ("LIVE", {"agreement": ""}, "connection.none"),
        ("LIVE", {"environment": Environment.PARALLEL}, "connection.environment"),
        ("PARALLEL", {"environment": Environment.PRODUCTION}, "connection.environment"),
        ("TEST", {}, "connection.environment"),
        ("LIVE", {"message_type": "LetterOfCredit"}, "catalogue.unknown_type"),
        ("LIVE", {"message_type": "CustomsReceipt"}, "connection.none"),
        ("LIVE", {"message_type": "RelayReceipt"}, "connection.none"),
    ],
)
def test_denies(state: str, changes: dict[str, object], code: str) -> None:
    with pytest.raises(RefusedError) as failure:
        require(connect(ConnectionState(state)), **changes)
    assert failure.value.code == code


@pytest.mark.parametrize("served", ["test", "production"])
def test_a_suspension_is_no_refusal(served: str) -> None:
    table = connect(ConnectionState.SUSPENDED)
    with pytest.raises(UnavailableError) as failure:
        require(table, served=Environment(served))
    assert (failure.value.code, failure.value.actor) == ("connection.suspended", Actor.OPERATOR)
    assert not failure.value.final


@pytest.mark.parametrize("other", ["TEST", "PARALLEL"])
def test_what_a_router_cannot_tell_from_a_suspended_exchange_waits(other: str) -> None:
    table = agree(("ATIGA", "SUSPENDED", False), ("AANZFTA", other, False))
    asked = {"agreement": None, "environment": Environment.PRODUCTION}
    with pytest.raises(UnavailableError) as failure:
        require(table, **asked)
    assert failure.value.code == "connection.suspended"
    with pytest.raises(RefusedError):
        require(table, **asked | {"agreement": "AANZFTA"})


CARRIED = {
    ("TEST", "test"): {"test"},
    ("PARALLEL", "test"): {"test"},
    ("LIVE", "test"): {"test"},
    ("SUSPENDED", "test"): {"test"},
    ("TEST", "production"): set(),
    ("PARALLEL", "production"): {"parallel"},
    ("LIVE", "production"): {"parallel", "production"},
    ("SUSPENDED", "production"): {"parallel", "production"},
    ("TEST", "parallel"): set(),
    ("PARALLEL", "parallel"): {"parallel"},
    ("LIVE", "parallel"): {"parallel"},
    ("SUSPENDED", "parallel"): {"parallel"},
}
"""Environments that a line may have carried, by its state and by what is served."""


@pytest.mark.parametrize("message_type", ["CustomsReceipt", "CustomsResponse", "TransportAck"])
@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize(("state", "served"), list(CARRIED))
@pytest.mark.parametrize("other", list(ConnectionState))
def test_an_answer_travels_where_its_question_may_have(
    state: str, served: str, environment: Environment, message_type: str, other: ConnectionState
) -> None:
    table = agree(("AANZFTA", other, False), ("ATIGA", state, False))
    asked: dict[str, object] = {
        "sender": "VN",
        "receiver": "TH",
        "message_type": message_type,
        "served": Environment(served),
        "environment": environment,
    }
    by_ours = environment in CARRIED[state, served]
    by_either = by_ours or environment in CARRIED[other, served]
    assert passes(table, **asked, agreement="ATIGA") == by_ours
    assert passes(table, **asked, agreement=None) == by_either
    with pytest.raises(RefusedError) as failure:
        require(table, **asked, agreement="RCEP")
    assert failure.value.code == "connection.none"


def test_an_answer_travels_on_the_terms_of_its_agreement() -> None:
    table = agree(("ATIGA", "LIVE", False), ("AANZFTA", "LIVE", True))
    asked = {"sender": "VN", "receiver": "TH", "message_type": "CustomsResponse"}
    for agreement, protected in (("ATIGA", False), ("AANZFTA", True), (None, True)):
        assert require(table, **asked, agreement=agreement).terms.protected == protected


def test_of_an_unknown_agreement_only_what_may_have_carried_it_asks_for_protection() -> None:
    table = agree(("ATIGA", "LIVE", False), ("AANZFTA", "PARALLEL", True))
    asked = {"sender": "VN", "receiver": "TH", "message_type": "CustomsResponse"}
    for environment, protected in ((Environment.PRODUCTION, False), (Environment.PARALLEL, True)):
        found = require(table, **asked, agreement=None, environment=environment)
        assert found.terms.protected == protected


@pytest.mark.parametrize("state", ["PARALLEL", "LIVE", "SUSPENDED"])
def test_answers_travel_back_also_when_nothing_new_may_come(state: str) -> None:
    table = connect(ConnectionState(state))
    back = {"sender": "VN", "receiver": "TH"}
    for message_type in ("CustomsReceipt", "CustomsResponse", "TransportAck"):
        assert require(table, message_type=message_type, **back).state == state
    assert require(table, message_type="TransportAck").state == state


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            'state = "LIVE"',
            'state = "OPEN"',
            "connection[1]/state: expected TEST, PARALLEL, LIVE or SUSPENDED, found 'OPEN'",
        ),
        ('to = "VN"', 'to = "TH"', "connection[1]: expected two different states, found TH twice"),
        ('from = "TH"', 'from = "THA"', "connection[1]/from: expected two capital letters"),
        (
            "max_items = 50",
            "max_items = 0",
            "terms/max_items: expected a number of at least 1, found 0",
        ),
        (
            "max_items = 50",
            "most_items = 5",
            "connection[1]/terms/most_items: expected no such key",
        ),
        ('"CertificateIssue"', '"TransportAck"', "expected one of AnimalHealthCertificate, "),
        ('from = "AU"\nto = "SG"', 'from = "TH"\nto = "VN"', None),
        ("[[connection]]", "[[connection]", "expected TOML"),
    ],
)
def test_names_what_is_wrong(before: str, after: str, told: str | None) -> None:
    assert before in TABLE
    text = TABLE.replace(before, after, 1)
    if told is None:
        text, told = text.replace('"AANZFTA"', '"ATIGA"'), "each connection once"
    with pytest.raises(RefusedError) as failure:
        parse_connections(text.encode())
    assert failure.value.code == "connection.malformed"
    assert told in failure.value.message


def test_fingerprints_need_a_legal_basis() -> None:
    text = """
    [[connection]]
    from = "TH"
    to = "VN"
    message_type = "CertificateIssue"
    state = "LIVE"
    terms = { fingerprints = true, legal_basis = "LAW" }
    """
    assert parse_connections(text.encode()).connections[0].terms.fingerprints
    with pytest.raises(RefusedError, match="expected legal_basis where fingerprints are agreed"):
        parse_connections(text.replace("LAW", " ").encode())


def test_every_fault_has_a_finding_in_the_words_of_the_table() -> None:
    text = """
    [[connection]]
    from = 3
    message_type = "CertificateIssue"
    state = "LIVE"
    terms = { protected = "perhaps", max_items = "many", legal_basis = false }

    [[connection]]
    from = "TH"
    to = "vn"
    message_type = "CertificateIssue"
    state = ["LIVE"]
    terms = 1
    """
    with pytest.raises(RefusedError) as failure:
        parse_connections(text.encode())
    assert {each.path: each.message for each in failure.value.findings} == {
        "connection[1]/from": "expected a text, found 3",
        "connection[1]/to": "expected this key, found none",
        "connection[1]/terms/protected": "expected true or false, found 'perhaps'",
        "connection[1]/terms/max_items": "expected a whole number, found 'many'",
        "connection[1]/terms/legal_basis": "expected a text, found false",
        "connection[2]/to": "expected two capital letters (ISO 3166-1 alpha-2), found 'vn'",
        "connection[2]/state": "expected TEST, PARALLEL, LIVE or SUSPENDED, found an array",
        "connection[2]/terms": "expected a table, found 1",
    }
    assert failure.value.message.endswith("; 7 more")
    with pytest.raises(RefusedError, match="expected an array of tables"):
        parse_connections(b"connection = 5")


@pytest.mark.parametrize("raw", [b"\xff", b"#" * 2_000_000])
def test_refuses_what_is_no_table(raw: bytes) -> None:
    with pytest.raises(RefusedError) as failure:
        parse_connections(raw)
    assert failure.value.code == "connection.malformed"
