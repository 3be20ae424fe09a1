"""What a definition, a claim and a verdict are. Data only; see docs/language.md, sections 1 and 2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sympy import Add, Expr, Idx, Indexed, IndexedBase, Symbol
from sympy.core.relational import Relational


class Expected(Enum):
    """The verdicts a claim can get."""

    PROVEN = "proven"
    REFUTED = "refuted"
    INCOMPLETE = "incomplete"
    DEFINITION = "definition"
    OPEN = "open"


PROVEN, REFUTED, INCOMPLETE, DEFINITION, OPEN = Expected


@dataclass(frozen=True)
class Hyperparameter:
    """A scalar of a layer, with what must hold of it.

    ``safe`` is the closed range, if narrower than the conditions, within which the layer states that
    its results are finite.
    """

    symbol: Symbol
    default: float
    conditions: tuple[Relational, ...] = ()
    safe: tuple[float, float] | None = None


@dataclass(frozen=True)
class Assumption:
    """An equation that holds for every admissible input; ``example`` is an input that satisfies it."""

    left: Expr
    right: Expr
    example: Mapping[Indexed, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A plain number on the right is as good as SymPy's.
        object.__setattr__(self, "right", Add(self.right))


@dataclass(frozen=True)
class Initial:
    """How a parameter starts: uniform in ±bound, bound a formula of sizes; bound 0 gives zeros."""

    bound: Expr


@dataclass(frozen=True)
class Equal:
    """left = right for every value of the free indices."""

    left: Expr
    right: Expr


@dataclass(frozen=True)
class Matrix:
    """A matrix given by its entry; rows and columns are counted with the last index fastest."""

    rows: tuple[Idx, ...]
    columns: tuple[Idx, ...]
    entry: Expr


@dataclass(frozen=True)
class Matrices:
    """Two matrices are the same: same shape, same entry at every position."""

    left: Matrix
    right: Matrix


@dataclass(frozen=True)
class Product:
    """left · right is defined and equals result."""

    left: Matrix
    right: Matrix
    result: Matrix


@dataclass(frozen=True)
class Shape:
    """A matrix has this many rows and columns."""

    matrix: Matrix
    shape: tuple[Expr, Expr]


@dataclass(frozen=True)
class Defines:
    """The document takes an entry to be this; it must equal the layer's own step."""

    entry: Expr
    right: Expr


@dataclass(frozen=True)
class Blank:
    """The document leaves the right side empty; ``derived`` is what should stand there."""

    entry: Expr
    derived: Expr


Statement = Equal | Matrices | Product | Shape | Defines | Blank


@dataclass(frozen=True)
class Claim:
    """One formula of a document, as written, and the verdict that is expected of it.

    ``correction`` is what should stand there when the formula is wrong, ``reason`` says in one sentence
    what is wrong or missing, ``reading`` how the typesetting was read.
    """

    id: str
    statement: Statement
    expected: Expected
    correction: Statement | None = None
    reason: str = ""
    reading: str = ""
    requires: tuple[Assumption, ...] = ()


@dataclass(frozen=True)
class Layer:
    """A layer or a loss: its formula, written once, and what documents claim about it.

    A loss is a layer with a ``target``: its other input is the prediction. ``sizes`` names the
    constructor's arguments that fix the sizes of parameters, ``initial`` how parameters start.
    """

    name: str
    forward: Mapping[Indexed, Expr]
    inputs: tuple[Indexed, ...]
    parameters: tuple[Indexed, ...] = ()
    target: Indexed | None = None
    target_as_label: Mapping[Indexed, Expr] = field(default_factory=dict)
    optional: tuple[IndexedBase, ...] = ()
    hyperparameters: tuple[Hyperparameter, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    sizes: Mapping[str, Expr] = field(default_factory=dict)
    initial: Mapping[IndexedBase, Initial] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    source: str = ""
    claims: tuple[Claim, ...] = ()

    @property
    def steps(self) -> tuple[tuple[Indexed, Expr], ...]:
        """The steps in order, as pairs (left side, right side)."""
        return tuple(self.forward.items())

    @property
    def output(self) -> Indexed:
        """The left side of the last step."""
        return self.steps[-1][0]
