"""Document 1's autoencoder, "Se compresser": four layers that encode, four that decode.   n example.

The linear layers, 256 → 100 → 10 and 10 → 100 → 256, keep their sizes symbolic; the claims put the numbers in.
"""

from sympy import Expr, Idx, Integer, exp, tanh

from derivations.compose import compose
from derivations.layer import DEFINITION, All, At, Claim, Defines, Matrix, Product, Shape, Statement
from derivations.layers.linear import LINEAR
from derivations.layers.sigmoid import SIGMOID
from derivations.layers.tanh import TANH
from derivations.notation import as_written, axes, size_of, tensors

# The names that `compose` gives: a and z are the outputs of the linear layers, z_2 and z_3 of those after them.
n, i, j, k = axes("n:N i:d j:d' k:d''")
x, W, W_2, b, b_2, a, z_2, z, z_3 = tensors("x W W_2 b b_2 a z_2 z z_3")


def sizes(given: int, hidden: int, made: int) -> At:
    """The numbers of a document in place of the three sizes."""
    return At({size_of(i): given, size_of(j): hidden, size_of(k): made})


def shapes(given: int, hidden: int, made: int) -> Statement:
    """The shapes of input, weights, hidden values and output, with examples and outputs counted in rows."""
    counted = size_of(n)
    return All(
        (
            Shape(Matrix((n,), (i,), x[n, i]), (counted, Integer(given))),
            Shape(Matrix((j,), (i,), W[j, i]), (Integer(hidden), Integer(given))),
            Shape(Matrix((n,), (j,), z_2[n, j]), (counted, Integer(hidden))),
            Shape(Matrix((k,), (j,), W_2[k, j]), (Integer(made), Integer(hidden))),
            Shape(Matrix((n,), (k,), z_3[n, k]), (counted, Integer(made))),
        )
    )


def linear(rows: tuple[Idx, Idx, Idx], given: Expr, weight: Expr, made: Expr) -> Statement:
    """Inputs times transposed weights are outputs but for the bias, and their inner sizes agree."""
    example, inner, outer = rows
    return Product(
        Matrix((example,), (inner,), given), Matrix((inner,), (outer,), weight), Matrix((example,), (outer,), made)
    )


def chain(last: Expr) -> Statement:
    """Linear, TanH, linear and a last function, each on what the one before gives."""
    return All(
        (
            linear((n, i, j), x[n, i], W[j, i], a[n, j] - b[j]),
            Defines(z_2[n, j], tanh(a[n, j])),
            linear((n, j, k), z_2[n, j], W_2[k, j], z[n, k] - b_2[k]),
            Defines(z_3[n, k], last),
        )
    )


with as_written():
    ENCODER_CLAIM = Claim(
        "1.autoencoder.encoder",
        shapes(256, 100, 10),
        DEFINITION,
        reading="the numbers are the sizes of each linear layer's input and output: with them every layer fits the one "
        "before it, as it does for all sizes; a and z are what the two linear layers give, z⁽²⁾ what the TanH between "
        "them gives, W and b, W⁽²⁾ and b⁽²⁾ are their weights and biases, and z⁽³⁾ is the output",
        at=sizes(256, 100, 10),
        general=chain(tanh(z[n, k])),
    )
    DECODER_CLAIM = Claim(
        "1.autoencoder.decoder",
        shapes(10, 100, 256),
        DEFINITION,
        reading="its input is the encoder's output, N × 10, and its output has the shape of the encoder's input, "
        "N × 256, as a reconstruction must; the names are those of the encoder",
        at=sizes(10, 100, 256),
        general=chain(1 / (1 + exp(-z[n, k]))),
    )

SOURCE = 'document 1, "Se compresser"'
DOCUMENT_1_ENCODER = compose(
    "Document1Encoder", LINEAR, TANH, LINEAR, TANH, source=SOURCE, claims=(ENCODER_CLAIM,)
)
DOCUMENT_1_DECODER = compose(
    "Document1Decoder", LINEAR, TANH, LINEAR, SIGMOID, source=SOURCE, claims=(DECODER_CLAIM,)
)
