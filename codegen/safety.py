"""Is the emitted text safe to run? No exp, log, root or division may leave its range, nothing may overflow.

The same text is read a second time, with ranges in place of formulas: a text may mean the right thing and
still compute exp(10000). Nothing is known here of how the text was made.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sympy import Expr, Symbol

from codegen.array_ops import Shape
from codegen.intervals import FLOAT64, Limits, Need
from codegen.range_operations import Ranges
from codegen.ranges import Range
from codegen.read_statements import Reading, walk
from codegen.read_values import Argument


@dataclass(frozen=True)
class Obligation:
    """What one operation needs, and whether it is shown.

    ``kind`` is ``exp``, ``log``, ``sqrt``, ``divide``, ``tan``, ``overflow``, ``step`` or ``entry``; none of ``sizes``
    may be 0.
    """

    function: str
    line: int
    expression: str
    kind: str
    shown: bool
    why: str
    sizes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        verdict = "shown" if self.shown else "NOT shown"
        return f"{self.function}, line {self.line}: `{self.expression}`: {self.kind} {verdict}: {self.why}"


@dataclass(frozen=True)
class Safety:
    """All that a function's operations need, and the ranges of what it returns.

    ``readings`` are one for each way through the guards; their ``saved`` is the argument
    ``Saved(reading.saved)`` of the function that takes the saved values.
    """

    obligations: tuple[Obligation, ...]
    readings: tuple[Reading[Range], ...]

    @property
    def is_shown(self) -> bool:
        """Whether nothing is left to show."""
        return not self.open

    def sizes(self, *kinds: str) -> frozenset[str]:
        """The sizes that must not be 0, for needs of these kinds."""
        return frozenset[str]().union(*(one.sizes for one in self.obligations if one.kind in kinds))

    @property
    def open(self) -> tuple[Obligation, ...]:
        """What is not shown."""
        return tuple(obligation for obligation in self.obligations if not obligation.shown)


def check_safety(
    source: str,
    function: str,
    arguments: Mapping[str, Argument[Range]],
    ranges: Mapping[str, tuple[float, float]] | None = None,
    *,
    bound: float = 1e4,
    limits: Limits = FLOAT64,
    only_saved: bool = False,
    size_definitions: Mapping[Symbol, Expr] = MappingProxyType({}),
    shapes: Sequence[Shape] = (),
) -> Safety:
    """What the operations of a plain function need, for all inputs within a range.

    Parameters
    ----------
    source, function, arguments, only_saved, size_definitions
        As for `read_back.read_function`; saved values are those of a `Safety`.
    ranges : mapping, optional
        The closed range of a parameter or of a size, by its name. Every hyperparameter needs one.
    bound : float
        All other arrays, the gradient of the output among them, lie within ± this.
    limits : Limits
        The floating-point type of the arrays. An axis has up to `LONGEST` entries.
    shapes : sequence of tuples of Expr
        The shapes of arrays that have up to `LONGEST` entries in all, among them those that saved values are made of.

    Raises
    ------
    ReadBackError
        If the text is outside the language.
    ValueError
        If a hyperparameter has no range.
    """
    found: dict[Obligation, None] = {}

    def report(node: ast.AST, need: Need) -> None:
        line = getattr(node, "lineno", 0)
        found[Obligation(function, line, ast.unparse(node), need.kind, need.shown, need.why, need.sizes)] = None

    domain = Ranges(ranges or {}, bound, limits, report, shapes)
    readings = walk(source, function, arguments, domain, only_saved, size_definitions)
    return Safety(tuple(found), readings)
