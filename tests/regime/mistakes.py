"""Deliberately wrong backwards, for the tests that show that a check can fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from tests.regime.case import Functions

Mistake = Callable[[Any, Any], Any]
"""From the right gradient, and the one that lacks the first example, to a wrong one."""


def _transposed(gradient: Any) -> Any:
    """The right entries, counted in the other order."""
    return np.ascontiguousarray(gradient.T).reshape(gradient.shape)


MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {
        "sign": lambda gradient, without_first: -gradient,
        "factor 1 + 1e-6": lambda gradient, without_first: gradient * (1 + 1e-6),
        "transposed": lambda gradient, without_first: _transposed(gradient),
        "dropped term": lambda gradient, without_first: without_first,
    }
)


def mistaken(functions: Functions, mistake: Mistake, which: int) -> Functions:
    """The functions with one gradient, the one at position ``which``, made wrong."""

    def backward(saved: Any, delta: Any) -> tuple[Any, ...]:
        gradients = list(functions.backward(saved, delta))
        remaining = delta.copy()
        remaining[0] = 0 * remaining[0]
        gradients[which] = mistake(gradients[which], functions.backward(saved, remaining)[which])
        return tuple(gradients)

    return replace(functions, backward=backward)


def _modifies_an_input(right: Functions) -> Functions:
    def forward(*arguments: Any) -> Any:
        result = right.forward(*arguments)
        arguments[-1][...] += 1
        return result

    return replace(right, forward=forward)


def _modifies_delta(right: Functions) -> Functions:
    def backward(saved: Any, delta: Any) -> Any:
        gradients = right.backward(saved, delta)
        delta *= 2
        return gradients

    return replace(right, backward=backward)


def _keeps_its_first_result(right: Functions) -> Functions:
    kept: list[Any] = []

    def backward(saved: Any, delta: Any) -> Any:
        kept.append(right.backward(saved, delta))
        return kept[0]

    return replace(right, backward=backward)


def _remembers(right: Functions) -> Functions:
    calls: list[Any] = []

    def forward(*arguments: Any) -> Any:
        output, saved = right.forward(*arguments)
        calls.append(output)
        return output + (len(calls) - 1) * np.finfo(output.dtype).eps, saved

    return replace(right, forward=forward)


SLOPPINESS: Mapping[str, Callable[[Functions], Functions]] = MappingProxyType(
    {
        "an input was modified": _modifies_an_input,
        "input was modified": _modifies_delta,
        "shares memory": lambda right: replace(
            right, backward=lambda saved, delta: (*right.backward(saved, delta)[:-1], delta.reshape(-1)[:3])
        ),
        "the output lies in an input": lambda right: replace(
            right, forward=lambda *arguments: (arguments[0][:, :3], right.forward(*arguments)[1])
        ),
        "float64 in, float32 out": lambda right: replace(
            right,
            backward=lambda saved, delta: tuple(g.astype(np.float32) for g in right.backward(saved, delta)),
        ),
        "has shape": lambda right: replace(
            right, backward=lambda saved, delta: tuple(g[None] for g in right.backward(saved, delta))
        ),
        "no array": lambda right: replace(
            right, forward=lambda *a: (right.output(*a).tolist(), right.forward(*a)[1])
        ),
        "gradients are off": lambda right: mistaken(right, MISTAKES["factor 1 + 1e-6"], 0),
        "other bits": _remembers,
        "gave other bits": lambda right: replace(
            right, saved_values=lambda x, *others: (np.nextafter(x, np.inf, dtype=x.dtype), *others)
        ),
        "does not double": _keeps_its_first_result,
    }
)
"""What a check of calls complains of, and what to do to functions of a 3 × 4 by 3 × 4 layer to deserve it."""
