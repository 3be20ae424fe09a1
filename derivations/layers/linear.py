"""Linear layer: document 1, "Module Linéaire".   n example, i input, j output."""

from sympy import sqrt

from derivations.layer import Initial, Layer
from derivations.notation import axes, size_of, sum_, tensors

n, i, j = axes("n:N i:d j:d'")
x, W, b, z = tensors("x W b z")

LINEAR = Layer(
    "Linear",
    inputs=(x[n, i],),
    parameters=(W[j, i], b[j]),
    optional=(b,),
    forward={z[n, j]: sum_(x[n, i] * W[j, i], i) + b[j]},
    sizes={"input": size_of(i), "output": size_of(j)},
    initial={W: Initial(1 / sqrt(size_of(i))), b: Initial(1 / sqrt(size_of(i)))},
    source='document 1, "Module Linéaire"',
)
