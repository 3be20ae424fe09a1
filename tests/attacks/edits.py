"""What an edit of a text is, and the tools to make one: a node of the syntax tree with some of its fields changed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Edit = Callable[[ast.AST], Iterator[ast.AST]]
"""What a node may become; several results are several mutants."""


@dataclass(frozen=True)
class Place:
    """Where a node stands: in a field of its parent, and there at a position if the field is a list."""

    parent: ast.AST
    field: str
    at: int | None

    def holding(self, new: ast.AST) -> Any:
        """What the field holds with another node at this place."""
        before = getattr(self.parent, self.field)
        return new if self.at is None else [*before[: self.at], new, *before[self.at + 1 :]]


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, Place]]:
    """All nodes of a tree but its root, outer ones before inner ones, each with its place."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            for at, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.AST):
                    yield child, Place(parent, field, at if isinstance(value, list) else None)


def unparsed(tree: ast.AST, parent: ast.AST, field: str, value: object) -> str:
    """The text of a tree in which one field holds something else; the tree itself is left as it was."""
    before = getattr(parent, field)
    setattr(parent, field, value)
    try:
        return ast.unparse(tree)
    finally:
        setattr(parent, field, before)


def changed(node: Any, **changes: object) -> Any:
    """A node like another one, but for some fields."""
    made = type(node)(**{**dict(ast.iter_fields(node)), **changes})
    return ast.copy_location(made, node) if hasattr(node, "lineno") else made


def called(node: ast.AST) -> str:
    """The last name of what a call calls; nothing for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return str(getattr(node.func, "attr", "") or getattr(node.func, "id", ""))


def put(values: list[Any], at: int, new: Any) -> list[Any]:
    """A list with something else at one position."""
    return [*values[:at], new, *values[at + 1 :]]


def read(name: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(name, ast.Load())
