"""The list of all layers, in the order in which they are generated. Add a line to add a layer."""

from derivations.layer import Layer
from derivations.layers.bce_loss import BCE
from derivations.layers.bce_with_logits_loss import BCE_WITH_LOGITS
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.document_1_autoencoder import DOCUMENT_1_DECODER, DOCUMENT_1_ENCODER
from derivations.layers.document_2_fully_connected import DOCUMENT_2_FULLY_CONNECTED
from derivations.layers.document_2_last_layer import DOCUMENT_2_LAST_LAYER
from derivations.layers.fully_connected import FULLY_CONNECTED
from derivations.layers.half_mse_loss import HALF_MSE
from derivations.layers.linear import LINEAR
from derivations.layers.log_softmax import LOG_SOFTMAX
from derivations.layers.mse_loss import MSE
from derivations.layers.nll_loss import NLL
from derivations.layers.rbf import RBF
from derivations.layers.sigmoid import SIGMOID
from derivations.layers.softmax import SOFTMAX
from derivations.layers.softmax_half_mse_loss import SOFTMAX_HALF_MSE
from derivations.layers.tanh import TANH

LAYERS: tuple[Layer, ...] = (
    LINEAR,
    TANH,
    SIGMOID,
    SOFTMAX,
    LOG_SOFTMAX,
    FULLY_CONNECTED,
    RBF,
    MSE,
    HALF_MSE,
    SOFTMAX_HALF_MSE,
    NLL,
    CROSS_ENTROPY,
    BCE,
    BCE_WITH_LOGITS,
)
JUDGED: tuple[Layer, ...] = (
    *LAYERS,
    DOCUMENT_1_ENCODER,
    DOCUMENT_1_DECODER,
    DOCUMENT_2_LAST_LAYER,
    DOCUMENT_2_FULLY_CONNECTED,
)
"""All layers that documents speak of: those whose claims are judged."""
