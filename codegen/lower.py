"""From a formula in index notation to a tree of array operations.

A lowered value is a tree and the indices of its positions. Sums of products become products of matrices
where two groups of factors share no index but the summed ones; anything else is multiplied entry by entry
and reduced. Which groups: the pair whose product is cheapest, again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sympy import Add, Expr, Idx, Indexed, Integer, KroneckerDelta, Max, Min, Mul, Pow, Rational, Sum, Symbol
from sympy.core.function import AppliedUndef

from codegen.contract import contract
from codegen.deltas import lower_deltas, with_numbers_inside
from codegen.functions import CALLS
from codegen.indicators import decided, deciding, index_and_label, sides, spread
from codegen.lower_maxima import lower_largest
from codegen.lower_numbers import lower_with_numbers
from codegen.lower_windows import is_window, lower_summed_windows, lower_window, own_memory
from codegen.naming import python_name
from codegen.operands import DELTA, filled_like, lower_read, positions_of, spelled, zeros
from codegen.positions import Lowered, LoweringError, aligned, applied, elementwise, fold, reduced
from codegen.program import Node, is_number
from codegen.terms import (
    fraction_of,
    is_negated,
    negate_number,
    outside_and_inside,
    place,
    rank,
    squares_apart,
    with_indicators,
    with_joined_logs,
)
from derivations.notation import argmax_over, maximum_over, mean_over, name_of, positive, select, sum_
from derivations.substitution import bound_indices, factors_of, free_indices, substitute, terms_of

__all__ = ["DELTA", "lower", "spelled"]

HALF = Rational(1, 2)


class Built(tuple[Idx, ...]):
    """The order of a value that is built up line by line, so that a one-hot add may be a part of it."""


def lower(e: Expr, order: Sequence[Expr]) -> Node:
    """Lower a formula to a value whose positions are the given indices, in that order; fixed ones are none."""
    return _lower_whole(e, tuple(i for i in order if isinstance(i, Idx)))


@lru_cache(maxsize=10_000)
def _lower_whole(e: Expr, order: tuple[Idx, ...]) -> Node:
    built = Built(order)
    value = _widened(_lower_sum_of_terms(e, built) if _is_hot(e, built) else _lower(e, built), order, e)
    return own_memory(value, e).node


def _widened(value: Lowered, order: tuple[Idx, ...], e: Expr) -> Lowered:
    """A value at all of its positions, the same along those on which its formula does not depend."""
    if set(value.indices) == set(order):
        return aligned(value, order, e)
    return zeros(e, order) if e == 0 else elementwise("add", (zeros(e, order), value), order, e)


def _lower(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    if isinstance(e, Integer):
        return Lowered(Node("number", (), (), int(e), e), ())
    if isinstance(e, Symbol):
        op = "size" if e.is_integer and e.is_nonnegative else "read"
        return Lowered(Node(op, (), (), python_name(str(e)), e), ())
    if isinstance(e, Indexed):
        return lower_window(e, order) if is_window(e) else lower_read(e)
    if isinstance(e, Add) and any(_is_hot(t, order) for t in terms_of(e)):
        return _lower_sum_of_terms(e, order)
    if _built_factor(e, order) is not None:
        return _lower_product(e, order)
    e = spread(e)
    if (indicator := deciding(e)) is not None:
        return _lower_choice(e, indicator, tuple(order))
    if isinstance(e, Add):
        return _lower_sum_of_terms(with_joined_logs(e), order)
    if isinstance(e, (Mul, Rational)) or (isinstance(e, Pow) and e.exp.is_negative):
        return _lower_product(e, order)
    order = tuple(order)
    if isinstance(e, Pow):
        return _lower_power(e, order)
    if isinstance(e, Sum):
        return _lower_sum(e, order)
    if isinstance(e, (maximum_over, mean_over)):
        return _lower_extremum("max" if isinstance(e, maximum_over) else "mean", e, order)
    if isinstance(e, select):
        return _lower_select(e, order)
    if isinstance(e, AppliedUndef):
        return applied(_lower(e.args[0], order), e)
    if type(e) in CALLS:
        return elementwise(CALLS[type(e)], (_lower(e.args[0], order),), order, e)
    if isinstance(e, (Max, Min)):
        name = "maximum" if isinstance(e, Max) else "minimum"
        first, *rest = sorted(e.args, key=lambda a: a.is_number)
        return fold(name, [_lower(a, order) for a in (first, *rest)], order)
    raise LoweringError(f"no array operation says {e.func.__name__}({', '.join(map(str, e.args))})")


# Terms ----------------------------------------------------------------------------------------------


def _lower_sum_of_terms(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    terms = sorted(terms_of(e), key=lambda t: (rank(t, order), place(t), str(t)))
    hot = [t for t in terms if _is_hot(t, order)]
    plain = [t for t in terms if t not in hot]
    if plain:
        if rank(plain[0], order) == 1:
            plain[0] = Mul(*plain[0].as_coeff_Mul(), evaluate=False)
        total = _lower(plain[0], order)
        for count, term in enumerate(plain[1:], 2):
            name = "subtract" if is_negated(term) else "add"
            value = _lower(-term if name == "subtract" else term, tuple(order))
            total = elementwise(name, (total, value), order, Add(*plain[:count]))
        if hot and (set(total.indices) != set(order) or total.node.op in ("read", "view", "pick")):
            total = elementwise("add", (zeros(e, order), total), order, e)  # what is changed in place is our own
    else:
        total = zeros(e, order)
    for term in hot:
        total = _one_hot_add(total, term)
    return total


def _is_hot(e: Expr, order: tuple[Idx, ...]) -> bool:
    """Whether a term over (n, k) is [k = t[n]] times something: it changes one entry in each row."""
    deltas = [f for f in factors_of(e) if isinstance(f, KroneckerDelta)]
    if len(deltas) != 1 or len(order) != 2 or not isinstance(order, Built):
        return False
    index, label = index_and_label(deltas[0])
    return index == order[1] and isinstance(label, Indexed) and tuple(label.indices) == tuple(order[:1])


def _one_hot_add(total: Lowered, term: Expr) -> Lowered:
    (delta,) = [f for f in factors_of(term) if isinstance(f, KroneckerDelta)]
    index, label = index_and_label(delta)
    rest = substitute(Mul(*(f for f in factors_of(term) if f != delta)), {index: label})
    update = _lower(rest, tuple(label.indices))
    node = Node("one_hot_add", (total.node, update.node), total.node.shape, python_name(name_of(label)), term)
    return Lowered(node, total.indices)


# Choices --------------------------------------------------------------------------------------------


def _lower_choice(e: Expr, indicator: Expr, order: tuple[Idx, ...]) -> Lowered:
    """np.where(condition, what is left of a formula where it holds, what is left where it does not)."""
    yes, no = (_lower(decided(e, indicator, holds), order) for holds in (True, False))
    if is_number(yes.node) and is_number(no.node):
        yes, no = _with_dtype(e, indicator, yes, no)
    return elementwise("where", (_lower_condition(indicator, order), yes, no), order, e)


def _lower_condition(indicator: Expr, order: tuple[Idx, ...]) -> Lowered:
    if isinstance(indicator, KroneckerDelta):
        positions = tuple(_lower_position(p, order) for p in index_and_label(indicator))
        return elementwise("equal", positions, order, indicator)
    name, left, right = sides(indicator)
    return elementwise(name, (_lower(left, order), _lower(right, order)), order, indicator)


def _lower_position(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    """Positions on an axis, as integers: all of them in order, labels, or where a maximum is."""
    if isinstance(e, Idx):
        return positions_of(e)
    if isinstance(e, Indexed):
        return lower_window(e, order) if is_window(e) else lower_read(e)
    if isinstance(e, argmax_over):
        return _lower_extremum("argmax", e, order)
    raise LoweringError(f"{e}: a position is an index, a label or an argmax")


def _with_dtype(e: Expr, indicator: Expr, yes: Lowered, no: Lowered) -> tuple[Lowered, Lowered]:
    """Two numbers to choose from, one of them as an array: NumPy would choose a dtype of its own."""
    reads = [r for r in sorted(indicator.atoms(Indexed), key=str) if not r.base.is_integer]
    read = next((r for r in reads if set(free_indices(r)) == set(free_indices(indicator))), None)
    if read is None or not {yes.node.attr, no.node.attr} & {0, 1}:
        raise LoweringError(f"{e}: a choice between two numbers has no dtype of its own")
    like = lower_read(read)
    if yes.node.attr in (0, 1):
        return filled_like(like, yes), no
    return yes, filled_like(like, no)


# Products and powers --------------------------------------------------------------------------------


def _built_factor(e: Expr, order: tuple[Idx, ...]) -> Expr | None:
    """The factor of a product that a one-hot add is a part of; the product is built on it."""
    if not isinstance(e, Mul) or e.could_extract_minus_sign():
        return None
    return next((f for f in e.args if isinstance(f, Add) and any(_is_hot(t, order) for t in f.args)), None)


def _lower_product(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    inside = with_numbers_inside(e)
    if inside is not None:
        return _lower_sum(inside, tuple(order))
    above, below, negative = fraction_of(e)
    negative = negate_number(above, below, negative)
    built = None if negative else _built_factor(e, order)
    factors = [_lower(f, order if f is built else tuple(order)) for f in above or [Integer(1)]]
    top = fold("multiply", _widest_first(factors), order)
    if below:
        under = fold("multiply", _widest_first([_lower(f, tuple(order)) for f in below]), order)
        top = elementwise("divide", (top, under), order, e)
    return elementwise("negative", (top,), order, e) if negative else top


def _widest_first(values: list[Lowered]) -> list[Lowered]:
    """Scalars are multiplied with each other before they meet an array."""
    return sorted(values, key=lambda v: (-len(v.indices), v.node.op == "number"))


def _lower_power(e: Pow, order: tuple[Idx, ...]) -> Lowered:
    base = _lower(e.base, order)
    if e.exp == HALF and is_number(base.node):
        return elementwise("power", (base, Lowered(Node("number", (), (), 0.5, HALF), ())), order, e)
    if e.exp == HALF:
        return elementwise("sqrt", (base,), order, e)
    if e.exp == 2 and base.indices:
        return elementwise("multiply", (base, base), order, e) if base.node.op == "read" else elementwise(
            "square", (base,), order, e
        )
    if isinstance(e.exp, Integer):
        return elementwise("power", (base, _lower(e.exp, order)), order, e)
    if isinstance(e.exp, Rational) and e.exp.q == 2:
        root = _lower_power(Pow(e.base, HALF), order)
        return elementwise("power", (root, _lower(Integer(e.exp.p), order)), order, e)
    raise LoweringError(f"{e}: an exponent is an integer or a half")


def _lower_select(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    condition, chosen, other = e.args
    if not isinstance(condition, positive):
        raise LoweringError(f"{e}: a choice is made by [u > 0]")
    zero = Lowered(Node("number", (), (), 0, Integer(0)), ())
    test = elementwise("greater", (_lower(condition.args[0], order), zero), order, condition)
    return elementwise("where", (test, _lower(chosen, order), _lower(other, order)), order, e)


def _lower_extremum(op: str, e: Expr, order: tuple[Idx, ...]) -> Lowered:
    over: tuple[Idx, ...] = (e.args[1],)
    body = e.args[0]
    while isinstance(body, e.func) and op == "max":  # the maximum of maxima is one over all their axes
        over, body = (*over, body.args[1]), body.args[0]
    largest = lower_largest(body, over, e) if op == "max" else None
    if largest is not None:
        return largest
    inner = _lower(body, (*order, *(i for i in over if i not in order)))
    return reduced(op, inner, over, e)


# Sums -----------------------------------------------------------------------------------------------


def _lower_sum(e: Sum, order: tuple[Idx, ...]) -> Lowered:
    by_shape = lower_deltas(e, order, _lower) or lower_summed_windows(e, order) or lower_with_numbers(e, order, _lower)
    if by_shape is not None:
        return by_shape
    bound = bound_indices(e)
    outside, inside = outside_and_inside(e.function)
    if outside != 1:
        return _lower_product(Mul(outside, sum_(inside, *bound), evaluate=False), order)
    inner_order = (*order, *(b for b in bound if b not in order))
    body = e.function
    above, below, negative = fraction_of(body) if isinstance(body, (Mul, Pow)) else ([body], [], False)
    whole = _entry_by_entry(e, body, bound, inner_order)
    if whole is not None:
        return whole
    values = [_lower(f, inner_order) for f in with_indicators(squares_apart(above))]
    values += [_lower(1 / f, inner_order) for f in below]
    total = contract(values, bound, inner_order, e)
    return elementwise("negative", (total,), order, e) if negative else total


def _entry_by_entry(e: Sum, body: Expr, bound: tuple[Idx, ...], order: tuple[Idx, ...]) -> Lowered | None:
    """Sum the whole summand at once where one of its factors has all its indices: nothing is gained apart."""
    factors = [f.base if isinstance(f, Pow) and f.exp.is_negative else f for f in factors_of(body)]
    if not any(set(free_indices(f)) == set(free_indices(body)) for f in factors) or len(factors) < 2:
        return None
    if not any(isinstance(f, Pow) and f.exp.is_negative for f in factors_of(body)):
        return None
    value = _lower(body, order)
    return reduced("sum", value, bound, e) if set(bound) <= set(value.indices) else None


