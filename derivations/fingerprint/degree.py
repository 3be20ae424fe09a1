"""How likely a false agreement is: an estimate of the degree of both sides as rational functions.

A polynomial of degree D that is not zero vanishes at a random point of F_p with probability at most D/p
(Schwartz and Zippel). An exponential counts as a variable, as often as its argument has degree: that is
the estimate, and exact only for exponents that are integer combinations of entries.
"""

from __future__ import annotations

import math

from derivations.fingerprint.field import PRIME
from derivations.fingerprint.formula import Node, Program

Degree = tuple[int, int]
"""Degrees of numerator and denominator."""


def log2_of_a_false_zero(program: Program, longest: int) -> float:
    """log₂ of the estimated chance that two different sides agree in one trial; axes up to ``longest``."""
    known: dict[Node, Degree] = {}
    left = _degree(program, program.statement.left, longest, known)
    right = _degree(program, program.statement.right, longest, known)
    return math.log2(_sum([left, right])[0] + 1) - math.log2(PRIME)


def _degree(program: Program, node: Node, longest: int, known: dict[Node, Degree]) -> Degree:
    if node not in known:
        parts = [_degree(program, child, longest, known) for child in node.children]
        known[node] = _estimate(program, node, parts, longest, known)
    return known[node]


def _estimate(program: Program, node: Node, parts: list[Degree], longest: int, known: dict[Node, Degree]) -> Degree:
    if node.exact:
        return 0, 0
    if node.kind == "sum":
        return _sum([parts[0]] * longest)
    if node.kind == "multiply":
        return sum(part[0] for part in parts), sum(part[1] for part in parts)
    if node.kind == "power":
        exponent = abs(node.children[1].payload) if node.children[1].kind == "number" else longest
        size = math.ceil(max(parts[0]) * exponent)
        return size, size
    if node.kind == "call":
        size = max(1, sum(parts[0]))
        return size, size
    if node.kind in ("gradient", "jacobian"):
        name = program.output if node.kind == "gradient" else node.payload[0]
        top, bottom = _of_tensor(program, name, longest, known)
        terms = longest ** len(program.tensors[name].axes) if node.kind == "gradient" else 1
        return _sum([(top + bottom + 1, 2 * bottom)] * terms)
    if node.kind == "entry":
        return _of_tensor(program, node.payload, longest, known)
    return _sum(parts) if parts else (1, 0)


def _of_tensor(program: Program, name: str, longest: int, known: dict[Node, Degree]) -> Degree:
    right = program.tensors[name].right
    return (1, 0) if right is None else _degree(program, right, longest, known)


def _sum(parts: list[Degree]) -> Degree:
    """Over the product of the denominators."""
    bottom = sum(part[1] for part in parts)
    return max(part[0] - part[1] for part in parts) + bottom, bottom
