"""Radial basis functions: z[n, j] = exp(-|x_n - c_j|² / 2s²).   n example, i input, j centre."""

from sympy import Integer, exp

from derivations.layer import Hyperparameter, Initial, Layer
from derivations.notation import axes, scalars, size_of, sum_, tensors

n, i, j = axes("n:N i:d j:J")
x, c, q, z = tensors("x c q z")
s = scalars("s")

RBF = Layer(
    "RBF",
    inputs=(x[n, i],),
    parameters=(c[j, i],),
    hyperparameters=(Hyperparameter(s, default=1.0, conditions=(s > 0,), safe=(1e-6, 1e6)),),
    forward={
        q[n, j]: sum_((x[n, i] - c[j, i]) ** 2, i),
        z[n, j]: exp(-q[n, j] / (2 * s**2)),
    },
    sizes={"input": size_of(i), "centres": size_of(j)},
    initial={c: Initial(Integer(1))},
    source="no document: the layer that keeps the others honest",
)
