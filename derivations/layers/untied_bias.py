"""A bias of its own for every place of every channel, as document 2 has it.   n example, c channel, p q place.

After a convolution without a bias it gives the document's layer; Conv2d's own bias is one a channel.
"""

from sympy import Integer

from derivations.layer import Initial, Layer
from derivations.notation import axes, size_of, tensors

n, c, p, q = axes("n:N c:C p:P q:Q")
x, b, y = tensors("x b y")

UNTIED_BIAS2D = Layer(
    "UntiedBias2d",
    inputs=(x[n, c, p, q],),
    parameters=(b[c, p, q],),
    forward={y[n, c, p, q]: x[n, c, p, q] + b[c, p, q]},
    sizes={"channels": size_of(c), "sides": (size_of(p), size_of(q))},
    initial={b: Initial(Integer(0))},
    source='document 2, "Backpropagation d\'une couche convolutive", its bias',
)
