"""Integer combinations of indices: where in an axis a read lies, or which place a delta picks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Idx, Indexed, Integer, KroneckerDelta

from derivations.notation import argmax_over


@dataclass(frozen=True)
class Affine:
    """start + steps[0]·indices[0] + steps[1]·indices[1] + …; the start and the steps hold no index."""

    start: Expr
    steps: tuple[Expr, ...]
    indices: tuple[Idx, ...]

    def step(self, index: Idx) -> Expr:
        """The step of one of the indices."""
        return self.steps[self.indices.index(index)]

    def ordered(self, order: Sequence[Idx]) -> Affine:
        """The same with its indices in a given order."""
        indices = tuple(i for i in dict.fromkeys(order) if i in self.indices)
        return Affine(self.start, tuple(map(self.step, indices)), indices)


def affine(e: Expr) -> Affine | None:
    """An expression as an integer combination of indices; None where it is none, or holds no index."""
    if e.has(Indexed, argmax_over) or not e.atoms(Idx):
        return None
    e = e.expand()
    indices = tuple(sorted(e.atoms(Idx), key=str))
    steps = tuple(e.coeff(i) for i in indices)
    start = (e - sum((s * i for s, i in zip(steps, indices, strict=True)), Integer(0))).expand()
    parts = (start, *steps)
    if any(p.atoms(Idx) or not p.is_integer for p in parts) or 0 in steps:
        return None
    return Affine(start, steps, indices)


def gap(delta: KroneckerDelta) -> Affine | None:
    """[u = v] as u − v, which is 0."""
    return affine(delta.args[0] - delta.args[1])


def solved(zero: Affine, index: Idx) -> Affine | None:
    """What an index is where a combination of it is 0; None where that would divide."""
    step = zero.step(index)
    if abs(step) != 1:
        return None
    others = tuple(i for i in zero.indices if i != index)
    return Affine((-zero.start / step).expand(), tuple((-zero.step(i) / step).expand() for i in others), others)
