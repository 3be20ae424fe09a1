"""An axis cut into tiles: p = m·j + k in place of p, where j < J counts tiles of m places and P ≤ m·J.

Every p < P is m·j + k for exactly one tile j < J and one place k < m. What the tiles reach beyond P is made to read
0: a tensor u with an axis P becomes ũ with axes J and m, ũ[j, k] = u[m·j + k] or 0. So for a summand that has a
factor u[p],

    Σ_{p < P} u[p]·v(p) = Σ_{j < J} Σ_{k < m} ũ[j, k]·v(m·j + k),

and what holds at m·j + k for every tile, every place and every ũ, holds at every p for every u.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from derivations.form import (
    ZERO,
    Atom,
    Form,
    Index,
    Monomial,
    NotShown,
    add,
    atom_form,
    constant,
    free_variables,
    monomial_form,
    multiply,
    scale,
)
from derivations.form_functions import power
from derivations.form_indices import Bound, equal_indices, variable
from derivations.form_integers import at_least_zero, integer_part, zero_affine
from derivations.form_sums import rename, settle, sum_over
from derivations.tiles import Tiling

OUTER = 1000
"""Temporary names of tiles start here: no form nests as deep."""


INTEGER = {"aff": zero_affine, "geq": at_least_zero, "flr": integer_part}
"""What is made of an integer form."""

Places = Mapping[Index, tuple[Index, int]]
"""For each index of the whole axis its tile, and its place in the tile."""


def by_tiles(form: Form, tiling: Tiling) -> Iterator[Form]:
    """The form with every index of an axis put as a tile and a place, once for each choice of the free ones' places.

    Raises
    ------
    NotShown
        Where the form does more with the axis than to read tensors, compare and sum.
    """
    free = sorted(v for v in free_variables(form) if v[2] == tiling.whole)
    for chosen in product(range(tiling.places), repeat=len(free)):
        at = {v: (("var", v[1], tiling.tiles), k) for v, k in zip(free, chosen, strict=True)}
        yield settle(_Cut(tiling).form(form, at, OUTER))


@dataclass(frozen=True)
class _Cut:
    """Forms by tiles. ``outer`` is the next temporary name of an index that is summed over."""

    tiling: Tiling

    def form(self, form: Form, at: Places, outer: int) -> Form:
        return add(*(scale(self.monomial(m, at, outer), c) for m, c in form))

    def monomial(self, monomial: Monomial, at: Places, outer: int) -> Form:
        if any(e < 0 or e.denominator != 1 for _, e in monomial):
            raise NotShown(f"a root or a division beside an axis {self.tiling.whole} cut into tiles")
        return multiply(*(power(self.atom(a, at, outer), e) for a, e in monomial))

    def atom(self, atom: Atom, at: Places, outer: int) -> Form:
        kind = atom[0]
        if kind in ("sym", "num"):
            return atom_form(atom)
        if kind == "var":
            return self.number(atom, at)
        if kind == "ten":
            return self.read(atom[1], atom[2], at)
        if kind == "eq":
            return self.equal(atom[1], atom[2], at)
        if kind in INTEGER:
            return INTEGER[kind](self.form(atom[1], at, outer))
        if kind == "sum":
            return self.sum(atom[1], atom[2], at, outer)
        raise NotShown(f"{kind} beside an axis {self.tiling.whole} cut into tiles")

    def number(self, index: Index, at: Places) -> Form:
        if index not in at:
            return atom_form(index)
        tile, place = at[index]
        return add(scale(atom_form(tile), self.tiling.places), constant(place))

    def read(self, name: str, indices: tuple[Index, ...], at: Places) -> Form:
        """A tensor; its new name says which of its axes are cut, so that it never meets itself uncut."""
        if any(i[0] not in ("var", "int") for i in indices):
            raise NotShown(f"{name} read at a label beside an axis {self.tiling.whole} cut into tiles")
        cut = [str(r) for r, i in enumerate(indices) if i in at]
        parts = tuple(part for i in indices for part in ((at[i][0], ("int", at[i][1])) if i in at else (i,)))
        return atom_form(("ten", f"{name}÷{','.join(cut)}" if cut else name, parts))

    def equal(self, left: Index, right: Index, at: Places) -> Form:
        if left in at and right in at:
            return equal_indices(at[left][0], at[right][0]) if at[left][1] == at[right][1] else ZERO
        if left in at or right in at or not {left[0], right[0]} <= {"var", "int"}:
            raise NotShown(f"a position beside an axis {self.tiling.whole} cut into tiles")
        return equal_indices(left, right)

    def sum(self, bounds: tuple[Bound, ...], body: Monomial, at: Places, outer: int) -> Form:
        """A sum, its indices renamed, those of the axis as tiles and places."""
        whole, tiles = self.tiling.whole, self.tiling.tiles
        if any(b[1] == whole and not _reads(body, variable(b)) for b in bounds):
            raise NotShown(f"a sum over {whole}, cut into tiles, of what no tensor makes 0 beyond it")
        fresh = {b: (f"~{outer + r}", b[1]) for r, b in enumerate(bounds)}
        renamed = rename(monomial_form(body), {variable(b): variable(f) for b, f in fresh.items()})
        cut = [variable(f) for f in fresh.values() if f[1] == whole]
        names = tuple((name, tiles if size == whole else size) for name, size in fresh.values())
        found = []
        for chosen in product(range(self.tiling.places), repeat=len(cut)):
            here = {v: (("var", v[1], tiles), k) for v, k in zip(cut, chosen, strict=True)}
            found.append(sum_over(names, self.form(renamed, {**at, **here}, outer + len(bounds))))
        return add(*found)


def _reads(body: Monomial, index: Index) -> bool:
    """Whether a factor is a tensor read at an index, to a positive power."""
    return any(a[0] == "ten" and index in a[2] and e > 0 for a, e in body)
