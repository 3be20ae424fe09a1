"""From SymPy to forms, and the judgement ``is_zero``: exact, for all sizes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

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
    Mod,
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
    floor,
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

from derivations.empty_axes import empty_cases
from derivations.form import (
    ONE,
    ZERO,
    Form,
    Index,
    NotShown,
    Undefined,
    add,
    atom_form,
    constant,
    multiply,
    subtract,
)
from derivations.form_cases import is_zero_in_cases
from derivations.form_composed import absolute, hyperbolic, largest, sign_of, smallest
from derivations.form_functions import exponential, is_positive, logarithm, power
from derivations.form_indices import (
    Bound,
    bound_of,
    equal_indices,
    index_number,
    is_short,
    lies_on,
    size_form,
    variable,
)
from derivations.form_integers import zero_affine
from derivations.form_of_integers import (
    Formed,
    between_form,
    floor_form,
    positive_form,
    remainder_form,
    whole_form,
    zero_at_form,
)
from derivations.form_sums import argmax, maximum, rename, settle, sum_over
from derivations.meaning import Meaning
from derivations.notation import argmax_over, between, is_zero_at, maximum_over, name_of, size_of
from derivations.notation import positive as positive_head

__all__ = ["Meaning", "is_zero", "to_form"]

Rule = Callable[[Expr, Meaning], Form]
OPAQUE = (sin, cos, tan, arctan, erf)


def is_zero(expression: Expr, meaning: Meaning | None = None) -> bool:
    """Whether an expression is shown to be 0 for all sizes and values. False means "not shown"."""
    known = meaning or Meaning()
    try:
        if not is_zero_in_cases(to_form(expression, known), known):
            return False
        return all(_is_zero_there(expression, case) for case in empty_cases(expression, known))
    except (NotShown, RecursionError):
        return False


def _is_zero_there(expression: Expr, meaning: Meaning) -> bool:
    """Whether an expression is shown to be 0, or to have no value, where some axes are empty."""
    try:
        return is_zero_in_cases(to_form(expression, meaning), meaning)
    except Undefined:
        return True


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
    for index, low, high in e.limits:
        if not isinstance(index, Idx) or index.lower != low or size_of(index) - 1 != high:
            raise NotShown(f"the sum over {index} does not run over its whole axis")
        bounds.append(bound_of(index))
    if any(size in {"0", *meaning.empty} for _, size in bounds):
        return ZERO
    form = to_form(body, meaning)
    for bound in bounds:
        form = _sum_one(bound, form)
    return form


def _sum_one(bound: Bound, form: Form) -> Form:
    if is_short(bound):
        return add(*(settle(rename(form, {variable(bound): ("int", value)})) for value in range(int(bound[1]))))
    return sum_over((bound,), form)


def to_index(e: Expr, meaning: Meaning) -> Index | None:
    """An expression as a plain index: a variable, a label, a position; None if it is anything else."""
    if isinstance(e, Idx):
        return variable(_filled(bound_of(e), meaning))
    if isinstance(e, Integer) and e >= 0:
        return ("int", int(e))
    if isinstance(e, Indexed) and name_of(e) in meaning.labels:
        inner = tuple(_plain(i, meaning) for i in e.indices)
        return ("lab", *_filled((name_of(e), meaning.labels[name_of(e)]), meaning), inner)
    if isinstance(e, argmax_over):
        return argmax(_filled(bound_of(e.args[1]), meaning), to_form(e.args[0], meaning))
    return None


def _plain(e: Expr, meaning: Meaning) -> Index:
    index = to_index(e, meaning)
    if index is None:
        raise NotShown(f"{e} is not a plain index")
    return index


def _filled(bound: Bound, meaning: Meaning) -> Bound:
    """Something that lies on an axis, which cannot be empty then."""
    if bound[1] in meaning.empty:
        raise Undefined(f"nothing lies on the empty axis {bound[1]}")
    return bound


def _indexed(e: Indexed, meaning: Meaning) -> Form:
    name = name_of(e)
    if name in meaning.labels:
        return index_number(_plain(e, meaning))
    indices: list[Index] = []
    deltas: list[Form] = []
    extra: list[Bound] = []
    sizes = meaning.axes_of(name) or (None,) * len(e.indices)
    if len(sizes) != len(e.indices):
        raise NotShown(f"{e}: {name} has {len(sizes)} axes")
    for position, (index, size) in enumerate(zip(e.indices, sizes, strict=True)):
        plain = to_index(index, meaning)
        if plain is None or not lies_on(plain, size, name in meaning.definitions):
            if size is None:
                raise NotShown(f"{e}: the axes of {name} are not declared")
            if size in meaning.empty:
                return ZERO
            extra.append((f"~{position}", size))
            plain = variable(extra[-1])
            deltas.append(zero_affine(subtract(atom_form(plain), _whole(index, meaning))))
        indices.append(plain)
    read = _read(name, tuple(indices), meaning)
    form = multiply(read, *deltas)
    long = [bound for bound in extra if not is_short(bound)]
    for bound in extra if len(long) < len(extra) else ():
        form = _sum_one(bound, form) if is_short(bound) else form
    return sum_over(long, form) if long else form


def _read(name: str, indices: tuple[Index, ...], meaning: Meaning) -> Form:
    if name not in meaning.definitions:
        return atom_form(("ten", name, indices))
    formal, expression = meaning.definitions[name]
    if name not in meaning.forms:
        meaning.forms[name] = to_form(expression, meaning)
    given = [(variable(bound_of(f)), i) for f, i in zip(formal, indices, strict=True) if isinstance(f, Idx)]
    private: dict[Index, Index] = {f: ("var", f"~0{r}", f[2]) for r, (f, _) in enumerate(given)}
    actual = {private[f]: i for f, i in given}
    return settle(rename(rename(meaning.forms[name], private), actual))


def _delta(e: KroneckerDelta, meaning: Meaning) -> Form:
    left, right = (to_index(side, meaning) for side in e.args)
    if left is not None and right is not None:
        return equal_indices(left, right)
    return zero_affine(subtract(_whole(e.args[0], meaning), _whole(e.args[1], meaning)))


def _whole(e: Expr, meaning: Meaning) -> Form:
    return whole_form(e, partial(to_form, meaning=meaning))


def _by(rule: Callable[[Expr, Formed], Form]) -> Rule:
    """A rule of integers, which has no need to know what names mean."""
    return lambda e, meaning: rule(e, partial(to_form, meaning=meaning))


def _power(e: Pow, meaning: Meaning) -> Form:
    exponent, base = to_form(e.exp, meaning), to_form(e.base, meaning)
    if not exponent:
        return ONE
    if isinstance(e.base, Exp1):
        return exponential(exponent)
    if len(exponent) == 1 and exponent[0][0] == ():
        if not base and exponent[0][1] < 0:
            raise Undefined(f"{e} is a division by 0")
        return power(base, exponent[0][1])
    if not is_positive(base):
        raise NotShown(f"{e}: only what is surely > 0 may stand under an exponent that is no number")
    return exponential(multiply(exponent, logarithm(base)))


def _log(e: Expr, meaning: Meaning) -> Form:
    u = to_form(e.args[0], meaning)
    if not u:
        raise Undefined(f"{e} is the log of 0")
    return logarithm(u)


def _symbol(e: Symbol, meaning: Meaning) -> Form:
    if e.is_integer and e.is_nonnegative:
        return ZERO if str(e) in meaning.empty else size_form(str(e))
    return atom_form(("sym", str(e), meaning.signs.get(str(e), "")))


def _function(e: Expr, meaning: Meaning) -> Form:
    if len(e.args) != 1:
        raise NotShown(f"{e.func.__name__} has {len(e.args)} arguments")
    if isinstance(e, AppliedUndef) and e.func.__name__ in {f.__name__ for f in OPAQUE}:
        raise NotShown(f"{e.func.__name__} is unspecified, but has the name of a function")
    u = to_form(e.args[0], meaning)
    return atom_form(("fun", e.func.__name__, u))


def _index_value(e: Idx, meaning: Meaning) -> Form:
    return atom_form(variable(_filled(bound_of(e), meaning)))


_RULES: tuple[tuple[type | tuple[type, ...], Rule], ...] = (
    (Add, lambda e, m: add(*(to_form(a, m) for a in e.args))),
    (Mul, lambda e, m: settle(multiply(*(to_form(a, m) for a in e.args)))),
    (Indexed, _indexed),
    (Sum, _sum),
    (exp, lambda e, m: exponential(to_form(e.args[0], m))),
    (Exp1, lambda e, m: exponential(ONE)),
    (Pow, _power),
    (log, _log),
    (KroneckerDelta, _delta),
    (Idx, _index_value),
    (Symbol, _symbol),
    ((sinh, cosh, tanh, coth), lambda e, m: hyperbolic(e.func.__name__, to_form(e.args[0], m))),
    (Max, lambda e, m: largest([to_form(a, m) for a in e.args])),
    (Min, lambda e, m: smallest([to_form(a, m) for a in e.args])),
    (Abs, lambda e, m: absolute(to_form(e.args[0], m))),
    (sign, lambda e, m: sign_of(to_form(e.args[0], m))),
    (positive_head, _by(positive_form)),
    (is_zero_at, _by(zero_at_form)),
    (between, _by(between_form)),
    (floor, _by(floor_form)),
    (Mod, _by(remainder_form)),
    (argmax_over, lambda e, m: index_number(_plain(e, m))),
    (maximum_over, lambda e, m: maximum(_filled(bound_of(e.args[1]), m), to_form(e.args[0], m))),
    (cot, lambda e, m: power(_function(tan(e.args[0]), m), Fraction(-1))),
    (OPAQUE, _function),
    (AppliedUndef, _function),
)
