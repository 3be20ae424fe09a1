"""What may stand in a formula of a definition: one rule a head, as docs/language.md, section 1, lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sympy import (
    Abs,
    Add,
    Expr,
    Float,
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
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy import atan as arctan
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1

from derivations.notation import (
    GRADIENT,
    argmax_over,
    is_zero_at,
    maximum_over,
    mean_over,
    name_of,
    positive,
    select,
    size_of,
)

FUNCTIONS = (exp, log, sin, cos, tan, sinh, cosh, tanh, arctan, erf)
RESERVED = "~%#°"
"""Letters that the names of our own indices hold."""


class DefinitionError(ValueError):
    """A definition that cannot mean anything; the message says which formula, and what to write."""


@dataclass(frozen=True)
class Scope:
    """What a formula may speak of.

    ``formula`` is its text with the layer's name before it; ``axes`` holds the sizes of every tensor's axes,
    ``labels`` for each label the size of the axis on which its values lie, ``scalars`` the names of
    hyperparameters, ``later`` the steps that are not defined yet.
    """

    formula: str
    axes: Mapping[str, tuple[Expr, ...]]
    labels: Mapping[str, Expr]
    scalars: frozenset[str]
    later: tuple[str, ...] = ()

    def refuse(self, reason: str) -> DefinitionError:
        """The error that says why the formula is not in the language."""
        return DefinitionError(f"{self.formula}: {reason}")


def check_formula(e: Expr, scope: Scope) -> None:
    """Raise `DefinitionError` where a formula, as a number, is not in the language."""
    sizes: dict[str, Expr] = {}
    for index in sorted(e.atoms(Idx), key=str):
        check_index(index, scope.formula)
        name = str(index.label)
        if sizes.setdefault(name, size_of(index)) != size_of(index):
            raise scope.refuse(f"{name} runs over {sizes[name]} and over {size_of(index)}; give one another name")
    declared = [size for axes in scope.axes.values() for size in axes]
    symbols = {str(symbol) for size in (*declared, *sizes.values()) for symbol in size.free_symbols}
    for name in sorted(symbols & set(sizes)):
        raise scope.refuse(f"{name} is an index and also a size; give the index another name")
    _number(e, replace(scope, scalars=scope.scalars | symbols))


def check_index(index: Idx, formula: str) -> None:
    """Raise `DefinitionError` for an index that has no axis, or a name of ours."""
    if index.lower != 0 or index.upper is None:
        raise DefinitionError(
            f'{formula}: the index {index.label} does not count an axis from 0; make it with axes("{index.label}:N")'
        )
    if any(letter in str(index.label) for letter in RESERVED):
        raise DefinitionError(f"{formula}: the index {index.label} needs a name without {', '.join(RESERVED)}")


# Numbers --------------------------------------------------------------------------------------------


def _number(e: Expr, scope: Scope) -> None:
    for heads, rule in _NUMBERS:
        if isinstance(e, heads):
            return rule(e, scope)
    if isinstance(e, mean_over):
        raise scope.refuse(f"{e} is not in the language; write sum_(…, {e.args[1]})/{size_of(e.args[1])}")
    if isinstance(e, select):
        raise scope.refuse(f"{e} is not in the language; write c*u + (1 - c)*v with an indicator c")
    names = " ".join(f.__name__ for f in FUNCTIONS)
    raise scope.refuse(
        f"{e.func.__name__} is not in the language; its functions are {names}, Abs, sign, Max, Min and powers, or "
        'Function("f") for one that is not specified'
    )


def _fine(e: Expr, scope: Scope) -> None:
    """Nothing to check."""


def _all(e: Expr, scope: Scope) -> None:
    for part in e.args:
        _number(part, scope)


def _symbol(e: Symbol, scope: Scope) -> None:
    if str(e) not in scope.scalars:
        raise scope.refuse(f"{e} is neither a hyperparameter nor the size of an axis; declare it")


def _float(e: Float, scope: Scope) -> None:
    value = Rational(str(e))
    raise scope.refuse(f"{float(e):g} is a float; write a rational, such as Rational({value.p}, {value.q})")


def _entry(e: Indexed, scope: Scope) -> None:
    name = name_of(e)
    if name in scope.labels:
        raise scope.refuse(f"the label {e} stands where a number should; a label is only an index, as in y[n, {e}]")
    _read(e, scope)


def _sum(e: Sum, scope: Scope) -> None:
    for index, low, high in e.limits:
        if not isinstance(index, Idx) or low != 0 or high != size_of(index) - 1:
            raise scope.refuse(
                f"the sum over {index} from {low} to {high} is not over a whole axis; write sum_(…, {index}) with an "
                "index made by axes, and a delta or an indicator where only a part counts"
            )
    _number(e.function, scope)


def _power(e: Pow, scope: Scope) -> None:
    if isinstance(e.exp, Float):
        _float(e.exp, scope)
    if not isinstance(e.base, Exp1) and not isinstance(e.exp, Rational):
        raise scope.refuse(f"the exponent of {e} is no rational number; only those are in the language")
    _number(e.base, scope)
    _number(e.exp, scope)


def _maximum(e: Expr, scope: Scope) -> None:
    if not isinstance(e.args[1], Idx):
        raise scope.refuse(f"{e} needs an index of an axis")
    _number(e.args[0], scope)


def _delta(e: Expr, scope: Scope) -> None:
    for side in e.args:
        _integer(side, scope)


def _unspecified(e: Expr, scope: Scope) -> None:
    name = e.func.__name__
    if len(e.args) != 1:
        raise scope.refuse(f"{e} has {len(e.args)} arguments; an unspecified function has one")
    if name in scope.axes or name in scope.scalars or name in {f.__name__ for f in FUNCTIONS}:
        raise scope.refuse(f"{name} is an unspecified function and also something else; rename one")
    _all(e, scope)


_Rule = Callable[[Expr, Scope], None]
_NUMBERS: tuple[tuple[type | tuple[type, ...], _Rule], ...] = (
    (Float, _float),
    ((Rational, Idx, Exp1, type(pi)), _fine),
    (Symbol, _symbol),
    (Indexed, _entry),
    ((Add, Mul, Max, Min, Abs, sign, positive, is_zero_at, *FUNCTIONS), _all),
    (Pow, _power),
    (Sum, _sum),
    (maximum_over, _maximum),
    (KroneckerDelta, _delta),
    (AppliedUndef, _unspecified),
)


# Integers and reads ---------------------------------------------------------------------------------


def _integer(e: Expr, scope: Scope) -> None:
    """Sums of indices, labels, sizes and integers, each times an integer or a size."""
    for term in e.args if isinstance(e, Add) else (e,):
        counted = 0
        for factor in term.args if isinstance(term, Mul) else (term,):
            if isinstance(factor, Indexed) and name_of(factor) in scope.labels:
                _read(factor, scope)
            elif isinstance(factor, argmax_over):
                _maximum(factor, scope)
            elif isinstance(factor, Symbol) and not isinstance(factor, Idx) and factor.is_integer:
                _symbol(factor, scope)
            elif isinstance(factor, Add):
                raise scope.refuse(f"{term} holds a sum in a product; multiply it out, such as s*i - s for s*(i - 1)")
            elif not isinstance(factor, (Integer, Idx)):
                raise scope.refuse(
                    f"{factor} stands where an index should; only indices, labels, sizes and integers count positions"
                )
            counted += isinstance(factor, (Idx, Indexed, argmax_over))
        if counted > 1:
            raise scope.refuse(f"{term} is no affine index; multiply an index by integers and sizes only")


def _read(e: Indexed, scope: Scope) -> None:
    name = name_of(e)
    if name.startswith(GRADIENT):
        raise scope.refuse(f"reads {e}, but a gradient is derived, never part of a definition")
    if name in scope.later:
        raise scope.refuse(f"reads {name}, which is only defined by this step or a later one; move it up")
    if name not in scope.axes:
        raise scope.refuse(f"{name} is neither an input, a parameter nor an earlier step; declare it")
    axes = scope.axes[name]
    if len(axes) != len(e.indices):
        raise scope.refuse(f"{e} has {len(e.indices)} indices, but {name} has {len(axes)} axes; write one an axis")
    for position, (index, size) in enumerate(zip(e.indices, axes, strict=True), 1):
        _integer(index, scope)
        own = _axis(index, scope)
        if own is not None and own != size:
            raise scope.refuse(
                f"position {position} of {name} has the axis {size}, but {index} in {e} lies on {own}; use an index "
                f"over {size}"
            )
        if isinstance(index, Integer) and (index < 0 or (size.is_Integer and index >= size)):
            raise scope.refuse(f"{index} in {e} is outside of the axis {size}, whose positions count from 0")


def _axis(index: Expr, scope: Scope) -> Expr | None:
    """The size of the axis on which an index lies; None for one that is worked out."""
    if isinstance(index, Idx):
        return size_of(index)
    if isinstance(index, Indexed):
        return scope.labels[name_of(index)]
    return size_of(index.args[1]) if isinstance(index, argmax_over) else None
