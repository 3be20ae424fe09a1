"""What must hold of every call, whatever the sizes, the dtype and the layout of the arrays in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from tests.regime.case import Case, Functions
from tests.regime.maps import directions
from tests.regime.numbers import (
    BITS,
    Arguments,
    Direction,
    DisagreementError,
    as_ball,
    ball,
    coefficients,
    entrywise,
    lift,
    precision,
    rounded_to,
)
from tests.regime.oracle_check import SLACK, oracle_output, require_near


def _backwards(array: np.ndarray) -> np.ndarray:
    turned = (slice(None, None, -1),) * array.ndim
    return array[turned].copy()[turned]


def _every_other(array: np.ndarray) -> np.ndarray:
    spread = np.empty(tuple(2 * size for size in array.shape), array.dtype)
    view = spread[(slice(None, None, 2),) * array.ndim]
    view[...] = array
    return view


def _read_only(array: np.ndarray) -> np.ndarray:
    copied = array.copy()
    copied.flags.writeable = False
    return copied


def _unaligned(array: np.ndarray) -> np.ndarray:
    memory = np.empty(array.nbytes + 1, np.uint8)
    moved = memory[1:].view(array.dtype).reshape(array.shape)
    moved[...] = array
    return moved


LAYOUTS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {
        "C order": np.ascontiguousarray,
        "Fortran order": np.asfortranarray,
        "transposed": lambda array: np.ascontiguousarray(array.T).T,
        "negative strides": _backwards,
        "every other entry": _every_other,
        "read-only": _read_only,
        "unaligned": _unaligned,
        "one row repeated": lambda array: np.broadcast_to(array[:1], array.shape),
    }
)
"""Other ways for an array to lie in memory; the last also overlaps itself, and changes what it holds."""


def laid_out(arguments: Arguments, layout: str) -> dict[str, Any]:
    """The arguments with each array in a layout."""
    return {
        name: LAYOUTS[layout](value) if isinstance(value, np.ndarray) else value
        for name, value in arguments.items()
    }


def overlapping(case: Case, arguments: Arguments, delta: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
    """The arguments that have gradients, and δ, as views of one buffer, one entry apart."""
    arrays = [np.asarray(arguments[name]) for name in case.gradients] + [delta]
    room = max(array.size for array in arrays) + len(arrays)
    rng = np.random.default_rng(room)
    entries = rng.uniform(0.1, 0.9, room) if case.probabilities else rng.standard_normal(room)
    buffer = entries.astype(delta.dtype)
    views = [buffer[k : k + array.size].reshape(array.shape) for k, array in enumerate(arrays)]
    return {**arguments, **dict(zip(case.gradients, views, strict=False))}, views[-1]


def check_call(case: Case, functions: Functions, arguments: Arguments, delta: np.ndarray) -> None:
    """Call both functions twice; look at values, shapes, dtypes, the inputs' bytes and the memory of results.

    Parameters
    ----------
    arguments, delta
        Arrays of one dtype, which the results are to have, in any layout.
    """
    given = [value for value in (*arguments.values(), delta) if isinstance(value, np.ndarray)]
    before = [value.tobytes() for value in given]
    output, saved = functions.forward(*arguments.values())
    gradients = functions.backward(saved, delta)
    _require([value.tobytes() for value in given] == before, case, "an input was modified")

    shapes = {"the output": delta.shape, **{name: np.shape(arguments[name]) for name in case.gradients}}
    for (name, shape), result in zip(shapes.items(), (output, *gradients), strict=True):
        _require(type(result) is np.ndarray, case, f"for {name}, {type(result).__name__}: no array")
        _require(result.dtype == delta.dtype, case, f"for {name}, {delta.dtype} in, {result.dtype} out")
        _require(result.shape == shape, case, f"for {name}, the result has shape {result.shape}, not {shape}")

    check_memory(case, given, saved, output, gradients)
    check_values(case, functions, arguments, output, gradients, delta)

    again, *saved_again = functions.forward(*arguments.values())
    if functions.saved_values:
        saved_again.append(functions.saved_values(*arguments.values()))
    for results in (functions.backward(one, delta) for one in (saved, *saved_again)):
        same = all(map(_is_same, (output, *gradients), (again, *results)))
        _require(same, case, "the same call, repeated, gave other bits")
    compact = delta.copy()
    once, doubled = functions.backward(saved, compact), functions.backward(saved, 2 * compact)
    _require(all(map(_is_same, [2 * g for g in once], doubled)), case, "2δ does not double the gradients")
    _require([value.tobytes() for value in given] == before, case, "an input was modified by a later call")


def check_memory(case: Case, given: list[Any], saved: Any, output: Any, gradients: tuple[Any, ...]) -> None:
    """No result lies in an input, no gradient in a saved value, in the output or in another gradient."""
    kept = [value for value in (saved if isinstance(saved, tuple) else (saved,)) if hasattr(value, "dtype")]
    apart = not any(np.may_share_memory(output, value) for value in given)
    _require(apart, case, "the output lies in an input")
    for position, gradient in enumerate(gradients):
        others = (*given, *kept, output, *gradients[:position])
        free = not any(np.may_share_memory(gradient, value) for value in others)
        _require(free, case, f"the gradient of {case.gradients[position]} shares memory")


def check_values(
    case: Case,
    functions: Functions,
    arguments: Arguments,
    output: np.ndarray,
    gradients: tuple[np.ndarray, ...],
    delta: np.ndarray,
) -> None:
    """The output entry by entry, and the gradients in a random direction, against the oracle."""
    require_near(output, *oracle_output(case, arguments, delta.dtype, BITS), f"{case.name}: output")
    u = directions(case, arguments)
    with precision(BITS):
        expected = _slope(case.oracle, arguments, u, delta, ball)
        lost = as_ball(_slope(case.arithmetic, arguments, u, delta, rounded_to(delta.dtype))).rad()
        found = ball(0)
        for gradient, direction in zip(gradients, u.values(), strict=True):
            found += sum(entrywise(lambda g, v: ball(g) * ball(v), gradient, direction).flat, ball(0))
        allowed = SLACK * float(lost) + float(np.finfo(delta.dtype).smallest_normal)
        gap = float(abs(found - expected).mid())
    _require(gap <= allowed, case, f"in a direction the gradients are off by {gap:.3g}, not {allowed:.3g}")


def _slope(
    formula: Callable[..., Any],
    arguments: Arguments,
    u: dict[str, np.ndarray],
    delta: np.ndarray,
    number: Callable[[Any], Any],
) -> Any:
    """Σ of δ times the derivative of a formula in a direction."""
    pushed = coefficients(formula(*lift(arguments, Direction(u), number).values()), 1)
    return sum((number(d) * slope for d, slope in zip(delta.flat, pushed.flat, strict=True)), number(0))


def _is_same(left: np.ndarray, right: np.ndarray) -> bool:
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def _require(condition: bool, case: Case, complaint: str) -> None:
    if not condition:
        raise DisagreementError(f"{case.name}: {complaint}")
