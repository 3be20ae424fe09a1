"""Formulas with integer combinations of indices that no layer has: derived, proven, emitted, read back, run."""

from __future__ import annotations

import pytest
from sympy import Symbol, exp, tanh

from codegen.pipeline import BuildError, build
from derivations.layer import Hyperparameter, Layer
from derivations.notation import axes, delta, max_, size_of, sum_, tensors
from tests.unseen import check_built

n, c, i, j, k, p, h, t = axes("n:N c:C i:L j:J k:M p:P h:L t:M")
x, u, v, w, K, a, y, z, b = tensors("x u v w K a y z b")
H, M = map(size_of, (i, k))
step, shift = (Symbol(name, integer=True) for name in ("step", "shift"))
STEP = Hyperparameter(step, 2, (step >= 1,))
SHIFT = Hyperparameter(shift, 1)
HERE = (x[n, i],)


def layer(name, forward, *, parameters=(), inputs=HERE, hyperparameters=(), **sizes):
    return Layer(
        name,
        inputs=inputs,
        parameters=parameters,
        hyperparameters=hyperparameters,
        forward=forward,
        output_sizes={size_of(index): formula for index, formula in zip((p, j), sizes.values(), strict=False)},
    )


LAYERS = [
    layer("Strided", {y[n, p]: tanh(x[n, 2 * p])}, P=(H - 1) // 2 + 1),
    layer("Shifted", {y[n, i]: x[n, i - 1]}),
    layer("Moved", {y[n, i]: x[n, i + shift] - x[n, i]}, hyperparameters=(SHIFT,)),
    layer("Reversed", {y[n, i]: x[n, H - 1 - i]}),
    layer("Difference", {y[n, p]: x[n, p + 2] - x[n, p + 1]}, P=H - 2),
    layer("MovingAverage", {y[n, p]: sum_(x[n, p + k], k) / M}, parameters=(), hyperparameters=(
        Hyperparameter(M, 2, (M >= 1,)),
    ), P=H - M + 1),
    layer("Causal", {y[n, i]: sum_(w[k] * x[n, i - k], k)}, parameters=(w[k],)),
    layer("Toeplitz", {y[n, i]: sum_(w[i - h + H - 1] * x[n, h], h)}, parameters=(w[p],)),
    layer("Dilated", {y[n, p]: sum_(w[k] * x[n, p + 2 * k], k) + b[p]}, parameters=(w[k], b[p]), P=H - 2 * (M - 1)),
    layer("ByASymbol", {y[n, p]: sum_(w[k] * x[n, step * p + k], k)}, parameters=(w[k],), hyperparameters=(STEP,),
          P=(H - M) // step + 1),
    layer("Repeated", {y[n, p]: sum_(delta(p, 2 * i + k) * x[n, i], i, k)}, hyperparameters=(
        Hyperparameter(M, 2, (M >= 1,)),
    ), P=2 * (H - 1) + M),
    layer("Upsampled", {y[n, p]: sum_(delta(p, 2 * i + k) * w[k] * x[n, i], i, k)}, parameters=(w[k],),
          P=2 * (H - 1) + M),
    layer("TwoWindows", {y[n, p]: sum_(w[k] * x[n, p + k], k) * x[n, p + 1]}, parameters=(w[k],), P=H - M + 1),
    layer("Squares", {y[n, p]: sum_(w[k] * x[n, p + k] ** 2, k)}, parameters=(w[k],), P=H - M + 1),
    layer("Autocorrelation", {y[n, k]: sum_(x[n, i] * x[n, i + k], i) + w[k]}, parameters=(w[k],)),
    layer("Unfolded", {y[n, p, k]: x[n, p + k] * w[k]}, parameters=(w[k],), P=H - M + 1),
    layer("LargestOfAWindow", {y[n, p]: max_(x[n, 2 * p + k], k)}, hyperparameters=(
        Hyperparameter(M, 2, (M >= 1,)),
    ), P=(H - M) // 2 + 1),
    layer("Depthwise", {y[n, c, p]: sum_(K[c, k] * x[n, c, p + k], k)}, inputs=(x[n, c, i],), parameters=(K[c, k],),
          P=H - M + 1),
    layer("Mixed", {a[n, p]: sum_(w[k] * x[n, 2 * p + k], k), y[n, p]: a[n, p] / (1 + exp(-a[n, p]))},
          parameters=(w[k],), P=(H - M) // 2 + 1),
]  # fmt: skip
BY_NAME = {one.name: one for one in LAYERS}


@pytest.mark.parametrize("name", BY_NAME)
def test_is_built_and_right(name):
    check_built(BY_NAME[name])


def test_a_size_that_nothing_tells_is_named():
    untold = layer("Untold", {y[n, p]: sum_(x[n, p + k], k)}, P=H - M + 1)
    with pytest.raises(BuildError, match="nothing tells M: no array has an axis of that size; make M a hyperparameter"):
        build(untold)
