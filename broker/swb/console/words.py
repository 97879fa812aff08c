"""What the console calls things: facts, stations, parties, document types, and their colours.

Codes (AS1, RES-REC, GIVEN) are the region's and are never translated; beside each stands what it
means, in the reader's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.console.choices import name_country
from swb.console.language import marked
from swb.core.access import AccessRole
from swb.core.figures import Awaited
from swb.core.holding import Station
from swb.core.lifecycle import Fact
from swb_schemas.parties import REGION, parse_party_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb.console.language import Language

__all__ = [
    "AWAITED",
    "FACTS",
    "HUES",
    "ROLES",
    "STATIONS",
    "name_check",
    "name_party",
    "name_state",
    "name_type",
    "say_fact",
]

FACTS: Final[Mapping[Fact, str]] = {
    Fact.AS1: marked("The exporting gateway sealed and committed it."),
    Fact.RELAYED: marked("The region passed it on, and gave a receipt."),
    Fact.AS2: marked("The importing gateway verified and committed it."),
    Fact.AS3: marked("The importing single window has it."),
    Fact.COMPARED: marked("What was delivered in parallel was compared with what came."),
    Fact.DISCARDED: marked("A person gave it up."),
    Fact.REFUSED: marked("It was refused."),
    Fact.RES_NOT: marked("Customs did not receive it, for a technical reason."),
    Fact.RES_REC: marked("Customs received it."),
    Fact.PENDING: marked("Customs answered, and has not decided every item."),
    Fact.GIVEN: marked("Preference was given."),
    Fact.NOT_GIVEN: marked("Preference was not given for at least one item."),
    Fact.CANCELLATION: marked("The issuing authority asked for its cancellation."),
    Fact.CANCELLED: marked("Customs accepted the cancellation."),
    Fact.CANCELLATION_UTILISED: marked("Customs did not cancel it: it is utilised already."),
    Fact.CANCELLATION_UNKNOWN: marked("Customs did not cancel it: it does not know it."),
    Fact.VERIFICATION: marked("Customs asked for a verification."),
    Fact.VERIFICATION_SUSPENDING: marked(
        "Customs asked for a verification; preference is suspended meanwhile."
    ),
    Fact.VERIFICATION_REPLY: marked("The issuing authority said what it found."),
    Fact.VERIFICATION_CONFIRMED: marked("Verified: the goods originate."),
    Fact.VERIFICATION_DENIED: marked("Verified: the goods do not originate, or nothing shows it."),
    Fact.WITHDRAWN: marked("Its authority took it back."),
    Fact.QUARANTINED: marked("Its seal may be that of a thief."),
    Fact.RELEASED: marked("The warning about a stolen key was taken back."),
    Fact.ALIKE: marked("It is like another certificate that is here; people should look."),
    Fact.ASKED_AGAIN: marked("It was asked for once more."),
}
"""What each fact means."""

HUES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (Fact.GIVEN, Fact.RES_REC, Fact.VERIFICATION_CONFIRMED, Fact.AS3, Fact.RELEASED), "good"
    ),
    **dict.fromkeys(
        (
            Fact.PENDING,
            Fact.CANCELLATION,
            Fact.VERIFICATION,
            Fact.VERIFICATION_SUSPENDING,
            Fact.ALIKE,
            Fact.ASKED_AGAIN,
            Fact.WITHDRAWN,
            Fact.CANCELLED,
        ),
        "wait",
    ),
    **dict.fromkeys(
        (
            Fact.REFUSED,
            Fact.DISCARDED,
            Fact.RES_NOT,
            Fact.NOT_GIVEN,
            Fact.VERIFICATION_DENIED,
            Fact.QUARANTINED,
        ),
        "bad",
    ),
}
"""Whether a fact is good news, bad news, or something that people wait for; others are neither."""

STATIONS: Final[Mapping[Station, str]] = {
    Station.EXPORTING_GATEWAY: marked("Gateway {state}"),
    Station.REGION: marked("Region"),
    Station.IMPORTING_GATEWAY: marked("Gateway {state}"),
    Station.SINGLE_WINDOW: marked("Single window {state}"),
    Station.CUSTOMS: marked("Customs {state}"),
}
"""What a station is called."""

AWAITED: Final[Mapping[Awaited, str]] = {
    Awaited.ARRIVAL: marked("arrival at the importing gateway (AS2)"),
    Awaited.DELIVERY: marked("delivery to the single window (AS3)"),
    Awaited.RECEIPT: marked("receipt by customs (RES)"),
    Awaited.RESPONSE: marked("response of customs (GIVEN or NOT GIVEN)"),
}
"""What a document waits for."""

ROLES: Final[Mapping[AccessRole, str]] = {
    AccessRole.VIEWER: marked("viewer"),
    AccessRole.OPERATOR: marked("operator"),
    AccessRole.ADMINISTRATOR: marked("administrator"),
    AccessRole.REGULATOR: marked("regulator"),
    AccessRole.SINGLE_WINDOW: marked("single window"),
    AccessRole.SUBSCRIBER: marked("subscriber"),
}
"""What a principal is here."""

_ROLES: Final[Mapping[str, str]] = {
    "issuing": marked("issuing authority"),
    "customs": marked("customs"),
    "phytosanitary": marked("plant protection"),
    "animal-health": marked("veterinary service"),
    "food-safety": marked("food safety authority"),
    "inspection": marked("inspection body"),
    "gateway": marked("gateway"),
    "router": marked("router"),
    "single-window": marked("single window"),
    "time-stamping": marked("time-stamping authority"),
}

_TYPES: Final[Mapping[str, str]] = {
    "CertificateIssue": marked("Certificate of origin"),
    "DeclarationExtract": marked("Export declaration extract"),
    "DeclarationWithdrawal": marked("Withdrawal of an extract"),
    "PhytosanitaryCertificate": marked("Phytosanitary certificate"),
    "AnimalHealthCertificate": marked("Animal health certificate"),
    "FoodSafetyCertificate": marked("Food safety certificate"),
    "CertificateOfConformity": marked("Certificate of conformity"),
    "CleanReportOfFindings": marked("Clean report of findings"),
    "Cancellation": marked("Cancellation"),
    "CancellationReply": marked("Answer to a cancellation"),
    "CustomsReceipt": marked("Customs receipt"),
    "CustomsResponse": marked("Customs response"),
    "VerificationRequest": marked("Verification request"),
    "VerificationReply": marked("Verification reply"),
    "VerificationOutcome": marked("Verification outcome"),
    "TransportAck": marked("Acknowledgement"),
    "RelayReceipt": marked("Relay receipt"),
    "RetransmissionRequest": marked("Retransmission request"),
    "RetransmissionReply": marked("Retransmission reply"),
    "ExchangeSummary": marked("Summary of a day"),
    "ExchangeList": marked("List of a day"),
    "OutageNotice": marked("Outage notice"),
    "LogCosignature": marked("Cosignature of the log"),
}


def say_fact(name: str, language: Language) -> str:
    """Say what a fact means; of one that this code does not know, nothing."""
    try:
        return language.say(FACTS[Fact(name)])
    except ValueError:
        return ""


def name_state(state: str, language: Language) -> str:
    """Name a state in the reader's language."""
    if state == REGION:
        return language.say("Region")
    return name_country(state, language)


def name_party(urn: str, language: Language) -> str:
    """Name a party by its state, role and office; what is no party's name stays as it is."""
    if not urn.startswith("urn:"):
        return urn
    party = parse_party_id(urn)
    role = language.say(_ROLES.get(party.role, party.role))
    return " ".join(part for part in (party.state, role, party.office) if part)


def name_type(message_type: str, language: Language) -> str:
    """Name a document type; one that has no name here is told by its name in the catalogue."""
    return language.say(_TYPES.get(message_type, message_type))


_CHECKS: Final = frozenset(
    (
        *(marked("store"), marked("trust"), marked("connections"), marked("own keys")),
        *(marked("revocation"), marked("time-stamps"), marked("clock"), marked("access")),
        *(marked("reconciliation"), marked("witness"), marked("national")),
        *(marked("national inward"), marked("step audit"), marked("step collect")),
        *(marked("step deliver"), marked("step dispatch"), marked("step expiries")),
        *(marked("step held"), marked("step overdue"), marked("step overview")),
        *(marked("step reconcile"), marked("step refresh"), marked("step retention")),
        *(marked("step revocation"), marked("step witness"), marked("down"), marked("ends")),
        *(marked("lists"), marked("overdue"), marked("overview"), marked("paper")),
    )
)
"""What health asks of a gateway, and what it notices, by the names that metrics and logs have."""
_CHECKS_OF: Final[Mapping[str, str]] = {
    "adapter": marked("adapter {name}"),
    "line": marked("line {name}"),
    "signer": marked("signer {name}"),
    "token": marked("token {name}"),
}
"""The same of what a gateway may have several of, by the first word."""


def name_check(name: str, language: Language) -> str:
    """Name a check or a notice in the reader's language; in English that is its own name."""
    kind, _, of = name.partition(" ")
    if name in _CHECKS:
        return language.say(name)
    return language.say(_CHECKS_OF.get(kind, "")).format(name=of) or name
