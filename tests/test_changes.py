"""A definition is changed in one place: forward and backward follow, and everything of its own still holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sympy import Expr, atan, tanh

from codegen.pipeline import emit_module, module_name
from codegen.verify import verify_module
from derivations.layer import Layer
from derivations.layers import LAYERS
from derivations.layers.linear import LINEAR, W, b, i, j, n, x, z
from derivations.notation import sum_

TANH_LINEAR = replace(
    LINEAR, name="TanHLinear", forward={z[n, j]: tanh(sum_(x[n, i] * W[j, i], i) + b[j])}, optional=(), claims=()
)
CHANGES: dict[str, tuple[Layer, Callable[[Layer], Layer]]] = {
    "tanh becomes arctan": (
        TANH_LINEAR,
        lambda layer: replace(layer, forward={k: v.replace(tanh, atan) for k, v in layer.forward.items()}),
    ),
    "a factor 3": (LINEAR, lambda layer: replace(layer, forward=_last(layer, lambda e: 3 * e), claims=())),
    "a swapped index": (
        LINEAR,
        lambda layer: replace(
            layer, forward={z[n, j]: sum_(x[n, i] * W[i, j], i) + b[j]}, parameters=(W[i, j], b[j]), claims=()
        ),
    ),
}


def _last(layer: Layer, change: Callable[[Expr], Expr]) -> dict[Expr, Expr]:
    steps = dict(layer.forward)
    steps[layer.output] = change(steps[layer.output]).expand()
    return steps


def _body(text: str, name: str) -> str:
    start = text.index(f"\ndef {name}(")
    return text[start : text.index("\n\n\n", start)] if "\n\n\n" in text[start:] else text[start:]


def plain_functions(text: str) -> dict[str, object]:
    """The plain functions of a module, run without its class."""
    space: dict[str, object] = {"np": np}
    exec(text[text.index("\ndef forward") :], space)
    return space


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reaches_forward_and_backward_and_all_is_proven_again(change: str) -> None:
    before, made = CHANGES[change]
    after = made(before)
    old, new = emit_module(before), emit_module(after)
    assert all(check.ok for check in verify_module(after, new))
    assert not all(check.ok for check in verify_module(after, old)), "the old text does not mean the new formula"
    assert _body(old, "forward") != _body(new, "forward")
    assert _body(old, "backward") != _body(new, "backward")


@pytest.mark.parametrize("change", CHANGES)
def test_the_changed_backward_is_the_derivative_of_the_changed_forward(change: str) -> None:
    before, made = CHANGES[change]
    space = plain_functions(emit_module(made(before)))
    rng = np.random.default_rng(1)
    arrays = [rng.normal(size=s) for s in ((4, 3), (3, 2) if change == "a swapped index" else (2, 3), (2,))]
    delta = rng.normal(size=(4, 2))
    _, saved = space["forward"](*arrays)
    gradients = space["backward"](saved, delta)
    for position, gradient in enumerate(gradients):
        step = 1e-200j
        for at in np.ndindex(arrays[position].shape):
            moved = [a.astype(complex) for a in arrays]
            moved[position][at] += step
            derivative = (space["forward"](*moved)[0] * delta).sum().imag / 1e-200
            np.testing.assert_allclose(gradient[at], derivative, rtol=1e-12, atol=1e-13)


def test_a_claim_about_the_old_formula_fails_and_says_so() -> None:
    from derivations.judge import judge

    tripled = replace(LINEAR, forward=_last(LINEAR, lambda e: 3 * e))
    verdicts = {verdict.id: verdict for verdict in judge(tripled)}
    assert verdicts["1.linear.delta"].verdict.value == "refuted"
    assert verdicts["1.linear.delta"].witness is not None


def test_every_layer_of_the_list_has_a_module_of_its_own() -> None:
    names = [module_name(layer) for layer in LAYERS]
    assert len(set(names)) == len(names)
