"""From a formula in index notation to a tree of array operations.

A lowered value is a tree and the indices of its positions. Sums of products become products of matrices
where two groups of factors share no index but the summed ones; anything else is multiplied entry by entry
and reduced. Which groups: the pair whose product is cheapest, again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

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
    exp,
    log,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy import atan as arctan
from sympy.codegen.cfunctions import expm1, log1p

from codegen.contract import contract
from codegen.naming import python_name
from codegen.positions import Lowered, LoweringError, aligned, elementwise, fold, reduced
from codegen.program import Node
from derivations.notation import maximum_over, mean_over, name_of, positive, select, size_of
from derivations.substitution import bound_indices, factors_of, free_indices, substitute, terms_of

CALLS = {
    exp: "exp", log: "log", log1p: "log1p", expm1: "expm1", Abs: "abs", sign: "sign", tanh: "tanh",
    sinh: "sinh", cosh: "cosh", sin: "sin", cos: "cos", tan: "tan", arctan: "arctan",
}  # fmt: skip

DELTA = "δ"
"""The gradient of the output, as comments show it."""


def lower(e: Expr, order: Sequence[Idx]) -> Node:
    """Lower a formula to a value whose positions are the given indices, in that order."""
    return _lower_whole(e, tuple(order))


@lru_cache(maxsize=10_000)
def _lower_whole(e: Expr, order: tuple[Idx, ...]) -> Node:
    return aligned(_lower(e, order), order, e).node


def _lower(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    if isinstance(e, Integer):
        return Lowered(Node("number", (), (), int(e), e), ())
    if isinstance(e, Symbol):
        op = "size" if e.is_integer and e.is_nonnegative else "read"
        return Lowered(Node(op, (), (), python_name(str(e)), e), ())
    if isinstance(e, Indexed):
        return _lower_read(e)
    if isinstance(e, Add):
        return _lower_sum_of_terms(e, order)
    if isinstance(e, (Mul, Rational)) or (isinstance(e, Pow) and e.exp.is_negative):
        return _lower_product(e, order)
    if isinstance(e, Pow):
        return _lower_power(e, order)
    if isinstance(e, Sum):
        return _lower_sum(e, order)
    if isinstance(e, (maximum_over, mean_over)):
        return _lower_extremum(e, order)
    if isinstance(e, select):
        return _lower_select(e, order)
    if type(e) in CALLS:
        return elementwise(CALLS[type(e)], (_lower(e.args[0], order),), order, e)
    if isinstance(e, (Max, Min)):
        name = "maximum" if isinstance(e, Max) else "minimum"
        first, *rest = sorted(e.args, key=lambda a: a.is_number)
        return fold(name, [_lower(a, order) for a in (first, *rest)], order)
    raise LoweringError(f"no array operation says {e.func.__name__}({', '.join(map(str, e.args))})")


def spelled(name: str) -> str:
    """What a tensor is called in emitted text; the gradient of the output is ``delta``."""
    return "delta" if name == DELTA else python_name(name)


def _lower_read(e: Indexed) -> Lowered:
    plain = tuple(i for i in e.indices if isinstance(i, Idx))
    name = spelled(name_of(e))
    labels = [(p, i) for p, i in enumerate(e.indices) if isinstance(i, Indexed)]
    if not labels:
        indices = tuple(i for i in e.indices if not isinstance(i, Integer))
        return Lowered(Node("read", (), tuple(size_of(i) for i in indices), name, e), indices)
    (position, label), *more = labels
    if more or (position, tuple(label.indices)) != (1, plain) or len(e.indices) != 2:
        raise LoweringError(f"{e}: labels are picked from the second of two positions only")
    whole = Node("read", (), (size_of(plain[0]), Integer(0)), name, e)
    return Lowered(Node("pick", (whole,), (size_of(plain[0]),), python_name(name_of(label)), e), plain)


# Terms, factors, powers -----------------------------------------------------------------------------


def _is_negated(e: Expr) -> bool:
    return bool(e.could_extract_minus_sign())


def _lower_sum_of_terms(e: Add, order: tuple[Idx, ...]) -> Lowered:
    terms = sorted(terms_of(e), key=lambda t: (_has_delta(t), _rank(t, order), _place(t), str(t)))
    deltas = [t for t in terms if _has_delta(t)]
    plain = [t for t in terms if not _has_delta(t)]
    if not plain:
        raise LoweringError(f"{e}: a delta is added to something; write what")
    if _rank(plain[0], order) == 1:
        plain[0] = Mul(*plain[0].as_coeff_Mul(), evaluate=False)
    total = _lower(plain[0], order)
    for count, term in enumerate(plain[1:], 2):
        name = "subtract" if _is_negated(term) else "add"
        value = _lower(-term if name == "subtract" else term, order)
        total = elementwise(name, (total, value), order, Add(*plain[:count]))
    for term in deltas:
        total = _one_hot_add(aligned(total, order, e), term)
    return total


def _rank(e: Expr, order: tuple[Idx, ...]) -> int:
    """A product of matrices comes first: the other terms are added to it in place. What is taken away, last."""
    is_product = any(
        len(free_indices(s.function)) > len(order) >= 1 and set(free_indices(s)) == set(order)
        for s in e.atoms(Sum)
    )
    if is_product:
        return 0 if not _is_negated(e) else 1 if e.as_coeff_Mul()[0] != -1 else 3
    return 3 if _is_negated(e) else 2


def _place(e: Expr) -> tuple[int, int]:
    """Whole formulas before short ones: what has most indices comes first, numbers last."""
    return (-len(free_indices(e)), 0 if e.atoms(Sum) else 1)


def _has_delta(e: Expr) -> bool:
    return any(isinstance(f, KroneckerDelta) for f in factors_of(e))


def _one_hot_add(total: Lowered, term: Expr) -> Lowered:
    (delta, *more) = [f for f in factors_of(term) if isinstance(f, KroneckerDelta)]
    index, label = sorted(delta.args, key=lambda a: isinstance(a, Indexed))
    if more or not isinstance(label, Indexed) or total.indices != (*label.indices, index):
        raise LoweringError(f"{term}: a delta is added as [k = t[n]] to an array over (n, k) only")
    rest = substitute(Mul(*(f for f in factors_of(term) if f != delta)), {index: label})
    update = _lower(rest, tuple(label.indices))
    node = Node("one_hot_add", (total.node, update.node), total.node.shape, python_name(name_of(label)), term)
    return Lowered(node, total.indices)


def _lower_product(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    above, below, negative = _fraction(e)
    if not above:
        above = [Integer(1)]
    negative = _negate_number(above, below, negative)
    top = fold("multiply", _widest_first([_lower(f, order) for f in above]), order)
    if below:
        under = fold("multiply", _widest_first([_lower(f, order) for f in below]), order)
        top = elementwise("divide", (top, under), order, e)
    return elementwise("negative", (top,), order, e) if negative else top


def _fraction(e: Expr) -> tuple[list[Expr], list[Expr], bool]:
    """Factors above and below the line, and whether there is a minus sign; no number 1 among them."""
    above: list[Expr] = []
    below: list[Expr] = []
    negative = False
    for factor in factors_of(e):
        if isinstance(factor, Rational):
            negative ^= bool(factor < 0)
            above += [Integer(abs(factor.p))] if abs(factor.p) != 1 else []
            below += [Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, Pow) and factor.exp.is_negative:
            below.append(factor.base ** (-factor.exp))
        else:
            above.append(factor)
    return above, below, negative


def _negate_number(above: list[Expr], below: list[Expr], negative: bool) -> bool:
    """Give a minus sign to a number above or below the line, if there is one; whether it is still to be written."""
    for factors in (above, below) if negative else ():
        for position, factor in enumerate(factors):
            if isinstance(factor, Integer):
                factors[position] = -factor
                return False
    return negative


def _widest_first(values: list[Lowered]) -> list[Lowered]:
    """Scalars are multiplied with each other before they meet an array."""
    return sorted(values, key=lambda v: (-len(v.indices), v.node.op == "number"))


def _lower_power(e: Pow, order: tuple[Idx, ...]) -> Lowered:
    base = _lower(e.base, order)
    if e.exp == Rational(1, 2):
        return elementwise("sqrt", (base,), order, e)
    if e.exp == 2 and base.indices:
        return elementwise("multiply", (base, base), order, e) if base.node.op == "read" else elementwise(
            "square", (base,), order, e
        )
    if isinstance(e.exp, Integer):
        return elementwise("power", (base, _lower(e.exp, order)), order, e)
    if isinstance(e.exp, Rational) and e.exp.q == 2:
        root = elementwise("sqrt", (base,), order, e)
        return elementwise("power", (root, _lower(Integer(e.exp.p), order)), order, e)
    raise LoweringError(f"{e}: an exponent is an integer or a half")


def _lower_select(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    condition, chosen, other = e.args
    if not isinstance(condition, positive):
        raise LoweringError(f"{e}: a choice is made by [u > 0]")
    zero = Lowered(Node("number", (), (), 0, Integer(0)), ())
    test = elementwise("greater", (_lower(condition.args[0], order), zero), order, condition)
    return elementwise("where", (test, _lower(chosen, order), _lower(other, order)), order, e)


def _lower_extremum(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    index = e.args[1]
    inner = _lower(e.args[0], (*order, index))
    return reduced("max" if isinstance(e, maximum_over) else "mean", inner, (index,), e)


# Sums -----------------------------------------------------------------------------------------------


def _lower_sum(e: Sum, order: tuple[Idx, ...]) -> Lowered:
    bound = bound_indices(e)
    inner_order = (*order, *(b for b in bound if b not in order))
    body = e.function
    above, below, negative = _fraction(body) if isinstance(body, (Mul, Pow)) else ([body], [], False)
    whole = _entry_by_entry(e, body, bound, inner_order)
    if whole is not None:
        return whole
    values = [_lower(f, inner_order) for f in _squares_apart(above)]
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


def _squares_apart(factors: list[Expr]) -> list[Expr]:
    """u² as two factors u, so that a square may be split between two operands of a product."""
    apart: list[Expr] = []
    for f in factors:
        apart += [f.base] * 2 if isinstance(f, Pow) and f.exp == 2 and isinstance(f.base, Indexed) else [f]
    return apart or [Integer(1)]


