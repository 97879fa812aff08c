"""From the segments of a message to a tree of names, by structure and layout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.edifact.faults import SyntaxCode, refuse_fault, spell_place
from swb_adapters.sdk.edifact.layout import Layout, Slot
from swb_adapters.sdk.mapping import TEXT
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from swb_adapters.sdk.edifact.interchange import Message
    from swb_adapters.sdk.edifact.segments import Segment
    from swb_adapters.sdk.edifact.structure import Member
    from swb_adapters.sdk.mapping import Tree
    from swb_schemas.errors import RefusedError

__all__ = ["read_segments"]

_LONGEST_TEXT: Final = 40_000
"""Characters of a text in several segments; ten times what a document holds."""
_QUALIFIER: Final = re.compile(r"[A-Z0-9]{1,3}")


class _Open:
    """A message or a group that is being read.

    Attributes:
        layout: What the table knows of it.
        node: Its tree.
        position: Of the last segment in its structure.
        count: How many of that there were.
    """

    __slots__ = ("count", "layout", "node", "position")

    def __init__(self, layout: Layout, node: Tree) -> None:
        self.layout = layout
        self.node = node
        self.position = -1
        self.count = 0


def read_segments(message: Message, layout: Layout) -> Tree:
    """Make a tree of the segments between UNH and UNT.

    Raises:
        RefusedError: ``adapter.schema``: a segment stands where the structure has none, is
            missing, or is there too often.
    """
    tree: Tree = {}
    opened = [_Open(layout, tree)]
    split = message.knife.split
    for number, row in enumerate(message.rows, start=2):
        member = _find_member(opened, number, row[:3])
        _take(opened, member, split(row), number)
    number = len(message.rows) + 2
    while opened:
        here = opened.pop()
        lacking = here.layout.structure.find_lacking(here.position)
        if lacking:
            raise _refuse_lack(number, "UNT", lacking)
    return tree


def _find_member(opened: list[_Open], number: int, tag: str) -> Member:
    """Find where a segment stands, and close the groups that it is not in."""
    here = opened[-1]
    position, lacks = here.layout.structure.find(here.position, tag)
    while position < 0 and len(opened) > 1:
        lacks = here.layout.structure.find_lacking(here.position)
        if lacks:
            raise _refuse_lack(number, tag, lacks)
        opened.pop()
        here = opened[-1]
        position, lacks = here.layout.structure.find(here.position, tag)
    if position < 0:
        found = f"expected no {tag} here by the structure of the message, found one"
        raise _refuse(SyntaxCode.POSITION, number, tag, found)
    if lacks:
        raise _refuse_lack(number, tag, lacks)
    member = here.layout.structure.members[position]
    here.count = here.count + 1 if position == here.position else 1
    here.position = position
    if here.count > member.most:
        found = f"expected it at most {member.most:,} times, found it once more"
        code = SyntaxCode.GROUPS if member.name else SyntaxCode.REPETITIONS
        raise _refuse(code, number, tag, found)
    return member


def _refuse(code: SyntaxCode, number: int, tag: str, message: str) -> RefusedError:
    return refuse_fault(code, spell_place(number, tag), message, code="adapter.schema")


def _refuse_lack(number: int, tag: str, lacking: str) -> RefusedError:
    return _refuse(SyntaxCode.MISSING, number, tag, f"expected {lacking} before it, found none")


def _take(opened: list[_Open], member: Member, segment: Segment, number: int) -> None:
    """Put a segment into the tree that is open."""
    if member.says:
        if segment[1:] != [[member.says]]:
            told = segment[1][0] if len(segment) > 1 else ""
            found = f"expected {member.says!r}, found {quote_value(told)}"
            raise _refuse(SyntaxCode.VALUE, number, member.tag, found)
        return
    here = opened[-1]
    slot = next((each for each in here.layout.slots[here.position] if each.fits(segment)), None)
    if slot is None:
        node = _add_unknown(segment, member, here.node)
    else:
        node = _fill(segment, slot)
        if slot.text is not None and _goes_on(segment, slot, node, here.node, number):
            return
        whole = slot.value is not None and list(node) == [TEXT]
        _add(here.node, slot.name, node[TEXT] if whole else node, repeated=slot.repeated)
    if member.group is not None:
        below = slot.below if slot is not None else None
        opened.append(_Open(below or Layout(member.group, None, {}), node))


def _add(tree: Tree, name: str, node: Any, *, repeated: bool) -> None:  # noqa: ANN401 - text or a tree
    former = tree.get(name)
    if isinstance(former, list):
        former.append(node)
    elif former is not None:
        tree[name] = [former, node]
    else:
        tree[name] = [node] if repeated else node


def _fill(segment: Segment, slot: Slot) -> Tree:
    node: Tree = {}
    names, said = slot.names, slot.said
    element = 0
    for components in segment:
        if element and element not in slot.passed:
            component = 0
            for part in components:
                component += 1
                if not part or (element, component) in said:
                    continue
                name = names.get((element, component))
                if name is None:
                    name = f"{element}.{component}" if len(components) > 1 else str(element)
                node[name] = part
        element += 1
    for each in slot.joined:
        rows = [part for e in segment[each.first : each.last + 1] for part in e if part]
        if rows:
            node[str(each.first)] = "\n".join(rows)
    return node


def _goes_on(segment: Segment, slot: Slot, node: Tree, here: Tree, number: int) -> bool:
    """Put the text into a node; or add it to the one before, where the segment goes on with it."""
    rule = slot.text
    if rule is None:
        return False
    text = rule.join(segment[rule.element] if len(segment) > rule.element else ())
    code = segment[rule.coded][0] if len(segment) > rule.coded else ""
    parts = rule.continues(code)
    known = here.get(slot.name)
    if isinstance(known, list):
        known = known[-1]
    name = str(rule.element)
    if parts is None and not rule.line and known is not None and not slot.repeated:
        parts = "\n"
    if parts is None:
        if text:
            node[name] = text
        if code:
            node[str(rule.coded)] = code
        return False
    if known is None or any(known.get(each) != value for each, value in node.items()):
        place = spell_place(number, slot.tag, rule.coded)
        message = f"expected the text before it that {code or 'it'} goes on with, found none"
        raise refuse_fault(SyntaxCode.VALUE, place, message, code="adapter.schema")
    whole = f"{known.get(name, '')}{parts}{text}"
    if len(whole) > _LONGEST_TEXT:
        place = spell_place(number, slot.tag, rule.element)
        message = f"expected a text of at most {_LONGEST_TEXT:,} characters, found a longer one"
        raise refuse_fault(SyntaxCode.LONG, place, message, code="adapter.value")
    known[name] = whole
    return True


def _add_unknown(segment: Segment, member: Member, tree: Tree) -> Tree:
    """Add a segment that the table does not name, so that it is declared as not carried."""
    node: Tree = {}
    for element, components in enumerate(segment[1:], start=1):
        for component, part in enumerate(components, start=1):
            if part:
                node[f"{element}.{component}"] = part
    qualifier = segment[1][0] if len(segment) > 1 else ""
    name = member.spelled
    if _QUALIFIER.fullmatch(qualifier):
        name += f"+{qualifier}"
    _add(tree, name, node, repeated=False)
    return node
