"""What a definition, a claim and a verdict are. Data only; see docs/language.md, sections 1 and 2."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sympy import Add, Expr, Idx, Indexed, IndexedBase, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction
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
    """A scalar of a layer, with what must hold of it. Its default may be another hyperparameter.

    ``safe`` is the closed range, narrower than the conditions, within which the layer states that its results
    are finite; an emitted class refuses a value elsewhere.
    """

    symbol: Symbol
    default: Expr | float
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
class Domain:
    """Where every entry of an input or of a target must lie: between two numbers, or at them if not ``is_open``.

    An end may be infinite. ``remedy`` is what to do about an entry elsewhere, as an error says it.
    """

    low: float
    high: float
    is_open: bool = True
    remedy: str = "clip it"

    def __str__(self) -> str:
        if math.isinf(self.high):
            return f"{'above' if self.is_open else 'at least'} {self.low:g}"
        if math.isinf(self.low):
            return f"{'below' if self.is_open else 'at most'} {self.high:g}"
        if self.is_open:
            return f"strictly between {self.low:g} and {self.high:g}"
        return f"from {self.low:g} to {self.high:g}"


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


@dataclass(frozen=True)
class All:
    """Several statements, each of which holds: what a document writes out unit by unit."""

    parts: tuple[Statement, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("All: a statement without parts says nothing; give it one")


Statement = Equal | Matrices | Product | Shape | Defines | Blank | All


@dataclass(frozen=True)
class At:
    """Where a document writes a formula: the sizes that it fixes, and numbers in place of inputs if it has any."""

    sizes: Mapping[Expr, int] = field(default_factory=dict)
    values: Mapping[Indexed, Expr] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One formula of a document, as written, and the verdict that is expected of it.

    ``correction`` is what should stand there when the formula is wrong, ``reason`` says in one sentence
    what is wrong or missing, ``reading`` how the typesetting was read.

    ``at`` holds the sizes for which the document writes the formula; it is judged there and in general,
    where ``general`` is the same statement for all sizes if ``statement`` spells out the units. ``requires``
    are equations that the document does not state, also of a size, such as H = 2·P, ``declares`` formulas of
    symbols that it does not declare: an entry that was an input, by new inputs.
    """

    id: str
    statement: Statement
    expected: Expected
    correction: Statement | None = None
    reason: str = ""
    reading: str = ""
    requires: tuple[Assumption, ...] = ()
    at: At | None = None
    general: Statement | None = None
    declares: Mapping[Indexed, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.general is not None and (self.at is None or self.at.values):
            raise ValueError(f"{self.id}: general= belongs to a statement that at= puts at fixed sizes")


@dataclass(frozen=True)
class Layer:
    """A layer or a loss: its formula, written once, and what documents claim about it.

    A loss is a layer with a ``target``: its other input is the prediction. ``flags`` names the constructor's
    argument that leaves an ``optional`` parameter out, ``functions`` those that give an unspecified function
    and its derivatives; what is not named there goes by its own name. ``domains`` say where the entries
    of inputs and of the target must lie, such as those of a logarithm. ``sizes`` names the constructor's
    arguments that fix the sizes of parameters, a size or a product of sizes each, or one a spatial axis;
    ``initial`` how parameters start, ``loss`` what the documents call the Loss, ``counted_from`` the number with
    which they begin to count positions.

    ``output_sizes`` are sizes that nothing given has: the number of places of a window, from those of the
    input, the kernel, the stride. ``joined`` holds neighbouring indices of a tensor that the arrays of an
    emitted class show as one axis, the last fastest: (group, channel) as the channels. ``grouped`` names
    the constructor's arguments that stand for one hyperparameter a spatial axis. ``trailing`` is the last index
    of a tensor where arrays show it as one axis or more, the last fastest. ``size_equations`` hold besides: where a
    document fixes a size that others determine, these must give it. No definition states one.
    """

    name: str
    forward: Mapping[Indexed, Expr]
    inputs: tuple[Indexed, ...]
    parameters: tuple[Indexed, ...] = ()
    target: Indexed | None = None
    target_as_label: Mapping[Indexed, Expr] = field(default_factory=dict)
    optional: tuple[IndexedBase, ...] = ()
    flags: Mapping[IndexedBase, str] = field(default_factory=dict)
    functions: Mapping[UndefinedFunction, tuple[str, ...]] = field(default_factory=dict)
    hyperparameters: tuple[Hyperparameter, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    domains: Mapping[IndexedBase, Domain] = field(default_factory=dict)
    sizes: Mapping[str, Expr | tuple[Expr, ...]] = field(default_factory=dict)
    output_sizes: Mapping[Symbol, Expr] = field(default_factory=dict)
    size_equations: tuple[tuple[Expr, Expr], ...] = ()
    joined: Mapping[IndexedBase, tuple[tuple[Idx, ...], ...]] = field(default_factory=dict)
    grouped: Mapping[str, tuple[Symbol, ...]] = field(default_factory=dict)
    trailing: Mapping[IndexedBase, Idx] = field(default_factory=dict)
    initial: Mapping[IndexedBase, Initial] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    source: str = ""
    loss: str = "L"
    counted_from: int = 1
    claims: tuple[Claim, ...] = ()

    @property
    def steps(self) -> tuple[tuple[Indexed, Expr], ...]:
        """The steps in order, as pairs (left side, right side)."""
        return tuple(self.forward.items())

    @property
    def output(self) -> Indexed:
        """The left side of the last step."""
        return self.steps[-1][0]

    def in_free_sizes(self, e: Expr) -> Expr:
        """An expression with every size that others determine put in terms of these."""
        for _ in self.output_sizes:
            e = e.xreplace(dict(self.output_sizes))
        return e

    @property
    def unspecified(self) -> tuple[UndefinedFunction, ...]:
        """The unspecified functions of the steps, by name."""
        found = {applied.func for _, right in self.steps for applied in right.atoms(AppliedUndef)}
        return tuple(sorted(found, key=lambda function: function.__name__))
