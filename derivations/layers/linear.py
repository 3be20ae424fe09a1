"""Linear layer: document 1, "Module Linéaire".   n example, i input, j output.

The document's w_ij, from input i to output j, is W[j, i]: row j of its matrix W^h is (w_1j … w_dj).
"""

from sympy import sqrt

from derivations.layer import (
    DEFINITION,
    PROVEN,
    REFUTED,
    All,
    Claim,
    Defines,
    Equal,
    Initial,
    Layer,
    Matrices,
    Matrix,
    Product,
    Shape,
)
from derivations.notation import as_written, axes, d, delta, jacobian, size_of, sum_, tensors

n, i, j, m, q = axes("n:N i:d j:d' m:N q:d'")
x, W, b, z = tensors("x W b z")
N, d_in, d_out = size_of(n), size_of(i), size_of(j)

with as_written():
    BATCH = Matrix((n,), (j,), d(z)[n, j])
    BY_INPUT = Matrix((q,), (i, j), delta(q, j) * x[n, i])
    BY_OUTPUT = Matrix((q,), (j, i), delta(q, j) * x[n, i])
    GRADIENT_W = Matrix((j,), (i,), d(W)[j, i])
    GRADIENT_X = Matrix((n,), (i,), d(x)[n, i])
    W_MATRIX = Matrix((j,), (i,), W[j, i])
    W_TRANSPOSED = Matrix((i,), (j,), W[j, i])
    DELTA_W = Matrix((n,), (i,), sum_(d(z)[n, j] * W[j, i], j))
    JACOBIAN = Matrix((i,), (j,), jacobian(z[n, j], x[n, i]))
    CLAIMS = (
        Claim(
            "1.linear.forward",
            Defines(z[n, j], sum_(x[n, i] * W[j, i], i)),
            DEFINITION,
            reading="wᵢⱼ is entry (j, i) of W; the document's layer has no bias b",
        ),
        Claim(
            "1.linear.weight",
            All((Defines(W[j, i], jacobian(z[n, j], x[n, i])), Shape(W_MATRIX, (d_out, d_in)))),
            DEFINITION,
            reading="row j of Wʰ is wⱼ, the weights of output j, so that entry (j, i) is wᵢⱼ, the coefficient of "
            "input i in output j of the forward formula",
        ),
        Claim(
            "1.linear.chain.W",
            Equal(d(W)[j, i], sum_(d(z)[n, q] * jacobian(z[n, q], W[j, i]), n, q)),
            PROVEN,
            reading="the product runs over every entry of z: all outputs of all examples",
        ),
        Claim(
            "1.linear.jacobian.1",
            Matrices(Matrix((q,), (i, j), jacobian(z[n, q], W[j, i])), BY_INPUT),
            PROVEN,
            reading="one example; the columns count the weights input by input: w₁₁, w₁₂ and so on before w₂₁",
        ),
        Claim(
            "1.linear.jacobian.2",
            Matrices(Matrix((q,), (j, i), jacobian(z[n, q], W[j, i])), BY_OUTPUT),
            PROVEN,
            reading="one example; zʰ⁻¹ is a row, and the columns count the weights output by output: "
            "w₁₁, w₂₁ and so on before w₁₂",
        ),
        Claim(
            "1.linear.jacobian.equal",
            Matrices(BY_INPUT, BY_OUTPUT),
            REFUTED,
            correction=Matrices(Matrix((q,), (j, i), jacobian(z[n, q], W[j, i])), BY_OUTPUT),
            reason="Both matrices hold the same derivatives, but the first counts its columns input by input and "
            "the second output by output: each is ∂z/∂W in its own order, and they are not the same matrix.",
        ),
        Claim(
            "1.linear.jacobian.shape",
            Shape(Matrix((q,), (j, i), jacobian(z[n, q], W[j, i])), (d_out, d_in * d_out)),
            PROVEN,
            reading="one example, d' outputs by dd' weights, as the matrix is printed",
        ),
        Claim(
            "1.linear.grad.W",
            Product(Matrix((j,), (n,), d(z)[n, j]), Matrix((n,), (i,), x[n, i]), GRADIENT_W),
            PROVEN,
            reading="δʰ and zʰ⁻¹ hold one example a row, N × d' and N × d, as the dimensions below it say",
        ),
        Claim(
            "1.linear.grad.W.shape",
            Shape(GRADIENT_W, (N, d_in * d_out)),
            REFUTED,
            correction=Shape(GRADIENT_W, (d_out, d_in)),
            reason="(N, d') × (d', dd') = (N, dd') is right in itself, as the shape of such a product, but it is not "
            "that of ∂L/∂W: a gradient has the shape of what it is a gradient of, d' × d, and the sum over the N "
            "examples leaves no N in it.",
        ),
        Claim(
            "1.linear.chain.input",
            Equal(d(x)[n, i], sum_(d(z)[m, j] * jacobian(z[m, j], x[n, i]), m, j)),
            PROVEN,
            reading="the product runs over every entry of z: all outputs of all examples",
        ),
        Claim(
            "1.linear.jacobian.input",
            Matrices(JACOBIAN, W_TRANSPOSED),
            PROVEN,
            reading="denominator layout: row i is input i, column j is output j",
        ),
        Claim(
            "1.linear.delta.transposed",
            Product(BATCH, W_TRANSPOSED, GRADIENT_X),
            REFUTED,
            correction=Product(BATCH, W_MATRIX, GRADIENT_X),
            reason="δʰ is N × d' and (Wʰ)ᵀ is d × d', so the product exists only where d = d', and is "
            "another one even there: δʰ must meet the rows of Wʰ, one for each output.",
        ),
        Claim(
            "1.linear.delta.middle",
            Product(BATCH, JACOBIAN, DELTA_W),
            REFUTED,
            correction=Product(BATCH, Matrix((j,), (i,), jacobian(z[n, j], x[n, i])), DELTA_W),
            reason="The Jacobian was stated as d × d', one row an input; δʰ, which is N × d', meets its transpose, "
            "which is Wʰ.",
            reading="∂zʰ/∂zʰ⁻¹ is the d × d' matrix stated before",
        ),
        Claim("1.linear.delta", Product(BATCH, W_MATRIX, GRADIENT_X), PROVEN),
    )

LINEAR = Layer(
    "Linear",
    inputs=(x[n, i],),
    parameters=(W[j, i], b[j]),
    optional=(b,),
    flags={b: "bias"},
    forward={z[n, j]: sum_(x[n, i] * W[j, i], i) + b[j]},
    sizes={"input": size_of(i), "output": size_of(j)},
    initial={W: Initial(1 / sqrt(size_of(i))), b: Initial(1 / sqrt(size_of(i)))},
    aliases=("Lineaire",),
    source='document 1, "Module Linéaire"',
    claims=CLAIMS,
)
