"""The reverse sweep: from the steps of a forward formula to the gradient of every tensor in it.

Each read v[e] in a step w[q] = r adds Σ d(w)[q] · ∂r/∂(that read) · [e = p] to d(v)[p]. The deltas are
sifted by renaming at once, so that dx = Σ_j dz·W comes out as such. SymPy's ``diff`` is never called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import (
    Abs,
    Add,
    Expr,
    Function,
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
    sqrt,
    tan,
    tanh,
)
from sympy import atan as arctan
from sympy.core.function import AppliedUndef

from derivations.notation import (
    argmax_over,
    between,
    d,
    delta,
    is_zero_at,
    maximum_over,
    name_of,
    positive,
    size_of,
    sum_,
)
from derivations.substitution import bound_indices, fresh_index, names_in, substitute, tidy

DERIVATIVES: Mapping[type, tuple[str, Callable[[Expr], Expr]]] = {
    exp: ("(e^u)' = e^u u'", exp),
    log: ("(log u)' = u'/u", lambda u: 1 / u),
    tanh: ("tanh' = 1 - tanh²", lambda u: 1 - tanh(u) ** 2),
    sinh: ("sinh' = cosh", cosh),
    cosh: ("cosh' = sinh", sinh),
    sin: ("sin' = cos", cos),
    cos: ("cos' = -sin", lambda u: -sin(u)),
    tan: ("tan' = 1 + tan²", lambda u: 1 + tan(u) ** 2),
    arctan: ("arctan' = 1/(1 + u²)", lambda u: 1 / (1 + u**2)),
    erf: ("erf' = 2 e^{-u²}/√π", lambda u: 2 * exp(-(u**2)) / sqrt(pi)),
    Abs: ("|u|' = sign u, 0 at 0", sign),
}
FLAT = (positive, between, is_zero_at, KroneckerDelta, sign, argmax_over)


@dataclass(frozen=True)
class Read:
    """One read of a tensor inside a formula: where, the partial derivative there, and how it was found."""

    entry: Indexed
    partial: Expr
    opened: tuple[Idx, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """left = right, with the rules that led there."""

    left: Indexed
    right: Expr
    rules: tuple[str, ...] = ()


def partial_derivatives(e: Expr, names: Sequence[str], outer: tuple[Idx, ...] = ()) -> Iterator[Read]:
    """Every read of one of the named tensors in an expression, with the partial derivative at it.

    Bound indices are named apart from those that stand ``outer``, outside of the expression.
    """
    for read in _partials(e, Integer(1), outer, (), frozenset(names)):
        yield replace(read, opened=read.opened[len(outer) :])


def _partials(
    e: Expr, factor: Expr, opened: tuple[Idx, ...], rules: tuple[str, ...], names: frozenset[str]
) -> Iterator[Read]:
    if isinstance(e, Indexed):
        if name_of(e) in names:
            yield Read(e, factor, opened, rules)
    elif isinstance(e, (Symbol, Rational, Idx, *FLAT)) or not e.atoms(Indexed):
        return
    elif isinstance(e, Sum):
        body, fresh = _open(e, factor, opened)
        yield from _partials(body, factor, opened + fresh, (*rules, "sum rule"), names)
    else:
        for part, derivative, rule in branches(e):
            taken = rules if rule in rules else (*rules, rule)
            yield from _partials(part, factor * derivative, opened, taken, names)


def _open(e: Sum, factor: Expr, opened: tuple[Idx, ...]) -> tuple[Expr, tuple[Idx, ...]]:
    """The summand, with its bound indices named apart from all that stands outside."""
    taken = names_in(factor) | names_in(e.function) | {str(i.label) for i in opened}
    fresh = []
    for index in bound_indices(e):
        # The summand may hold sums over the same name: a new name keeps them apart.
        fresh.append(fresh_index(index, taken))
        taken |= {str(fresh[-1].label)}
    return substitute(e.function, dict(zip(bound_indices(e), fresh, strict=True))), tuple(fresh)


def branches(e: Expr) -> Iterator[tuple[Expr, Expr, str]]:
    """The parts that an expression depends on, each with the derivative of the expression by it."""
    if isinstance(e, Add):
        yield from ((a, Integer(1), "sum of terms") for a in e.args)
    elif isinstance(e, Mul):
        for position, part in enumerate(e.args):
            yield part, Mul(*e.args[:position], *e.args[position + 1 :]), "product rule"
    elif isinstance(e, Pow) and not e.exp.atoms(Indexed):
        yield e.base, e.exp * e.base ** (e.exp - 1), "power rule"
    elif isinstance(e, Pow):
        yield e.base, e.exp * e.base ** (e.exp - 1), "power rule"
        yield e.exp, e * log(e.base), "(c^u)' = c^u log c u'"
    elif type(e) in DERIVATIVES:
        rule, derivative = DERIVATIVES[type(e)]
        yield e.args[0], derivative(e.args[0]), rule
    elif isinstance(e, (Max, Min)):
        yield from _extremum(e)
    elif isinstance(e, maximum_over):
        at = argmax_over(*e.args)
        yield substitute(e.args[0], {e.args[1]: at}), Integer(1), "max' is that of its argmax"
    elif isinstance(e, AppliedUndef) and len(e.args) == 1:
        yield e.args[0], Function(e.func.__name__ + "'")(e.args[0]), "chain rule"
    else:
        raise ValueError(
            f"no rule differentiates {e.func.__name__} of {len(e.args)} arguments; write it with the functions of the "
            "language"
        )


def _extremum(e: Expr) -> Iterator[tuple[Expr, Expr, str]]:
    # Numbers last: max(u, 0) = u·[u > 0] is flat at u = 0, however SymPy sorts it.
    first, *rest = sorted(e.args, key=lambda a: not a.atoms(Indexed))
    other = e.func(*rest)
    gap = first - other if isinstance(e, Max) else other - first
    yield first, positive(gap), "max(u, v)' is u' where u > v"
    yield other, 1 - positive(gap), "max(u, v)' is u' where u > v"


def pull_back(
    steps: Sequence[tuple[Indexed, Expr]], sources: Sequence[Indexed], axis_of_label: Mapping[str, Expr]
) -> tuple[Step, ...]:
    """The gradients of all steps but the last, and of all sources, in the order of the sweep.

    Parameters
    ----------
    steps : sequence of (left, right)
        The forward formula; the gradient of the last left side is given.
    sources : sequence of Indexed
        Inputs and parameters, as declared.
    axis_of_label : mapping
        The size of the axis on which each label's values lie.
    """
    wanted = [*sources, *(left for left, _ in steps[:-1])]
    names = [name_of(entry) for entry in wanted]
    terms: dict[str, list[Expr]] = {name: [] for name in names}
    rules: dict[str, list[str]] = {name: [] for name in names}
    declared = {name_of(entry): entry for entry in wanted}
    gradients: dict[str, Step] = {}
    for left, right in reversed(steps):
        if name_of(left) in declared:
            gradients[name_of(left)] = _gradient(left, terms, rules)
        for read in partial_derivatives(right, names, _axes_of(left)):
            name = name_of(read.entry)
            terms[name].append(tidy(_contribution(left, read, declared[name]), axis_of_label))
            rules[name] += [r for r in read.rules if r not in rules[name]]
    for entry in sources:
        gradients[name_of(entry)] = _gradient(entry, terms, rules)
    return tuple(gradients.values())


def _gradient(entry: Indexed, terms: Mapping[str, list[Expr]], rules: Mapping[str, list[str]]) -> Step:
    name = name_of(entry)
    return Step(d(entry.base)[entry.indices], Add(*terms[name]), tuple(rules[name]))


def _axes_of(entry: Indexed) -> tuple[Idx, ...]:
    """The indices of an entry that count something: a Σ over everything is named s[0]."""
    return tuple(i for i in entry.indices if isinstance(i, Idx))


def _contribution(left: Indexed, read: Read, declared: Indexed) -> Expr:
    """Σ d(w)[q] · partial · [e = p] over q and the opened indices, sifted by renaming."""
    term = d(left.base)[left.indices] * read.partial
    summed = [*_axes_of(left), *read.opened]
    apart = {i: Idx(f"{i.label}°{r}", size_of(i)) for r, i in enumerate(summed)}
    term = substitute(term, apart)
    at = [substitute(e, apart) for e in read.entry.indices]
    remaining = {new: old for old, new in apart.items()}
    renaming: dict[Expr, Expr] = {}
    deltas: list[Expr] = []
    for own, position in zip(declared.indices, at, strict=True):
        if position in remaining and size_of(position) == size_of(own):
            renaming[position] = own
            del remaining[position]
        else:
            deltas.append(delta(renaming.get(position, position), own))
    taken = {str(i.label) for i in _axes_of(declared)}
    for new, old in remaining.items():
        renaming[new] = fresh_index(old, taken)
        taken |= {str(renaming[new].label)}
    term = substitute(Mul(term, *deltas), renaming)
    bound = [renaming[new] for new in remaining]
    return sum_(term, *bound) if bound else term
