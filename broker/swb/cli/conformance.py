"""``swb conformance``: whether an implementation fits, whatever language it is written in."""

from __future__ import annotations

from typing import Final

from swb.cli.lazy import CommandEntry, LazyGroup

__all__ = ["command"]

_COMMANDS: Final = {
    "run": CommandEntry(
        "swb.cli.conformance_run:command", "Try a program or a gateway by a profile."
    ),
    "list": CommandEntry(
        "swb.cli.conformance_listing:command", "List profiles, requirements and cases."
    ),
    "explain": CommandEntry(
        "swb.cli.conformance_explaining:command", "Look a requirement or a case up."
    ),
    "prepare": CommandEntry(
        "swb.cli.conformance_prepare:command", "Make keys and trust for testing a gateway."
    ),
    "act": CommandEntry(
        "swb.cli.conformance_act:command", "Do at a drop folder what a live test asks for."
    ),
    "pair": CommandEntry(
        "swb.cli.conformance_pair:command", "Test what two states agree on before they connect."
    ),
    "statement": CommandEntry(
        "swb.cli.conformance_statement:sign_command", "Sign what a report says."
    ),
    "verify-statement": CommandEntry(
        "swb.cli.conformance_statement:verify_command", "Verify a conformance statement."
    ),
}

_HELP: Final = """Try an implementation: a program behind the command protocol, or a live gateway.

How a state uses it is in docs/conformance.
"""

command: Final = LazyGroup("conformance", _COMMANDS, _HELP)
command.short_help = "Try whether an implementation fits, and state that it does."
