"""From SymPy to forms, and the judgement ``is_zero``: exact, for all sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sympy import (
    Abs,
    Add,
    Expr,
    Idx,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    cos,
    cosh,
    cot,
    coth,
    erf,
    exp,
    log,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy import atan as arctan
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1

from derivations.form import (
    ONE,
    Form,
    Index,
    NotShown,
    add,
    atom_form,
    constant,
    multiply,
    scale,
    subtract,
)
from derivations.form_functions import exponential, logarithm, positive, power, zero_at
from derivations.form_sums import (
    Bound,
    equal_indices,
    maximum,
    rename,
    settle,
    size_form,
    sum_over,
    variable,
    zero_affine,
)
from derivations.form_zero import is_zero_form
from derivations.notation import argmax_over, is_zero_at, maximum_over, name_of, size_of
from derivations.notation import positive as positive_head

OPAQUE = (sin, cos, tan, arctan, erf)
MOST_UNROLLED = 12


@dataclass(frozen=True)
class Meaning:
    """What names stand for: steps and gradients by their formulas, label axes, signs of scalars.

    ``definitions`` maps a tensor's name to (its indices, its formula), ``axes`` to the sizes of its axes,
    ``labels`` a label's name to the size of the axis its values lie on, ``signs`` a scalar's name to "+",
    "0" or "". ``rules`` rewrite forms under the layer's assumptions.
    """

    definitions: Mapping[str, tuple[tuple[Idx, ...], Expr]] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[tuple[Form, Form], ...] = ()
    forms: dict[str, Form] = field(default_factory=dict, compare=False)


def is_zero(expression: Expr, meaning: Meaning | None = None) -> bool:
    """Whether an expression is shown to be 0 for all sizes and values. False means "not shown"."""
    known = meaning or Meaning()
    try:
        return is_zero_form(to_form(expression, known), known.rules)
    except (NotShown, RecursionError):
        return False


def to_form(expression: Expr, meaning: Meaning) -> Form:
    """The normal form of an expression."""
    return settle(_form(expression, meaning))


def _form(e: Expr, meaning: Meaning) -> Form:
    if isinstance(e, Rational):
        return constant(Fraction(int(e.p), int(e.q)))
    for kind, rule in _RULES:
        if isinstance(e, kind):
            return rule(e, meaning)
    raise NotShown(f"{e.func.__name__} is not in the language")


def _sum(e: Sum, meaning: Meaning) -> Form:
    bounds: list[Bound] = []
    body = e.function
    for limit in e.limits:
        index, low, high = limit
        if low != 0 or not isinstance(index, Idx) or high != size_of(index) - 1:
            raise NotShown(f"the sum over {index} does not run over its whole axis")
        bounds.append((str(index.label), str(size_of(index))))
    form = to_form(body, meaning)
    for bound in bounds:
        form = _sum_one(bound, form)
    return form


def _sum_one(bound: Bound, form: Form) -> Form:
    if bound[1].isdigit() and int(bound[1]) <= MOST_UNROLLED:
        return add(*(settle(rename(form, {variable(bound): ("int", value)})) for value in range(int(bound[1]))))
    return sum_over((bound,), form)


def to_index(e: Expr, meaning: Meaning) -> Index | None:
    """An expression as a plain index: a variable, a label, a position; None if it is anything else."""
    if isinstance(e, Idx):
        return ("var", str(e.label), str(size_of(e)))
    if isinstance(e, Integer) and e >= 0:
        return ("int", int(e))
    if isinstance(e, Indexed) and name_of(e) in meaning.labels:
        inner = tuple(_plain(i, meaning) for i in e.indices)
        return ("lab", name_of(e), meaning.labels[name_of(e)], inner)
    if isinstance(e, argmax_over):
        held = maximum(_bound(e.args[1]), to_form(e.args[0], meaning))
        atoms = [m[0][0] for m, _ in held if m and m[0][0][0] == "max"]
        if len(atoms) == 1:
            return ("arg", *atoms[0][1:])
    return None


def _plain(e: Expr, meaning: Meaning) -> Index:
    index = to_index(e, meaning)
    if index is None:
        raise NotShown(f"{e} is not a plain index")
    return index


def _bound(index: Idx) -> Bound:
    return (str(index.label), str(size_of(index)))


def _indexed(e: Indexed, meaning: Meaning) -> Form:
    name = name_of(e)
    indices: list[Index] = []
    deltas: list[Form] = []
    extra: list[Bound] = []
    for position, index in enumerate(e.indices):
        plain = to_index(index, meaning)
        if plain is None:
            size = meaning.axes.get(name, ())[position : position + 1]
            if not size:
                raise NotShown(f"{e}: the axes of {name} are not declared")
            extra.append((f"{name}.{position}", size[0]))
            plain = variable(extra[-1])
            deltas.append(zero_affine(subtract(atom_form(plain), to_form(index, meaning))))
        indices.append(plain)
    read = _read(name, tuple(indices), meaning)
    return sum_over(extra, multiply(read, *deltas)) if extra else read


def _read(name: str, indices: tuple[Index, ...], meaning: Meaning) -> Form:
    if name not in meaning.definitions:
        return atom_form(("ten", name, indices))
    formal, expression = meaning.definitions[name]
    if name not in meaning.forms:
        meaning.forms[name] = to_form(expression, meaning)
    private = {variable(_bound(f)): ("var", f"~0{r}", str(size_of(f))) for r, f in enumerate(formal)}
    actual = {private[variable(_bound(f))]: i for f, i in zip(formal, indices, strict=True)}
    return settle(rename(rename(meaning.forms[name], private), actual))


def _delta(e: KroneckerDelta, meaning: Meaning) -> Form:
    left, right = (to_index(side, meaning) for side in e.args)
    if left is not None and right is not None:
        return equal_indices(left, right)
    return zero_affine(subtract(to_form(e.args[0], meaning), to_form(e.args[1], meaning)))


def _power(e: Pow, meaning: Meaning) -> Form:
    exponent = to_form(e.exp, meaning)
    if not exponent:
        return ONE
    if len(exponent) == 1 and exponent[0][0] == ():
        return power(to_form(e.base, meaning), exponent[0][1])
    if isinstance(e.base, Exp1):
        return exponential(exponent)
    return exponential(multiply(exponent, logarithm(to_form(e.base, meaning))))


def _symbol(e: Symbol, meaning: Meaning) -> Form:
    if e.is_integer and e.is_nonnegative:
        return size_form(str(e))
    return atom_form(("sym", str(e), meaning.signs.get(str(e), "")))


def _hyperbolic(e: Expr, meaning: Meaning) -> Form:
    u = to_form(e.args[0], meaning)
    rise, fall = exponential(u), exponential(scale(u, -1))
    sums = {sinh: (subtract(rise, fall), constant(2)), cosh: (add(rise, fall), constant(2))}
    sums |= {tanh: (subtract(rise, fall), add(rise, fall)), coth: (add(rise, fall), subtract(rise, fall))}
    above, below = sums[e.func]
    return settle(multiply(above, power(below, Fraction(-1))))


def _largest(forms: list[Form]) -> Form:
    first = forms[0]
    for other in forms[1:]:
        gap = subtract(first, other)
        first = settle(add(other, multiply(gap, positive(gap))))
    return first


def _absolute(e: Expr, meaning: Meaning) -> Form:
    u = to_form(e.args[0], meaning)
    return settle(multiply(u, subtract(scale(positive(u), 2), ONE)))


def _function(e: Expr, meaning: Meaning) -> Form:
    if len(e.args) != 1:
        raise NotShown(f"{e.func.__name__} has {len(e.args)} arguments")
    u = to_form(e.args[0], meaning)
    return atom_form(("fun", e.func.__name__, u))


def _index_value(e: Idx, meaning: Meaning) -> Form:
    return atom_form(("var", str(e.label), str(size_of(e))))


def _negated_largest(e: Expr, meaning: Meaning) -> Form:
    return scale(_largest([scale(to_form(a, meaning), -1) for a in e.args]), -1)


def _sign(e: Expr, meaning: Meaning) -> Form:
    u = to_form(e.args[0], meaning)
    return subtract(add(scale(positive(u), 2), zero_at(u)), ONE)


Rule = Callable[[Expr, Meaning], Form]
_RULES: tuple[tuple[type | tuple[type, ...], Rule], ...] = (
    (Add, lambda e, m: add(*(to_form(a, m) for a in e.args))),
    (Mul, lambda e, m: settle(multiply(*(to_form(a, m) for a in e.args)))),
    (Indexed, _indexed),
    (Sum, _sum),
    (exp, lambda e, m: exponential(to_form(e.args[0], m))),
    (Exp1, lambda e, m: exponential(ONE)),
    (Pow, _power),
    (log, lambda e, m: logarithm(to_form(e.args[0], m))),
    (KroneckerDelta, _delta),
    (Idx, _index_value),
    (Symbol, _symbol),
    ((sinh, cosh, tanh, coth), _hyperbolic),
    (Max, lambda e, m: _largest([to_form(a, m) for a in e.args])),
    (Min, _negated_largest),
    (Abs, _absolute),
    (sign, _sign),
    (positive_head, lambda e, m: positive(to_form(e.args[0], m))),
    (is_zero_at, lambda e, m: zero_at(to_form(e.args[0], m))),
    (maximum_over, lambda e, m: maximum(_bound(e.args[1]), to_form(e.args[0], m))),
    (cot, lambda e, m: power(_function(tan(e.args[0]), m), Fraction(-1))),
    (OPAQUE, _function),
    (AppliedUndef, _function),
)
