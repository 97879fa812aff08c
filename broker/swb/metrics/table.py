"""Every metric: its name, kind, unit, labels and meaning. The page in the docs is made of it.

A name is never given a new meaning. Who measures something new adds it here, and the alarm that
rests on it to ``deploy/prometheus/alarms.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["LABELS", "METRICS", "Kind", "Metric"]


class Kind(StrEnum):
    """How a value behaves."""

    COUNTER = "counter"
    """Only grows, until the process ends."""
    GAUGE = "gauge"
    """As it is when it is asked for."""
    HISTOGRAM = "histogram"
    """How many values were at most so large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    Attributes:
        name: As Prometheus shows it; a histogram has ``_bucket``, ``_sum`` and ``_count`` of it.
        kind: How it behaves.
        unit: Of its value.
        labels: By what it is told apart; see `LABELS`.
        meaning: One sentence or two.
    """

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...]
    meaning: str


LABELS: Final = {
    "action": "Name of a log action, as in the page on logs; `other` for those of libraries.",
    "check": "Name of a check, as in `/health/ready`.",
    "code": "Error code, as in the page on error codes; `other` for any other.",
    "destination": "State whose line or national system something waits for; of one that is down "
    "its name, as in the log.",
    "direction": "`in` or `out`, seen from this process.",
    "feed": "What the store records in order: `facts` of documents, or `remarks` when judging.",
    "kind": "What waits: `outbound` messages, `deliveries` to the national system, `held` ones.",
    "level": "Level of a log record.",
    "line": "Member whose line it is.",
    "node": "State and roles of one configured daemon of the process, such as `TH gateway`.",
    "notice": "Name of a notice, as in `/health/ready`.",
    "operation": "Operation of the message store, or of the HTTP API by its `operationId`; `other` "
    "where a request was refused before it was one.",
    "outcome": "What came of it; the values are named with the metric.",
    "party": "Party and purpose of a certificate; empty for what is not a party's.",
    "state": "State that it belongs to.",
    "status": "Status of an HTTP answer.",
    "subject": "What ends: `certificate`, `list`, `root`, `root statement`, `issuing authority`.",
    "type": "Message type of the catalogue; `unknown` where it could not be read.",
    "version": "Of this program.",
}
"""What each label holds. All are bounded by configuration, catalogue or code."""


def _counter(name: str, unit: str, labels: str, meaning: str) -> Metric:
    return Metric(
        name=name, kind=Kind.COUNTER, unit=unit, labels=tuple(labels.split()), meaning=meaning
    )


def _gauge(name: str, unit: str, labels: str, meaning: str) -> Metric:
    return Metric(
        name=name, kind=Kind.GAUGE, unit=unit, labels=tuple(labels.split()), meaning=meaning
    )


def _histogram(name: str, labels: str, meaning: str) -> Metric:
    return Metric(
        name=name,
        kind=Kind.HISTOGRAM,
        unit="seconds",
        labels=tuple(labels.split()),
        meaning=meaning,
    )


METRICS: Final = (
    # traffic
    _counter(
        "swb_messages_total",
        "messages",
        "node line direction type outcome",
        "Messages by line. In: `new`, `repeat`, `conflict`, `refused`, `held`, `released` (given "
        "back to the line: the store took nothing), `faulted`. Out: `confirmed`, `failed`.",
    ),
    _counter(
        "swb_message_octets_total",
        "octets",
        "node line direction type outcome",
        "Octets of the same messages.",
    ),
    _counter(
        "swb_failures_total",
        "failures",
        "node operation code",
        "What was refused, held or failed, by code: `judge` a received message, `publish`, "
        "`hand over` to the national system, `submit` a payload; or an operation of the store.",
    ),
    _counter(
        "swb_payloads_total",
        "payloads",
        "node outcome",
        "National payloads that were put aside: `accepted` or `refused`.",
    ),
    _counter(
        "swb_handed_over_total",
        "documents",
        "node type outcome",
        "Documents given to the national system: `done` or `failed`.",
    ),
    _counter(
        "swb_api_requests_total",
        "requests",
        "node operation status",
        "Requests to the HTTP API, counted when their answer begins.",
    ),
    # durations
    _histogram(
        "swb_judging_seconds",
        "node line",
        "From taking a received message up to its commit, refusal or holding.",
    ),
    _histogram(
        "swb_publish_seconds",
        "node line",
        "From publishing a message to the transport's confirmation, or the failure.",
    ),
    _histogram("swb_settle_seconds", "node line", "Settling a delivery with the transport."),
    _histogram("swb_hand_over_seconds", "node", "Giving one document to the national system."),
    _histogram(
        "swb_store_seconds",
        "node operation",
        "One operation of the message store, waiting for the commit included.",
    ),
    _histogram(
        "swb_api_seconds",
        "node operation",
        "From the head of a request to the HTTP API up to the beginning of its answer.",
    ),
    # what is under way, what waits
    _gauge(
        "swb_in_flight_messages",
        "messages",
        "node line direction",
        "Offered and not settled (in), published and not confirmed (out).",
    ),
    _gauge("swb_in_flight_octets", "octets", "node line direction", "Octets of the same messages."),
    _gauge("swb_waiting", "rows", "node kind destination", "What waits in the store."),
    _gauge(
        "swb_oldest_waiting_seconds",
        "seconds",
        "node kind destination",
        "Age of the oldest that waits.",
    ),
    _gauge("swb_parked", "rows", "node kind destination", "What waits for a person."),
    _gauge(
        "swb_destination_down",
        "1",
        "node destination code",
        "Present while a line or the national system counts as down: why. It is probed meanwhile.",
    ),
    _gauge("swb_buried", "messages", "node", "Dead letters in the store."),
    # health
    _gauge("swb_ready", "0 or 1", "node", "Whether every check of the node is `ok`."),
    _gauge("swb_check_ok", "0 or 1", "node check", "Whether a check is `ok`."),
    _gauge("swb_check_failing", "1", "node check code", "Present while a check fails: why."),
    _gauge(
        "swb_notices",
        "subjects",
        "node notice",
        "Things that a person should look at though everything works.",
    ),
    _gauge("swb_draining", "0 or 1", "", "Whether the process was asked to end."),
    _gauge(
        "swb_without_line",
        "members",
        "node",
        "Members of the table of connections that the router has no line to: restart it.",
    ),
    _gauge(
        "swb_held_back_seconds",
        "seconds",
        "node line",
        "For how long a member's line was read no faster than its quota allows, since the start.",
    ),
    # trust and time
    _gauge(
        "swb_expires_seconds",
        "seconds",
        "node subject state party",
        "Until the end of what trust rests on, of several the earliest; below 0 after it.",
    ),
    _gauge(
        "swb_trust_list_age_seconds",
        "seconds",
        "node state",
        "Since a state issued the trust list that is in force.",
    ),
    _gauge(
        "swb_distrusted_keys",
        "keys",
        "node",
        "Own keys that the lists in force or the operator speak against: nothing is signed.",
    ),
    _gauge(
        "swb_unstamped_seconds",
        "seconds",
        "node",
        "Age of the oldest file without a time-stamp.",
    ),
    _gauge(
        "swb_uncounted",
        "entries",
        "node feed",
        "What the store recorded and the figures of the overview do not count yet.",
    ),
    # the process
    _histogram(
        "swb_loop_lag_seconds",
        "",
        "By how much the event loop came too late to what was due.",
    ),
    _counter("swb_log_records_total", "records", "level action", "Log records by action."),
    _gauge("swb_info", "1", "version", "The program's version."),
)
