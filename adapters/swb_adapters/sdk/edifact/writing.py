"""From a tree of names to the segments of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk.building import refuse

if TYPE_CHECKING:
    from swb_adapters.sdk.edifact.layout import Layout, Slot
    from swb_adapters.sdk.edifact.segments import Pen
    from swb_adapters.sdk.edifact.texts import TextRule
    from swb_adapters.sdk.mapping import Tree

__all__ = ["write_segments"]


def write_segments(tree: Tree, layout: Layout, pen: Pen) -> list[str]:
    """Write the segments between UNH and UNT, in the order of the structure."""
    rows: list[str] = []
    _write(tree, layout, pen, rows)
    return rows


def _write(tree: Tree, layout: Layout, pen: Pen, rows: list[str]) -> None:
    for member, slots in zip(layout.structure.members, layout.ordered, strict=True):
        if member.says:
            rows.append(pen.write(member.tag, ((member.says,),)))
        count = 0
        for slot in slots:
            node = tree.get(slot.name)
            if node is None:
                continue
            for entry in node if type(node) is list else (node,):
                if slot.text is not None:
                    count += _write_text(entry, slot, slot.text, pen, rows)
                    continue
                count += 1
                rows.append(_write_slot(entry, slot, pen))
                if slot.below is not None:
                    _write(entry, slot.below, pen, rows)
        if count > member.most:
            message = f"expected at most {member.most:,} of them in the message, found {count:,}"
            raise refuse("adapter.value", message, national_path=member.spelled)


def _write_slot(node: Any, slot: Slot, pen: Pen) -> str:  # noqa: ANN401 - a tree, or one value
    if slot.value is not None:
        elements = [[said for said, _ in element] for element in slot.plan]
        _put(elements, *slot.value, node)
        return pen.write(slot.tag, elements)
    get = node.get
    elements = [[said or get(name, "") for said, name in element] for element in slot.plan]
    for each in slot.joined:
        for component, row in enumerate(get(str(each.first), "").split("\n"), start=1):
            _put(elements, each.first, component, row)
    return pen.write(slot.tag, elements)


def _write_text(node: Tree, slot: Slot, rule: TextRule, pen: Pen, rows: list[str]) -> int:
    count = 0
    for code, pieces in rule.part(node.get(str(rule.element), "")):
        known = {} if code else node
        elements = [
            [said or known.get(name, "") for said, name in element] for element in slot.plan
        ]
        if code:
            _put(elements, rule.coded, 1, code)
        for component, piece in enumerate(pieces, start=1):
            _put(elements, rule.element, component, piece)
        rows.append(pen.write(slot.tag, elements))
        count += 1
    return count


def _put(elements: list[list[str]], element: int, component: int, text: str) -> None:
    while len(elements) < element:
        elements.append([])
    parts = elements[element - 1]
    while len(parts) < component:
        parts.append("")
    parts[component - 1] = text
