"""What a formula leaves open once its steps and gradients are put in: sizes, entries, labels, scalars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice, product
from typing import Any

from sympy import Basic, Expr, Idx, Indexed, KroneckerDelta, Rational, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derivations.candidates import small_sizes
from derivations.derivation import label_axes
from derivations.evaluate import Definitions, Point, evaluate
from derivations.layer import Assumption
from derivations.notation import d, name_of, size_of
from derivations.numbers import NoValue, differ
from derivations.setting import Setting
from derivations.substitution import free_indices

INTEGERS = (0, 1, 2, 3, -1)
"""Candidates for an integer hyperparameter."""
MOST_SIZES = 4000
"""How many choices of sizes and integers are looked at."""
POLYNOMIALS: tuple[tuple[int, ...], ...] = ((0, 0, 1), (0, 1, 1), (0, 0, 0, 1))
"""What unspecified functions stand for, in the order of their names: coefficients, constant first."""


@dataclass
class Unknowns:
    """The names that values are chosen for.

    ``tensors`` has the axes of every tensor without a formula, labels included; ``labels`` the axis that a
    label's values lie on; ``given`` the axes of tensors whose values an assumption's example fixes;
    ``integers`` hyperparameters such as a stride, which are chosen beside the sizes.
    """

    setting: Setting
    definitions: Definitions
    sizes: list[str] = field(default_factory=list)
    tensors: dict[str, tuple[Expr, ...]] = field(default_factory=dict)
    labels: dict[str, Expr] = field(default_factory=dict)
    scalars: list[str] = field(default_factory=list)
    integers: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    given: dict[str, tuple[Expr, ...]] = field(default_factory=dict)
    assumptions: list[Assumption] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)

    def some_sizes(self) -> Iterator[dict[str, int]]:
        """Small sizes and integers under the layer's conditions, with the sizes that these determine."""
        layer = self.setting.layer
        known = {str(size): layer.in_free_sizes(e) for size, e in layer.output_sizes.items()}
        formulas = {name: e for name, e in known.items() if name in self.sizes}
        free = [name for name in self.sizes if name not in formulas]
        equations = [tuple(map(layer.in_free_sizes, sides)) for sides in layer.size_equations]
        integers = {name: [v for v in INTEGERS if self._is_allowed(name, Fraction(v))] for name in self.integers}
        for sizes in islice(small_sizes(free, integers), MOST_SIZES):
            point = Point(sizes, {})
            try:
                fits = not any(differ(*(evaluate(e, point) for e in each)) for each in equations)
                found = {name: evaluate(e, point) for name, e in formulas.items()}
            except NoValue:  # such as V//J for J = 0
                continue
            if fits and self._allow(sizes) and all(c >= 0 and c.denominator == 1 for c in found.values()):
                yield {name: sizes[name] if name in sizes else int(found[name]) for name in (*self.sizes, *integers)}

    def _allow(self, sizes: Mapping[str, int]) -> bool:
        """Whether all conditions hold that speak of these sizes alone."""
        return self._hold([c for c in self._conditions if {str(s) for s in c.free_symbols} <= set(sizes)], sizes)

    @cached_property
    def _conditions(self) -> list[Relational]:
        return [c for hyper in self.setting.layer.hyperparameters for c in hyper.conditions]

    def _hold(self, conditions: Iterable[Relational], values: Mapping[str, int | Fraction]) -> bool:
        exact = {name: Rational(v.numerator, v.denominator) for name, v in values.items()}
        return all(bool(c.subs({s: exact[str(s)] for s in c.free_symbols})) for c in conditions)

    def domains(self, sizes: Mapping[str, int], reals: Sequence[Fraction]) -> list[list[Fraction]]:
        """The candidates for each entry, then for each scalar, in the order that `point` takes them."""
        found: list[list[Fraction]] = []
        for name, places in self._places(sizes):
            axis = self.labels.get(name)
            domain = list(reals) if axis is None else list(map(Fraction, range(_size(axis, sizes))))
            found += [domain] * len(places)
        return found + [[v for v in reals if self._is_allowed(name, v)] for name in self.scalars]

    def point(self, sizes: Mapping[str, int], values: Sequence[Fraction]) -> Point | None:
        """The point with these values; None where it breaks an assumption, or a condition on several of them."""
        left = iter(values)
        tensors = {name: {place: next(left) for place in places} for name, places in self._places(sizes)}
        scalars = {name: next(left) for name in self.scalars}
        joining = [c for c in self._conditions if len(c.free_symbols) > 1 and {*map(str, c.free_symbols)} & {*scalars}]
        if not self._hold(joining, {**sizes, **scalars}):
            return None
        functions = {name: POLYNOMIALS[r % len(POLYNOMIALS)] for r, name in enumerate(self.functions)}
        point = Point(sizes, tensors, scalars, self.definitions, functions)
        return point if all(_holds(assumption, point) for assumption in self.assumptions) else None

    def shown(self, point: Point) -> dict[str, Any]:
        """The values for a reader: nested lists of rationals as text, polynomials for unspecified functions."""
        values: dict[str, Any] = {}
        for name, axes in {**self.tensors, **self.given}.items():
            if name in self.named or name not in self.labels:
                values[name] = _nested(name, axes, point)
        values |= {name: str(value) for name, value in point.scalars.items()}
        return values | {f"{name}(u)": _polynomial(c) for name, c in point.functions.items()}

    def _places(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, list[tuple[int, ...]]]]:
        for name, axes in self.tensors.items():
            yield name, list(product(*(range(_size(axis, sizes)) for axis in axes)))

    def _is_allowed(self, name: str, value: Fraction) -> bool:
        exact = Rational(value.numerator, value.denominator)
        known = [h for h in self.setting.layer.hyperparameters if str(h.symbol) == name]
        return all(bool(c.subs(h.symbol, exact)) for h in known for c in h.conditions if c.free_symbols == {h.symbol})

    def collect(self, e: Basic) -> None:
        """Note every name that an expression depends on."""
        if isinstance(e, Indexed):
            self._collect_entry(e)
        elif isinstance(e, Idx):
            self.collect(size_of(e))
        elif isinstance(e, Symbol):
            kind = self.scalars if not e.is_integer else self.sizes if e.is_nonnegative else self.integers
            if str(e) not in kind:
                kind.append(str(e))
                self.collect(self.setting.layer.output_sizes.get(e, e))
                for condition in self._conditions:
                    for other in sorted(condition.free_symbols if e in condition.free_symbols else (), key=str):
                        self.collect(other)
        else:
            if isinstance(e, AppliedUndef):
                name = e.func.__name__.rstrip("'")
                self.functions += [] if name in self.functions else [name]
            for part in e.args:
                self.collect(part)

    def _collect_entry(self, e: Indexed) -> None:
        name = name_of(e)
        for index in e.indices:
            self.collect(index)
        if name in self.read:
            return
        self.read.add(name)
        if name not in self.definitions:
            axes = _declared(self.setting).get(name) or tuple(map(_axis_of, e.indices))
            self.tensors[name] = axes
            for axis in axes:
                self.collect(axis)
            if e.is_integer:
                self.labels[name] = _label_axes(self.setting)[name]
                self.collect(self.labels[name])
            return
        formal, formula = self.definitions[name]
        if any(name_of(entry) == name for a in self.setting.layer.assumptions for entry in a.example):
            self.given[name] = tuple(map(size_of, formal))
        for part in (*formal, formula):
            self.collect(part)


def unknowns_of(setting: Setting, sides: Sequence[Expr]) -> Unknowns:
    """What these formulas leave open in a setting, inputs first, as declared."""
    found = Unknowns(setting, setting.definitions())
    for side in sides:
        found.named |= {name_of(e) for e in side.atoms(Indexed)}
        found.collect(side)
    for side in (side for sides in setting.layer.size_equations for side in sides):
        found.collect(side)
    for assumption in setting.layer.assumptions:
        reads = {name_of(e) for e in (assumption.left - assumption.right).atoms(Indexed)}
        if reads & found.read or not reads:
            found.assumptions.append(assumption)
            found.collect(assumption.left - assumption.right)
    rank = {name: r for r, name in enumerate(_declared(setting))}
    found.tensors = dict(sorted(found.tensors.items(), key=lambda t: (rank.get(t[0], len(rank)), t[0])))
    found.sizes.sort()
    found.functions.sort()
    return found


def _declared(setting: Setting) -> dict[str, tuple[Expr, ...]]:
    """The axes of everything that a layer is given, its output's gradient last."""
    layer = setting.layer
    entries = [*layer.inputs, *layer.parameters, *([layer.target] if layer.target is not None else [])]
    found = {name_of(e): tuple(map(size_of, e.indices)) for e in entries}
    return found | {name_of(d(layer.output.base)): tuple(map(size_of, layer.output.indices))}


def _label_axes(setting: Setting) -> dict[str, Expr]:
    """The axes of labels: those that give a target, and those in an assumption's example."""
    found = dict(label_axes(setting.layer))
    for assumption in setting.layer.assumptions:
        for right in assumption.example.values():
            for match in sorted(right.atoms(KroneckerDelta), key=str):
                index, label = sorted(match.args, key=lambda a: isinstance(a, Indexed))
                if isinstance(label, Indexed):
                    found[name_of(label)] = size_of(index)
    return found


def _axis_of(index: Expr) -> Expr:
    if not isinstance(index, Idx):
        raise ValueError(
            f"a tensor that the layer does not declare is read at {index}, whose axis is not known"
        )
    return size_of(index)


def _size(axis: Expr, sizes: Mapping[str, int]) -> int:
    return int(evaluate(axis, Point(sizes, {})))


def _holds(assumption: Assumption, point: Point) -> bool:
    free = free_indices(assumption.left - assumption.right)
    try:
        for place in product(*(range(_size(size_of(i), point.sizes)) for i in free)):
            at = dict(zip(free, place, strict=True))
            if differ(evaluate(assumption.left, point, at), evaluate(assumption.right, point, at)):
                return False
    except NoValue:
        return False
    return True


def _nested(name: str, axes: Sequence[Expr], point: Point, place: tuple[int, ...] = ()) -> Any:
    if len(place) < len(axes):
        count = _size(axes[len(place)], point.sizes)
        return [_nested(name, axes, point, (*place, p)) for p in range(count)]
    if name in point.tensors:
        return str(point.tensors[name][place])
    formal, formula = point.definitions[name]
    at = {f: p for f, p in zip(formal, place, strict=True) if isinstance(f, Idx)}
    return str(evaluate(formula, point, at))


def _polynomial(coefficients: Sequence[int]) -> str:
    terms = [("", "u", "u²", "u³")[power] for power, c in enumerate(coefficients) if c]
    return " + ".join(reversed(terms))
