"""The calling side of the command protocol (``docs/conformance/command-protocol.md``).

What a process does to whoever waits for it (time, memory, death) is the channel's matter, which
the command ``swb conformance`` passes in; what it says is believed only as far as it is checked
here.
"""

from swb_conformance.protocol.calling import Channel, CommandTarget
from swb_conformance.protocol.describing import check_description
from swb_conformance.protocol.lines import LINE_LIMIT, PROTOCOL, encode_request, parse_answer

__all__ = [
    "LINE_LIMIT",
    "PROTOCOL",
    "Channel",
    "CommandTarget",
    "check_description",
    "encode_request",
    "parse_answer",
]
