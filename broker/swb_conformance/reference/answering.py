"""A request that somebody read, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_conformance.reference.checking import check
from swb_conformance.reference.making import seal, sign
from swb_conformance.reference.members import MalformedRequestError
from swb_conformance.reference.verifying import open_message, verify
from swb_conformance.target import Verb
from swb_schemas.errors import SwbError, UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["VERBS", "answer_request"]

_ANSWERS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, object]]]] = {
    Verb.CHECK: check,
    Verb.SEAL: seal,
    Verb.OPEN: open_message,
    Verb.SIGN: sign,
    Verb.VERIFY: verify,
}
VERBS: Final = tuple(_ANSWERS)
"""Those that are answered here."""


def answer_request(request: Mapping[str, Any]) -> dict[str, object]:
    """Answer one request.

    Args:
        request: Its members, as JSON has them.

    Returns:
        The members of the answer but for ``id``.
    """
    try:
        verb = request.get("verb")
        answer = _ANSWERS.get(verb) if isinstance(verb, str) else None
        if answer is None:
            return _fail("command.unknown_verb", "expected a verb of the description")
        return answer(request)
    except MalformedRequestError as error:
        return _fail("command.malformed", str(error))
    except SwbError as error:
        verdict = "undetermined" if isinstance(error, UndeterminedError) else "refused"
        findings = [
            {"code": each.code, "message": each.message[:2000], "path": each.path}
            for each in error.findings[:1000]
        ]
        told = {"message": error.message[:2000], "findings": findings}
        return {"verdict": verdict, "code": error.code, **told}
    except Exception as error:  # noqa: BLE001 - a fault of ours; its text may hold payload
        return _fail("internal.fault", f"{type(error).__name__}")


def _fail(code: str, message: str) -> dict[str, object]:
    return {"verdict": "failed", "code": code, "message": message[:300]}
