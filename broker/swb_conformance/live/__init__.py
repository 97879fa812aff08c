"""The live half of the suite: a real gateway is tried on its line, whatever it is written in.

The suite plays everybody else: the region's router and the other states. How a gateway is brought
before it is told in docs/conformance/live.md.
"""

from swb_conformance.live.acts import (
    Act,
    ActError,
    CannotActError,
    CommandAct,
    NoAct,
    Step,
    Told,
)
from swb_conformance.live.amqp import AmqpWire
from swb_conformance.live.background import Background
from swb_conformance.live.keeping import KeptRun
from swb_conformance.live.leading import CONSENTING, FIRST, KINDS, SILENT, Kind, find_kind
from swb_conformance.live.listing import list_cases, list_plays
from swb_conformance.live.material import FORMAT, ROLES, Material, load_material
from swb_conformance.live.pairing import Pair, list_pair_cases, name_line
from swb_conformance.live.person import PersonAct
from swb_conformance.live.stage import Patience, Stage
from swb_conformance.live.steps import STEP_LIMIT, AskedStep, parse_step
from swb_conformance.live.wire import Wire, WireError

__all__ = [
    "CONSENTING",
    "FIRST",
    "FORMAT",
    "KINDS",
    "ROLES",
    "SILENT",
    "STEP_LIMIT",
    "Act",
    "ActError",
    "AmqpWire",
    "AskedStep",
    "Background",
    "CannotActError",
    "CommandAct",
    "KeptRun",
    "Kind",
    "Material",
    "NoAct",
    "Pair",
    "Patience",
    "PersonAct",
    "Stage",
    "Step",
    "Told",
    "Wire",
    "WireError",
    "find_kind",
    "list_cases",
    "list_pair_cases",
    "list_plays",
    "load_material",
    "name_line",
    "parse_step",
]
