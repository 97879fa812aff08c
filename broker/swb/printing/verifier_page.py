"""Writes the page that verifies printed certificates in a browser, without a network.

The page is one file. What it trusts is in it: the issuing seals of a trust bundle, as they were
judged when it was written, until when each list speaks. So it is as much worth as the way by which
it came to whoever opens it, and is written anew when lists are.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

import jinja2
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from markupsafe import Markup

from swb_schemas.catalogue import get_type
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.parties import parse_party_id
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from swb_schemas.wire.trust import TrustBundle

__all__ = ["write_verifier_page"]


def write_verifier_page(trust: TrustBundle, at: datetime) -> str:
    """Write the page.

    Args:
        trust: Whose issuing seals it knows.
        at: When it is written.
    """
    seals = list(_list_seals(trust, at))
    written_at = format_instant(at.replace(microsecond=0))
    scripts = [_read("vendor/qr-decoder.js"), _read("templates/verifier.js")]
    style = _read("templates/verifier.css")
    known = {
        "environment": trust.environment,
        "issuers": sorted(get_type("CertificateIssue").issuers),
        "written_at": written_at,
        "seals": seals,
    }
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("swb.printing"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("verifier.html.j2").render(
        hashes=Markup(" ").join(f"'{_hash(each)}'" for each in scripts),
        style_hash=_hash(style),
        style=Markup(style),  # noqa: S704 - ours
        scripts=[Markup(each) for each in scripts],  # noqa: S704 - ours
        # A certificate's party is the only text of others, and has no "<".
        seals=Markup(json.dumps(known).replace("<", "\\u003c")),  # noqa: S704 - as above
        states=", ".join(sorted({parse_party_id(str(each["party"])).state for each in seals})),
        written_at=written_at,
        environment=trust.environment,
    )


def _list_seals(trust: TrustBundle, at: datetime) -> Iterator[dict[str, object]]:
    """List the issuing seals with what was known against each."""
    purpose = get_type("CertificateIssue").seal_purpose
    for state in trust.lists.values():
        ends = [state.expires_at, *([state.roots_expire_at] if state.roots_expire_at else [])]
        for party, entries in state.parties.items():
            for entry in entries:
                if entry.purpose is not purpose:
                    continue
                fault: RefusedError | UndeterminedError | None = None
                try:
                    trust.judge_certificate(
                        entry.certificate.der,
                        party=parse_party_id(party),
                        purpose=purpose,
                        moments=(entry.holds_from,),
                        at=at,
                    )
                except (RefusedError, UndeterminedError) as found:
                    fault = found
                key = entry.certificate.public_key.public_bytes(
                    Encoding.X962, PublicFormat.UncompressedPoint
                )
                yield {
                    "party": party,
                    "id": entry.certificate.thumbprint.partition(":")[2],
                    "key": base64.b64encode(key).decode(),
                    "from": format_instant(entry.holds_from),
                    "until": format_instant(entry.holds_until),
                    "list_until": format_instant(min(ends)),
                    "fault": fault.code if fault else None,
                    "verdict": fault.family if fault else None,
                }


def _read(name: str) -> str:
    return (files("swb.printing") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Name an inline script or style as a Content-Security-Policy does."""
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"
