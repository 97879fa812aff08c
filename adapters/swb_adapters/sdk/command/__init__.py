"""The command protocol: any executable, in any language, as an adapter.

JSON lines on standard input and output of one long-lived process
(``docs/reference/command-protocol.md``). `serve` makes such an executable of any Python adapter,
``python -m swb_adapters.sdk.command MODULE:OBJECT`` does it on the command line. `CommandAdapter`
is the calling side: an `Adapter` like any other, whose `Channel` is whoever runs the process. What
a process does to whoever waits for it (time, memory, death) is the channel's matter; what it says
is believed only as far as it is checked here.
"""

from swb_adapters.sdk.command.calling import Channel, CommandAdapter
from swb_adapters.sdk.command.protocol import LINE_LIMIT, PROTOCOL, BrokenCommandError
from swb_adapters.sdk.command.serving import answer, serve

__all__ = [
    "LINE_LIMIT",
    "PROTOCOL",
    "BrokenCommandError",
    "Channel",
    "CommandAdapter",
    "answer",
    "serve",
]
