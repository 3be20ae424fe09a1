"""A derivation step by step, each with its rule, as plain text or as a LaTeX document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from derivations.blackboard import Chain, Heading, Item, Words, blackboard
from derivations.derivation_latex import latex_document
from derivations.layer import Layer
from derivations.text import formula

COLUMN = 64
"""Where rules stand at most; what is longer has them on a line of their own."""


def explain(layer: Layer, latex: bool = False) -> str:
    """The derivation of a layer's backward formulas, step by step.

    Parameters
    ----------
    layer : Layer
        Any layer; its optional parameters and the labels of its target are treated at the end.
    latex : bool
        A whole LaTeX document instead of plain text.
    """
    items = list(blackboard(layer))
    return latex_document(items) if latex else _plain(items)


def _plain(items: Sequence[Item]) -> str:
    printers: Mapping[type, Callable[..., str]] = {Heading: _plain_heading, Words: _plain_words, Chain: _plain_chain}
    return "\n".join(printers[type(item)](item) for item in items).strip() + "\n"


def _plain_words(item: Words | Heading) -> str:
    parts = item.parts if isinstance(item, Words) else item.text
    return "".join(p if isinstance(p, str) else formula(p) for p in parts)


def _plain_heading(item: Heading) -> str:
    text = _plain_words(item)
    return f"\n{text}\n{'=-~'[item.level - 1] * len(text)}"


def _plain_chain(item: Chain) -> str:
    rights = [formula(line.right) for line in item.lines]
    whys = [f"({'; '.join(line.rules)})" if line.rules else "" for line in item.lines]
    left = formula(item.left)
    if len(rights) == 1:
        return f"    {left} = {rights[0]}    {whys[0]}".rstrip()
    width = min(max(map(len, rights)), COLUMN)
    return "\n".join([f"    {left}", *map(partial(_plain_line, width), rights, whys)])


def _plain_line(width: int, right: str, why: str) -> str:
    """Rules stand in a column; below a formula that goes too far."""
    gap = "\n" + " " * (width + 12) if why and len(right) > width else " " * (width - len(right) + 4)
    return f"      = {right}{gap}{why}".rstrip()
