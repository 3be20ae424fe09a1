"""Document 2's last layer: softmax, then half the squared error of one example.   i unit, e the one entry of E.

The document writes its formulas for three units; they are judged for three and for any number.
"""

from sympy import Add, Expr, Rational, exp

from derivations.layer import DEFINITION, INCOMPLETE, PROVEN, REFUTED, All, At, Claim, Defines, Equal, Layer
from derivations.notation import as_written, axes, jacobian, size_of, sum_, tensors

i, j, k, e = axes("i:K j:K k:K e:1")
a, b, out, o, u, E = tensors("a b l o u E")

FIRST, *_ = UNITS = range(3)
THREE_UNITS = At({size_of(i): 3})


def by_a(unit: Expr | int) -> Expr:
    """∂E/∂a at a unit."""
    return jacobian(E[e], a[unit])


def by_l(unit: Expr | int) -> Expr:
    """∂E/∂l at a unit."""
    return jacobian(E[e], out[unit])


with as_written():
    WHOLE = Add(*(exp(a[unit]) for unit in UNITS))
    SQUARES = Add(*((out[unit] - o[unit]) ** 2 for unit in UNITS))
    TRUE_BY_A = Equal(by_a(i), out[i] * Add(out[i], -o[i], -sum_((out[k] - o[k]) * out[k], k)))
    CLAIMS = (
        Claim(
            "2.last.forward",
            All(tuple(Defines(out[unit], exp(a[unit]) / WHOLE) for unit in UNITS)),
            DEFINITION,
            at=THREE_UNITS,
            general=Defines(out[i], exp(a[i]) / sum_(exp(a[k]), k)),
        ),
        Claim(
            "2.last.error",
            Defines(E[e], Rational(1, 2) * SQUARES),
            DEFINITION,
            at=THREE_UNITS,
            general=Defines(E[e], Rational(1, 2) * sum_((out[k] - o[k]) ** 2, k)),
        ),
        Claim(
            "2.last.dE_dl",
            All(tuple(Equal(by_l(unit), o[unit] - out[unit]) for unit in UNITS)),
            REFUTED,
            correction=Equal(by_l(i), out[i] - o[i]),
            reason="The sign is wrong: the derivative of ½(lᵢ − oᵢ)² by lᵢ is lᵢ − oᵢ, which is positive where "
            "the output lᵢ is too large, and a step against it then makes lᵢ smaller.",
            reading="l1, l2 and l3 below the line are l₁, l₂ and l₃",
            at=THREE_UNITS,
            general=Equal(by_l(i), o[i] - out[i]),
        ),
        Claim(
            "2.last.dl_da",
            Equal(jacobian(out[FIRST], a[FIRST]), out[FIRST] * (1 - out[FIRST])),
            PROVEN,
            at=THREE_UNITS,
            general=Equal(jacobian(out[i], a[i]), out[i] * (1 - out[i])),
        ),
        Claim(
            "2.last.chain",
            Equal(by_a(FIRST), by_l(FIRST) * jacobian(out[FIRST], a[FIRST])),
            REFUTED,
            correction=Equal(by_a(i), sum_(by_l(j) * jacobian(out[j], a[i]), j)),
            reason="The sum over the other outputs is missing: a₁ stands in the denominator of every lⱼ, so E "
            "depends on a₁ through l₁, l₂ and l₃, and the chain rule adds a term for each of them.",
            at=THREE_UNITS,
            general=Equal(by_a(i), by_l(i) * jacobian(out[i], a[i])),
        ),
        Claim(
            "2.last.dE_da_1",
            Equal(by_a(FIRST), (o[FIRST] - out[FIRST]) * out[FIRST] * (1 - out[FIRST])),
            REFUTED,
            correction=TRUE_BY_A,
            reason="It takes over both mistakes of the lines before, the sign of ∂E/∂l₁ and the missing terms of l₂ "
            "and l₃, whose derivatives by a₁ are −l₂l₁ and −l₃l₁ and not 0.",
            at=THREE_UNITS,
            general=Equal(by_a(i), (o[i] - out[i]) * out[i] * (1 - out[i])),
        ),
        Claim(
            "2.last.dE_da",
            Equal(by_a(i), (o[i] - out[i]) * out[FIRST] * (1 - out[i])),
            REFUTED,
            correction=TRUE_BY_A,
            reason="Three things are wrong: l₁ stands where lᵢ belongs, the sign is that of the wrong ∂E/∂lᵢ, and "
            "the terms of the other outputs lⱼ, which all depend on aᵢ, are missing.",
            at=THREE_UNITS,
        ),
        Claim(
            "2.last.dE_db",
            Equal(jacobian(E[e], b[i]), by_a(i)),
            INCOMPLETE,
            reason="The document does not say what bᵢ is in this layer: with bᵢ as the bias of aᵢ, that is "
            "aᵢ = uᵢ + bᵢ with a uᵢ that does not depend on bᵢ, the formula is right.",
            at=THREE_UNITS,
            declares={a[i]: u[i] + b[i]},
        ),
    )

DOCUMENT_2_LAST_LAYER = Layer(
    "Document2LastLayer",
    inputs=(a[i],),
    target=o[i],
    forward={
        out[i]: exp(a[i]) / sum_(exp(a[k]), k),
        E[e]: Rational(1, 2) * sum_((out[k] - o[k]) ** 2, k),
    },
    source='document 2, "dernière couche avec softmax"',
    loss="E",
    claims=CLAIMS,
)
