"""Cook–Toom: m places of a correlation with r taps by m + r - 1 products instead of m·r, in exact rationals.

A point (p : q) of the projective line evaluates a polynomial of degree n with coefficients u to Σ_i u_i p^i q^{n-i};
(1 : 0), the point at infinity, gives the last coefficient. At one point, the powers for place k and for tap t multiply
to those for k + t:

    p^k q^{m-1-k} · p^t q^{r-1-t} = p^s q^{α-1-s},   s = k + t,   α = m + r - 1.

So with A and G the values of the powers at α distinct points, and B the coefficients of Lagrange's polynomials for
them, Σ_a A[k, a] G[a, t] B[a, i] = [i = k + t], and

    y[k] = Σ_t x[k + t] K[t] = Σ_a A[k, a] (Σ_t G[a, t] K[t]) (Σ_i B[a, i] x[i]).

It is the exact identity of the numbers, not this argument, that `Transform` is checked by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import chain, combinations, islice, product
from math import gcd, lcm, prod

Point = tuple[int, int]
"""A point (p : q) of the projective line: p / q, or infinity where q is 0."""

Row = tuple[int, ...]

INFINITY: Point = (1, 0)


@dataclass(frozen=True)
class Transform:
    """The bilinear algorithm F(m, r), in integers: A G B / divisor.

    ``places[k][a]`` is A, ``taps[a][t]`` is ``divisor`` times G, ``image[a][i]`` is B; a counts the products.

    Raises
    ------
    ValueError
        If the numbers are no such algorithm: Σ_a A[k, a] G[a, t] B[a, i] is not [i = k + t] for every k, t, i.
    """

    places: tuple[Row, ...]
    taps: tuple[Row, ...]
    image: tuple[Row, ...]
    divisor: int

    def __post_init__(self) -> None:
        if self.divisor < 1:
            raise ValueError(f"F({self.m}, {self.r}): the divisor {self.divisor} is not a positive integer")
        if (wrong := next(self._wrong(), None)) is not None:
            raise ValueError(f"F({self.m}, {self.r}): A G B at k, t, i = {wrong} is not [i = k + t]")

    @property
    def m(self) -> int:
        """How many places a tile has."""
        return len(self.places)

    @property
    def r(self) -> int:
        """How many taps the kernel has."""
        return len(self.taps[0])

    @property
    def products(self) -> int:
        """How many products a tile takes, which is as many as it reads entries of the image."""
        return len(self.taps)

    def _wrong(self) -> Iterator[tuple[int, int, int]]:
        """Where the bilinear identity fails."""
        for k, t, i in product(range(self.m), range(self.r), range(len(self.image[0]))):
            each = zip(self.places[k], self.taps, self.image, strict=True)
            if sum(a * g[t] * b[i] for a, g, b in each) != self.divisor * (i == k + t):
                yield k, t, i


def usual_points(count: int) -> tuple[Point, ...]:
    """0, 1, -1, 1/2, -2, 2, -1/2, 1/3, -3, … and infinity.

    Numbers with their inverses, and as many of either sign, keep the powers from growing on one side: with 0, ±1, ±2,
    ±3 the results of F(6, 3) are eleven times less exact, with 0, ±1, ±2 those of F(4, 3) up to twice.
    """
    sided = chain.from_iterable(((1, k), (-k, 1), (k, 1), (-1, k)) for k in range(2, count + 2))
    return (*islice(chain(((0, 1), (1, 1), (-1, 1)), sided), count - 1), INFINITY)


def cook_toom(m: int, r: int, points: Sequence[Point] | None = None) -> Transform:
    """The transforms of F(m, r) from m + r - 1 points.

    Parameters
    ----------
    m : int
        How many places a tile has.
    r : int
        How many taps the kernel has.
    points : sequence of (int, int), optional
        The points (p : q); by default those of `usual_points`.

    Raises
    ------
    ValueError
        If there are not m + r - 1 points, or two are the same: interpolation has no solution then.
    """
    if m < 1 or r < 1:
        raise ValueError(f"cook_toom: F({m}, {r}) needs at least one place and one tap")
    count = m + r - 1
    chosen = tuple(points) if points is not None else usual_points(count)
    if len(chosen) != count:
        raise ValueError(f"cook_toom: F({m}, {r}) needs {count} points; {len(chosen)} are given")
    same = [(a, b) for a, b in combinations(chosen, 2) if _cross(a, b) == 0]
    if same:
        raise ValueError(f"cook_toom: {same[0][0]} and {same[0][1]} are the same point; all must differ")
    image, weights = zip(*(_lagrange(a, chosen) for a in range(count)), strict=True)
    taps = [[Fraction(power) * weight for power in _powers(p, r)] for p, weight in zip(chosen, weights, strict=True)]
    divisor = lcm(*(u.denominator for row in taps for u in row))
    return Transform(
        places=tuple(zip(*(_powers(p, m) for p in chosen), strict=True)),
        taps=tuple(tuple(int(u * divisor) for u in row) for row in taps),
        image=image,
        divisor=divisor,
    )


def _cross(a: Point, b: Point) -> int:
    """0 exactly where two points are the same."""
    return b[1] * a[0] - b[0] * a[1]


def _powers(point: Point, count: int) -> Row:
    """The monomials of degree count - 1 at a point: p^i q^{count-1-i}."""
    p, q = point
    return tuple(p**i * q ** (count - 1 - i) for i in range(count))


def _lagrange(a: int, points: Sequence[Point]) -> tuple[Row, Fraction]:
    """The polynomial that is 0 at all points but the a-th, in coprime integers, and what makes it 1 there.

    Its sign is that of its value, so that the weight is positive.
    """
    others = [point for i, point in enumerate(points) if i != a]
    row: Row = reduce(_times, [(-p, q) for p, q in others], (1,))
    value = prod(_cross(points[a], other) for other in others)
    scale = gcd(*row) * (1 if value > 0 else -1)
    return tuple(u // scale for u in row), Fraction(scale, value)


def _times(left: Row, right: Row) -> Row:
    """The product of two polynomials, by their coefficients, the lowest first."""
    found = [0] * (len(left) + len(right) - 1)
    for (i, u), (j, v) in product(enumerate(left), enumerate(right)):
        found[i + j] += u * v
    return tuple(found)
