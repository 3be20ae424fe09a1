"""A trial: one random rational point, and every decision that is not arithmetic.

Entries are ±n²/4ᵏ with n of 448 bits: exact rationals for questions of order, uniform residues in the
field, where squares are what counts as positive. A point with ties repeats 0, a number of the formula
and a shared value, since ties and zeros are where indicators differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import product

from derivations.fingerprint.balls import Ball, Real, RealArithmetic, order
from derivations.fingerprint.evaluate import Env, Evaluator, Redraw, Undefined
from derivations.fingerprint.exponent import ExponentArithmetic
from derivations.fingerprint.field import PRIME, PrimeArithmetic, Residue, is_square
from derivations.fingerprint.formula import Exact, Node, OutOfReach, Program

BITS = 448


@dataclass(slots=True)
class Point:
    """Sizes and values of everything that is given.

    ``kind`` says what is drawn: 0 anything, 1 positive, 2 below 1, 3 positive and below 1.
    """

    sizes: dict[str, int]
    seed: bytes
    kind: int = 0
    ties: tuple[Fraction, ...] = ()
    scalars: dict[str, Fraction] = field(default_factory=dict)
    fixed: dict[tuple[str, tuple[int, ...]], Exact] = field(default_factory=dict)

    def entry(self, name: str, place: tuple[int, ...]) -> Exact:
        """The value of an entry of a tensor that is no step."""
        key = (name, place)
        if key not in self.fixed:
            self.fixed[key] = self.draw(f"{name}{place}")
        return self.fixed[key]

    def label(self, name: str, place: tuple[int, ...], size: int) -> int:
        """The value of a label on an axis of this size."""
        if size < 1:
            raise Undefined(f"no label fits on an empty axis: {name}")
        return int.from_bytes(self._bytes(f"label {name}{place}")[:16], "big") % size

    def draw(self, key: str) -> Fraction:
        """A value for a key: one of those that tie three times in four, if any do."""
        data = self._bytes(key)
        root = int.from_bytes(data[8:], "big") | 1
        shift = data[0] % 4 + 1 if self.kind >= 2 else -(data[0] % 4)
        value = Fraction(root * root, 1 << 2 * (BITS + shift))
        if self.ties and data[1] % 4:
            value = self.ties[data[2] % len(self.ties)]
        return abs(value) if self.kind % 2 else -value if data[3] % 2 else value

    def _bytes(self, key: str) -> bytes:
        return blake2b(key.encode(), key=self.seed, digest_size=64).digest()


class Trial:
    """A program at a point, in the reals, in F_p, and in Z_q for exponents.

    With ``lawful``, what is positive must be a square too, if the program has roots: √(u²) = |u|.
    """

    def __init__(self, program: Program, point: Point, precision: int, lawful: bool = False) -> None:
        self.program = program
        self.point = point
        self.real: Evaluator[Real] = Evaluator(self, RealArithmetic(self, precision))
        self.prime: Evaluator[int] = Evaluator(self, PrimeArithmetic(self))
        self.exponent: Evaluator[Residue] = Evaluator(self, ExponentArithmetic(self))
        self.strict = lawful and {"order", "root"} <= program.features
        self._ranges: dict[Node, range] = {}
        self._shapes: dict[str, tuple[int | None, ...]] = {}

    # integers

    def exact(self, node: Node, env: Env) -> Exact:
        """The value of an exact node."""
        if node.kind == "number":
            return node.payload  # type: ignore[no-any-return]
        if node.kind == "index":
            return env[node.payload]
        value = self.real.value(node, env)
        if isinstance(value, Ball):
            raise OutOfReach("an exponent or an index is too large")
        return value

    def integer(self, node: Node, env: Env) -> Exact:
        """Sizes, indices, labels, deltas, floors and arg-maxima."""
        if node.kind == "index":
            return env[node.payload]
        if node.kind == "size":
            return self.point.sizes[node.payload]
        if node.kind == "argmax":
            return self.argmax(node, env)
        if node.kind == "entry":
            return self._label(node, env)
        sides = [self.exact(child, env) for child in node.children]
        if node.kind == "delta":
            return int(sides[0] == sides[1])
        if node.kind == "between":
            return int(sides[0] <= sides[1] <= sides[2])
        if node.kind == "mod":
            if sides[1] == 0:
                raise Undefined("a remainder by 0")
            return sides[0] % sides[1]
        return math.floor(sides[0]) if node.kind == "floor" else math.ceil(sides[0])

    def _label(self, node: Node, env: Env) -> int:
        place = self.place(node.payload, node.children, env)
        axis = self.program.tensors[node.payload].label_axis
        if place is None or axis is None:
            raise Undefined(f"the label {node.payload} is read outside its axes")
        return self.point.label(node.payload, place, int(self.exact(axis, {})))

    def range_of(self, node: Node, env: Env) -> range:
        """The values of the index that a node binds."""
        lower, upper = node.children[1:]
        if lower.free or upper.free:
            return self.between(lower, upper, env)
        if node not in self._ranges:
            self._ranges[node] = self.between(lower, upper, env)
        return self._ranges[node]

    def between(self, lower: Node, upper: Node, env: Env) -> range:
        """The integers from one bound to the other."""
        return range(math.ceil(self.exact(lower, env)), math.floor(self.exact(upper, env)) + 1)

    def shape(self, name: str) -> tuple[int | None, ...]:
        """The sizes of a tensor's axes; None where it is declared nowhere and never read plainly."""
        if name not in self._shapes:
            axes = self.program.tensors[name].axes
            self._shapes[name] = tuple(None if axis is None else int(self.exact(axis, {})) for axis in axes)
        return self._shapes[name]

    def place(self, name: str, indices: tuple[Node, ...], env: Env) -> tuple[int, ...] | None:
        """Where indices point, or None if that is outside or between."""
        found = []
        for index, size in zip(indices, self.shape(name), strict=True):
            value = self.exact(index, env)
            if value.denominator != 1 or (size is not None and not 0 <= value < size):
                return None
            found.append(int(value))
        return tuple(found)

    def places(self, name: str) -> Iterator[tuple[int, ...]]:
        """All positions of a tensor; none if an axis is not known."""
        return product(*(range(size or 0) for size in self.shape(name)))

    # order

    def sign(self, node: Node, env: Env) -> int:
        """−1, 0 or 1, decided over the rationals, by a ball, or as a zero of the field."""
        return self._compare((node, env), None)

    def argmax(self, node: Node, env: Env) -> int:
        """The first position of the largest value."""
        term, best = node.children[0], None
        for index in self.range_of(node, env):
            inner = {**env, node.payload: index}
            if best is None or self._compare((term, inner), (term, best)) > 0:
                best = inner
        if best is None:
            raise Undefined("the maximum over an empty axis")
        return best[node.payload]

    def extremes(self, node: Node, env: Env) -> list[Node]:
        """The operands that attain a maximum or minimum."""
        best: list[Node] = []
        for child in node.children:
            found = self._compare((child, env), (best[0], env)) if best else 1
            found = -found if node.kind == "min" and best else found
            best = [child] if found > 0 else [*best, child] if found == 0 else best
        return best

    def _compare(self, left: tuple[Node, Env], right: tuple[Node, Env] | None) -> int:
        found = order(self.real.value(*left), 0 if right is None else self.real.value(*right))
        if found is None or (self.strict and found):
            gap = self._gap(left, right)
            if found is None and gap:
                raise Redraw("two balls overlap")
            if found and is_square(gap) != (found > 0):
                raise Redraw("the field disagrees about a sign")
        return found or 0

    def _gap(self, left: tuple[Node, Env], right: tuple[Node, Env] | None) -> int:
        try:
            return (self.prime.value(*left) - (0 if right is None else self.prime.value(*right))) % PRIME
        except OutOfReach as reach:
            raise Redraw(str(reach)) from reach
