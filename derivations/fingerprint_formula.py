"""Formulas as the fingerprint reads them: small nodes over integer slots, steps resolved by name.

Nothing is rearranged: a node stands for one SymPy expression as it was typed. Only numbers are folded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Program:
    """A statement with everything it reads."""

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


def number(value: Fraction | int) -> Node:
    """A rational constant."""
    return Node("number", payload=Fraction(value), exact=True)


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
        exact=exact and all(part.exact for part in parts) or kind in ("argmax", "delta"),
        opaque=kind == "call" or any(part.opaque for part in parts),
    )


def _fold(kind: str, values: Sequence[Fraction]) -> Fraction:
    total = Fraction(kind == "multiply")
    for value in values:
        total = total + value if kind == "add" else total * value
    return total


def bind(kind: str, term: Node, slot: int, lower: Node, upper: Node) -> Node:
    """A node that binds an index over ``lower … upper``: a sum, a maximum, an arg-max."""
    made = node(kind, (term, lower, upper), slot)
    inner = {free for free in term.free if free != slot}
    free = tuple(sorted(inner.union(lower.free, upper.free)))
    return Node(kind, made.children, slot, free, made.reads, made.exact, made.opaque)


def slope_of(name: str, u: Node) -> tuple[Node, ...]:
    """f′(u) as a formula of u; nothing for exp, which is its own derivative."""
    minus, square = number(-1), node("power", (u, number(2)))
    inverse = number(-1)
    if name.endswith("()"):
        return (_call(f"{name[:-2]}'()", u),)
    slopes: dict[str, Callable[[], Node]] = {
        "log": lambda: node("power", (u, inverse)),
        "sin": lambda: _call("cos", u),
        "cos": lambda: node("multiply", (minus, _call("sin", u))),
        "tan": lambda: node("add", (number(1), node("power", (_call("tan", u), number(2))))),
        "sinh": lambda: _call("cosh", u),
        "cosh": lambda: _call("sinh", u),
        "tanh": lambda: node("add", (number(1), _minus(node("power", (_call("tanh", u), number(2)))))),
        "atan": lambda: node("power", (node("add", (number(1), square)), inverse)),
        "erf": lambda: node("multiply", (number(2), _INVERSE_ROOT_PI, _call("exp", _minus(square)))),
    }
    return (slopes[name](),) if name in slopes else ()


_INVERSE_ROOT_PI = Node(
    "power", (Node("constant", payload="pi", opaque=True), number(Fraction(-1, 2))), opaque=True
)


def _call(name: str, u: Node) -> Node:
    return node("call", (u,), name)


def _minus(u: Node) -> Node:
    return node("multiply", (number(-1), u))
