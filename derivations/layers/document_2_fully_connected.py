"""Document 2's fully connected layer, on one example, with any activations f and g.   i input, j output.

The document writes its formulas for three inputs and two outputs; they are judged for these and for any
number. Its E is the Loss, which depends on the outputs d in any way.
"""

from sympy import Add, Expr, Function

from derivations.layer import DEFINITION, PROVEN, REFUTED, All, At, Claim, Defines, Equal, Layer
from derivations.notation import as_written, axes, d, jacobian, size_of, sum_, tensors

i, j, q = axes("i:n j:m q:m")
a, w, inner, c, out = tensors("a w l c d")
bias = tensors("b'")
f, g = Function("f"), Function("g")
slope_f = Function("f'")

FIRST, *_ = INPUTS = range(3)
OUTPUTS = range(2)
SIZES = At({size_of(i): 3, size_of(j): 2})


def through(output: int) -> Expr:
    """The part of ∂E/∂a_1 that comes by way of one output."""
    return d(c)[output] * jacobian(c[output], inner[FIRST]) * jacobian(inner[FIRST], a[FIRST])


with as_written():
    TRUE_BY_A = Equal(d(a)[i], slope_f(a[i]) * sum_(d(c)[j] * w[i, j], j))
    SPELLED_OUT = (
        *(
            Defines(c[o], Add(*(w[unit, o] * inner[unit] for unit in INPUTS), bias[o]))
            for o in OUTPUTS
        ),
        *(Defines(out[o], g(c[o])) for o in OUTPUTS),
        *(Defines(inner[unit], f(a[unit])) for unit in INPUTS),
    )
    CLAIMS = (
        Claim(
            "2.fc.forward",
            All(SPELLED_OUT),
            DEFINITION,
            reading="c2 is c₂",
            at=SIZES,
            general=All(
                (
                    Defines(c[j], sum_(w[i, j] * inner[i], i) + bias[j]),
                    Defines(out[j], g(c[j])),
                    Defines(inner[i], f(a[i])),
                )
            ),
        ),
        Claim(
            "2.fc.dc_dl",
            All(tuple(Equal(jacobian(c[o], inner[FIRST]), w[FIRST, o]) for o in reversed(OUTPUTS))),
            PROVEN,
            at=SIZES,
            general=Equal(jacobian(c[j], inner[i]), w[i, j]),
        ),
        Claim(
            "2.fc.dl_da",
            Equal(jacobian(inner[FIRST], a[FIRST]), slope_f(a[FIRST])),
            PROVEN,
            at=SIZES,
            general=Equal(jacobian(inner[i], a[i]), slope_f(a[i])),
        ),
        Claim(
            "2.fc.chain",
            Equal(d(a)[FIRST], through(0) + through(1)),
            PROVEN,
            reading="E with cⱼ below it is E as it depends on cⱼ",
            at=SIZES,
            general=Equal(d(a)[i], sum_(d(c)[j] * jacobian(c[j], inner[i]) * jacobian(inner[i], a[i]), j)),
        ),
        Claim(
            "2.fc.dE_db",
            Equal(d(bias)[j], d(inner)[i]),
            REFUTED,
            correction=Equal(d(bias)[j], d(c)[j]),
            reason="The left side has no i, and the right side changes with i, so that no bias bⱼ can make them equal "
            "for every i: cⱼ = … + b'ⱼ gives ∂E/∂b'ⱼ = ∂E/∂cⱼ.",
            reading="bⱼ is b'ⱼ, the one bias that is declared; the formula is meant for every i and j",
            at=SIZES,
        ),
        Claim(
            "2.fc.dE_dw",
            Equal(d(w)[i, j], d(c)[j] * inner[i]),
            PROVEN,
            at=SIZES,
        ),
        Claim(
            "2.fc.dE_da",
            Equal(d(a)[i], d(c)[0] * w[i, 0] + d(c)[1] * w[i, 1]),
            REFUTED,
            correction=TRUE_BY_A,
            reason="The factor ∂lᵢ/∂aᵢ = f'(aᵢ) is missing: the sum is ∂E/∂lᵢ, and the document's own chain above "
            "it has that third factor.",
            reading="E with cⱼ below it is E as it depends on cⱼ",
            at=SIZES,
            general=Equal(d(a)[i], sum_(d(c)[j] * w[i, j], j)),
        ),
    )

DOCUMENT_2_FULLY_CONNECTED = Layer(
    "Document2FullyConnected",
    inputs=(a[i],),
    parameters=(w[i, j], bias[j]),
    forward={
        inner[i]: f(a[i]),
        c[j]: sum_(w[i, j] * inner[i], i) + bias[j],
        out[j]: g(c[j]),
    },
    sizes={"input": size_of(i), "output": size_of(j)},
    source='document 2, "fully connected layer"',
    loss="E",
    claims=CLAIMS,
)
