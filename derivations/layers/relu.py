"""Rectified linear unit.   n example, i entry.

Its slope at 0 is 0: max(u, 0) is u·[u > 0].
"""

from sympy import Max

from derivations.layer import Layer
from derivations.notation import axes, tensors

n, i = axes("n:N i:d")
a, z = tensors("a z")

RELU = Layer(
    "ReLU",
    inputs=(a[n, i],),
    forward={z[n, i]: Max(a[n, i], 0)},
    source="no document: the course's third activation",
)
