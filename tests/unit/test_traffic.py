"""Whose traffic a recorded message is."""

from __future__ import annotations

from datetime import date

from swb.core.traffic import Traffic, count_by_member

DAY = date(2026, 11, 22)


def row(sender: str, receiver: str, message_type: str, messages: int, octets: int) -> Traffic:
    return Traffic(
        day=DAY,
        sender=f"urn:swb:party:{sender}",
        receiver=f"urn:swb:party:{receiver}",
        message_type=message_type,
        messages=messages,
        octets=octets,
    )


def test_a_message_is_sent_by_one_member_and_received_by_another() -> None:
    found = count_by_member(
        [
            row("TH:gateway", "VN:gateway", "CertificateIssue", 3, 300),
            row("TH:gateway", "ID:gateway", "CertificateIssue", 2, 20),
            row("REGION:router", "TH:gateway", "RelayReceipt", 5, 50),
        ]
    )
    told = [(e.member, e.direction, e.message_type, e.messages, e.octets) for e in found]
    assert told == [
        ("ID", "received", "CertificateIssue", 2, 20),
        ("TH", "received", "RelayReceipt", 5, 50),
        ("TH", "sent", "CertificateIssue", 5, 320),
        ("VN", "received", "CertificateIssue", 3, 300),
    ]
