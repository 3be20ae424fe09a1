"""Formulas as the fingerprint reads them: small nodes over integer slots, steps resolved by name.

Nothing is rearranged: a node stands for one SymPy expression as it was typed. Only numbers are folded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

Exact = Fraction | int
"""A rational number; whole numbers are ints where that is free, since indices are reckoned with them."""

FUNCTIONS = frozenset({"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "erf"})
BY_EXP = frozenset({"exp", "sinh", "cosh", "tanh"})


class OutOfReach(Exception):
    """A formula says something that the fingerprint has no meaning for; the text says what."""


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One operation. ``free`` are the slots of the indices it depends on, ``reads`` its tensors.

    ``exact`` nodes have integer or rational values at given sizes, indices and labels. ``opaque`` ones
    hold a function or a root, which the exponent side of the field knows only as an unknown.
    """

    kind: str
    children: tuple[Node, ...] = ()
    payload: Any = None
    free: tuple[int, ...] = ()
    reads: frozenset[str] = frozenset()
    exact: bool = False
    opaque: bool = False


@dataclass(slots=True)
class Tensor:
    """A tensor by name: a step has a right side over ``slots``; a label has the axis it lies on."""

    name: str
    axes: list[Node | None]
    slots: tuple[int, ...] = ()
    right: Node | None = None
    label_axis: Node | None = None
    declared: bool = True


@dataclass(frozen=True, slots=True)
class Equation:
    """left = right for all values of the free indices: pairs of a slot and its range."""

    left: Node
    right: Node
    free: tuple[tuple[int, Node, Node], ...]
    example: tuple[tuple[str, tuple[int, ...], Node], ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """The tensors that either side depends on."""
        return self.left.reads | self.right.reads


Comparison = tuple[Node, Node | None, int | None]
"""What is compared: with another formula, with 0, or with itself at another value of a slot."""


@dataclass(frozen=True, slots=True)
class Program:
    """A statement with everything it reads.

    ``sizes`` holds the least value of each size, ``facts`` the formulas of those that others determine,
    ``choices`` the integers that are tried for each hyperparameter that counts steps or places. ``reckons``: a
    position is reckoned from others, ``reach`` is the largest number among these.
    """

    statement: Equation
    assumptions: tuple[Equation, ...]
    conditions: tuple[tuple[str, Node, Node], ...]
    tensors: dict[str, Tensor]
    output: str
    target: str
    sizes: dict[str, int]
    scalars: tuple[str, ...]
    features: frozenset[str]
    numbers: tuple[Fraction, ...]
    comparisons: tuple[Comparison, ...]
    ranges: dict[int, tuple[Node, Node]]
    facts: dict[str, Node]
    choices: dict[str, tuple[int, ...]]
    reckons: bool
    reach: int


def number(value: Exact) -> Node:
    """A rational constant; a whole number is an int."""
    return Node("number", payload=int(value) if value.denominator == 1 else value, exact=True)


def node(kind: str, children: Iterable[Node], payload: Any = None) -> Node:
    """A node over children, with what follows from them; sums and products of numbers are folded."""
    parts = tuple(children)
    if kind in ("add", "multiply") and all(part.kind == "number" for part in parts):
        return number(_fold(kind, [part.payload for part in parts]))
    exact = kind not in ("call", "maximum", "gradient", "jacobian", "max", "min")
    return Node(
        kind,
        parts,
        payload,
        free=tuple(sorted({slot for part in parts for slot in part.free})),
        reads=frozenset().union(*(part.reads for part in parts)),
        exact=(exact and all(part.exact for part in parts)) or kind in ("argmax", "delta", "between"),
        opaque=kind == "call" or any(part.opaque for part in parts),
    )


def _fold(kind: str, values: Sequence[Exact]) -> Exact:
    return sum(values) if kind == "add" else math.prod(values)


def bind(kind: str, term: Node, slot: int, lower: Node, upper: Node) -> Node:
    """A node that binds an index over ``lower … upper``: a sum, a maximum, an arg-max."""
    inner = {free for free in term.free if free != slot}
    free = tuple(sorted(inner.union(lower.free, upper.free)))
    return replace(node(kind, (term, lower, upper), slot), free=free)


def related(statement: Equation, waiting: list[Equation]) -> tuple[Equation, ...]:
    """The equations that share a tensor with the statement, directly or through another, or read none."""
    reads = statement.reads
    kept: list[Equation] = []
    while found := [one for one in waiting if not one.reads or one.reads & reads]:
        waiting = [one for one in waiting if one not in found]
        reads = reads.union(*(one.reads for one in found))
        kept += found
    return tuple(kept)


def slots_of(comparison: Comparison) -> tuple[int, ...]:
    """The slots of the indices that a comparison depends on."""
    left, right, slot = comparison
    return (*left.free, *(right.free if right is not None else ()), *(() if slot is None else (slot,)))


PI = Node("constant", payload="pi", opaque=True)


def call(name: str, u: Node) -> Node:
    """A function at u, with its derivative there as the second child; exp is its own."""
    return node("call", (u, *_slope_of(name, u)), name)


def _slope_of(name: str, u: Node) -> tuple[Node, ...]:
    if name == "exp":
        return ()
    if name.endswith("()"):
        return (_plain(f"{name[:-2]}'()", u),)
    return (_SLOPES[name](u),)


def _plain(name: str, u: Node) -> Node:
    return node("call", (u,), name)


def _minus(u: Node) -> Node:
    return node("multiply", (number(-1), u))


def _plus_one(u: Node) -> Node:
    return node("add", (number(1), u))


def _gauss(u: Node) -> Node:
    return _plain("exp", _minus(_to(u, 2)))


def _to(u: Node, exponent: Exact) -> Node:
    return node("power", (u, number(exponent)))


_SLOPES: dict[str, Callable[[Node], Node]] = {
    "log": lambda u: _to(u, -1),
    "sin": lambda u: _plain("cos", u),
    "cos": lambda u: _minus(_plain("sin", u)),
    "tan": lambda u: _plus_one(_to(_plain("tan", u), 2)),
    "sinh": lambda u: _plain("cosh", u),
    "cosh": lambda u: _plain("sinh", u),
    "tanh": lambda u: _plus_one(_minus(_to(_plain("tanh", u), 2))),
    "atan": lambda u: _to(_plus_one(_to(u, 2)), -1),
    "erf": lambda u: node("multiply", (number(2), _to(PI, Fraction(-1, 2)), _plain("exp", _minus(_to(u, 2))))),
}
