"""What a formula is a product or a power of, read off its structure: the laws of log and of (√u)²."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from derivations.fingerprint.evaluate import Env, Undefined
from derivations.fingerprint.formula import Exact, Node, number

if TYPE_CHECKING:
    from derivations.fingerprint.trial import Trial

Factor = tuple[Exact, Node, Env, bool]


def factors(trial: Trial, node: Node, env: Env, weight: Exact) -> Iterator[Factor]:
    """u as a product of powers: (exponent, factor, where, whether the factor is the exponent of an exp)."""
    node, env = resolve(trial, node, env)
    if node.kind == "multiply":
        for child in node.children:
            yield from factors(trial, child, env, weight)
    elif node.kind == "power":
        yield from factors(trial, node.children[0], env, weight * trial.exact(node.children[1], env))
    elif node.kind == "call" and node.payload == "exp":
        yield weight, node.children[0], env, True
    elif node.exact:
        value = trial.exact(node, env)
        yield from ((weight, part, {}, False) for part in _prime_factors(abs(value.numerator)))
        yield from ((-weight, part, {}, False) for part in _prime_factors(value.denominator))
    else:
        yield weight, node, env, False


def resolve(trial: Trial, node: Node, env: Env) -> tuple[Node, Env]:
    """A step read inside its axes is its right side there."""
    while node.kind == "entry":
        tensor = trial.program.tensors[node.payload]
        place = trial.place(node.payload, node.children, env) if tensor.right is not None else None
        if tensor.right is None or place is None:
            break
        node, env = tensor.right, dict(zip(tensor.slots, place, strict=True))
    return node, env


def resolve_root(trial: Trial, base: Node, env: Env) -> tuple[Node, Env, Exact]:
    """u^c with c a fraction as (u, where, c), so that (√u)² is u; anything else with c = 1."""
    node, inner = resolve(trial, base, env)
    if node.kind == "power":
        exponent = trial.exact(node.children[1], inner)
        if exponent.denominator != 1:
            return node.children[0], inner, exponent
    return base, env, 1


def _prime_factors(value: int) -> Iterator[Node]:
    """The prime factors of a natural number, the large ones together."""
    if value == 0:
        raise Undefined("the logarithm of 0")
    for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23):
        while value % prime == 0:
            value //= prime
            yield number(prime)
    if value > 1:
        yield number(value)
