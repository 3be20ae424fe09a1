"""Sums with deltas of positions, such as Σ_p,r [h = stride·p + dilation·r − padding] u(p, r).

The sums of a nest are opened, deltas that fix a bound index by what they say are used up, and those that are
left, each about an index of the result, make one addition of windows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Expr, Idx, Indexed, Integer, KroneckerDelta, Mul, Sum

from codegen.affine import Affine, gap, solved
from codegen.lower_maxima import lower_to_maxima
from codegen.positions import Lowered, LoweringError, view
from codegen.window_nodes import ADD, SPREAD, Along, window_node
from derivations.notation import argmax_over, delta, size_of, sum_
from derivations.substitution import bound_indices, factors_of, free_indices, fresh_index, names_in, substitute

Lower = Callable[[Expr, tuple[Idx, ...]], Lowered]


@dataclass(frozen=True)
class Nest:
    """A sum over several indices of a product: deltas of positions, and the other factors."""

    bound: tuple[Idx, ...]
    deltas: tuple[KroneckerDelta, ...]
    rest: tuple[Expr, ...]


def lower_deltas(e: Sum, order: tuple[Idx, ...], lower: Lower) -> Lowered | None:
    """A sum with deltas of positions; None where there are none of them."""
    nest = opened(e, names_in(e) | {str(i.label) for i in order})
    if not nest.deltas:
        return None
    to_maxima = lower_to_maxima(nest.bound, nest.deltas, Mul(*nest.rest), order, lower, e)
    if to_maxima is not None:
        return to_maxima
    found = _gathered(_with_taps(nest), order)
    if not found.deltas:
        return lower(_summed(found.rest, found.bound), order)
    scattered = [_scattered(one, found, order) for one in found.deltas]
    held = {i for _, window in scattered for i in window.indices}
    others = tuple(i for i in found.bound if i not in held)
    inside = _summed(found.rest, others)
    flat = _summed((*nest.rest, *nest.deltas), tuple(sorted(nest.bound, key=str)))
    return _added(inside, scattered, order, lower, flat)


def opened(e: Sum, taken: frozenset[str] | set[str]) -> Nest:
    """A sum and the sums that are factors of its summand as one, their indices named apart."""
    bound: list[Idx] = []
    rest: list[Expr] = []
    waiting: list[Expr] = [e]
    used: set[str] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Sum):
            rest.append(one)
            continue
        renaming: dict[Expr, Expr] = {}
        for index in bound_indices(one):
            new = fresh_index(index, taken | used) if str(index.label) in used else index
            renaming |= {index: new} if new != index else {}
            used.add(str(new.label))
            bound.append(new)
        waiting += factors_of(substitute(one.function, renaming))
    deltas = tuple(f for f in rest if _is_of_positions(f))
    return Nest(tuple(bound), deltas, tuple(f for f in rest if f not in deltas))


def with_numbers_inside(e: Expr) -> Sum | None:
    """c·Σ [h = …] u as Σ [h = …] c·u, for numbers c: there are fewer entries before they are added than after."""
    sums = [f for f in factors_of(e) if isinstance(f, Sum)]
    others = [f for f in factors_of(e) if not isinstance(f, Sum)]
    if len(sums) != 1 or not others or any(free_indices(f) or f.atoms(Indexed) for f in others):
        return None
    (inner,) = sums
    if not opened(inner, names_in(e)).deltas:
        return None
    return sum_(Mul(*others, inner.function), *bound_indices(inner))


def _is_of_positions(e: Expr) -> bool:
    """Whether a factor says where something lies; [k = t[n]] and [k = argmax] pick an entry, and are not meant."""
    if not isinstance(e, KroneckerDelta) or any(r.base.is_integer for r in e.atoms(Indexed)):
        return False
    return not any(isinstance(a, argmax_over) for a in e.args)


def _summed(factors: Sequence[Expr], bound: tuple[Idx, ...]) -> Expr:
    return sum_(Mul(*factors), *bound) if bound else Mul(*factors)


def _with_taps(nest: Nest) -> Nest:
    """The place of a maximum as an index of its own: [h = 2·argmax + q] is Σ_t [t = argmax]·[h = 2t + q]."""
    for one in nest.deltas:
        for place in sorted(one.atoms(argmax_over), key=str):
            taken = {n for e in (*nest.deltas, *nest.rest) for n in names_in(e)} | {str(i.label) for i in nest.bound}
            tap = fresh_index(place.args[1], taken)
            deltas = tuple(d.xreplace({place: tap}) for d in nest.deltas)
            return _with_taps(Nest((*nest.bound, tap), deltas, (*nest.rest, delta(tap, place))))
    return nest


# Deltas that fix a bound index ----------------------------------------------------------------------


def _gathered(nest: Nest, order: tuple[Idx, ...]) -> Nest:
    """Σ_p [h = p − a] u[p] is u[h + a], which reads 0 outside: every bound index that entries hold, put in."""
    options = [(one, index, at) for one in nest.deltas for index, at in _fixed_by(one, nest, order)]
    if not options:
        return nest
    one, index, at = min(options, key=lambda o: (nearness(o[1], nest, order), str(o[1])))
    value = at.start + sum((s * i for s, i in zip(at.steps, at.indices, strict=True)), Integer(0))
    deltas = tuple(substitute(d, {index: value}) for d in nest.deltas if d != one)
    rest = tuple(substitute(f, {index: value}) for f in nest.rest)
    return _gathered(Nest(tuple(i for i in nest.bound if i != index), deltas, rest), order)


def _fixed_by(one: KroneckerDelta, nest: Nest, order: tuple[Idx, ...]) -> list[tuple[Idx, Affine]]:
    """The bound indices that a delta fixes by the others, where none of these is nearer to the result.

    Among equals, that which stands alone in the delta: the place in an image, not one of those that reach it.
    """
    zero = gap(one)
    if zero is None:
        return []
    found = {}
    for index in zero.indices:
        holding = [f for f in nest.rest if index in free_indices(f)]
        at = solved(zero, index) if index in nest.bound else None
        is_other_axis = at is not None and at.indices[1:] == () and (at.start, *at.steps) == (0, 1)
        if at is None or not holding or (is_other_axis and size_of(at.indices[0]) != size_of(index)):
            continue
        if all(isinstance(f, Indexed) and _reads_apart(f, index, at) for f in holding):
            found[index] = at
    if not any(solved(zero, i) for i in order if i in zero.indices):
        return [*found.items()]  # nothing else can be done with this delta
    others = [i for i in zero.indices if i in nest.bound and i not in found]
    far = min((nearness(i, nest, order) for i in others), default=[len(order) + 1])
    return [
        (index, at)
        for index, at in found.items()
        if (near := nearness(index, nest, order)) < far or (near == far and index in one.args)
    ]


def _reads_apart(entry: Indexed, index: Idx, at: Affine) -> bool:
    """Whether an entry holds an index plainly, once, and nothing that it is to be replaced by."""
    others = {i for e in entry.indices if e != index for i in free_indices(e)}
    return list(entry.indices).count(index) == 1 and not others & {index, *at.indices}


def nearness(index: Idx, nest: Nest, order: tuple[Idx, ...]) -> list[int]:
    """What is read at it shares the first indices of the result: an image, rather than a kernel."""
    entries = [f for f in nest.rest if index in free_indices(f)]
    return [order.index(i) for i in order if any(i in free_indices(f) for f in entries)] or [len(order)]


# Deltas of the result's indices ---------------------------------------------------------------------


def _scattered(one: KroneckerDelta, nest: Nest, order: tuple[Idx, ...]) -> tuple[Idx, Affine]:
    """An index of the result and the places that make it, by indices that are summed and nothing else holds."""
    zero = gap(one)
    for index in order if zero else ():
        at = solved(zero, index) if zero and index in zero.indices else None
        if at and all(i in nest.bound for i in at.indices):
            if any(i in free_indices(other) for other in nest.deltas if other != one for i in at.indices):
                break
            return index, at
    raise LoweringError(f"{one}: no addition of windows says it")


def _added(
    inside: Expr, scattered: Sequence[tuple[Idx, Affine]], order: tuple[Idx, ...], lower: Lower, e: Expr
) -> Lowered:
    read = [i for f in factors_of(inside) if isinstance(f, Indexed) for i in free_indices(f)]
    windows = {h: at.ordered(sorted(at.indices, key=lambda i: (i not in read, str(i)))) for h, at in scattered}
    placed = tuple(i for h in order for i in (windows[h].indices if h in windows else (h,)))
    value = lower(inside, placed)
    windows = {h: at.ordered((*value.indices, *at.indices)) for h, at in windows.items()}
    spread: dict[Idx, Affine] = {}
    for h, at in windows.items():
        present = tuple(i for i in at.indices if i in value.indices)
        if len(present) == 1 < len(at.indices):
            spread[h] = at.ordered((*present, *(i for i in at.indices if i not in present)))
        elif len(present) < len(at.indices):
            raise LoweringError(f"{e}: the summand does not depend on {set(at.indices) - set(present)}")
    added = {h: at for h, at in windows.items() if h not in spread}
    return _one_kind(SPREAD, spread, _one_kind(ADD, added, value, order, spread, e), order, {}, e)


def _one_kind(
    op: str,
    windows: dict[Idx, Affine],
    value: Lowered,
    order: tuple[Idx, ...],
    later: dict[Idx, Affine],
    e: Expr,
) -> Lowered:
    """The value with the indices of each window replaced by that of the result."""
    if not windows:
        return value
    first = {h: at.indices[:1] for h, at in later.items()} | {
        h: at.indices if op == ADD else at.indices[:1] for h, at in windows.items()
    }
    whole = [(h, first.get(h, (h,))) for h in order]
    kept = [(h, held) for h, held in whole if all(i in value.indices for i in held)]
    value = view(value, tuple(i for _, held in kept for i in held))
    alongs = [Along(a, windows[h], size_of(h)) for a, (h, _) in enumerate(kept) if h in windows]
    result = tuple(held[0] if h in later else h for h, held in kept)
    node = window_node(op, value.node, alongs, tuple(map(size_of, result)), e)
    return Lowered(node, result)
