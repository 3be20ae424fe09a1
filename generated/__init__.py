# backproof generate
# content: 12e2660f6f1cf90ae96cbbb4fa8b1e2b
"""Layers and losses: forward and backward in NumPy alone. Made by `backproof generate`."""

from ._sequential import Sequential
from ._support import Loss, Module
from .bce_loss import BCELoss
from .bce_with_logits_loss import BCEWithLogitsLoss
from .cross_entropy_loss import CrossEntropyLoss
from .fully_connected import FullyConnected
from .half_mse_loss import HalfMSELoss
from .linear import Linear
from .log_softmax import LogSoftmax
from .mse_loss import MSELoss
from .nll_loss import NLLLoss
from .rbf import RBF
from .relu import ReLU
from .sigmoid import Sigmoid
from .softmax import Softmax
from .softmax_half_mse_loss import SoftmaxHalfMSELoss
from .tanh import TanH

__all__ = [
    "BCE",
    "MSE",
    "RBF",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CELogSoftmax",
    "CrossEntropy",
    "CrossEntropyLoss",
    "FullyConnected",
    "HalfMSELoss",
    "Lineaire",
    "Linear",
    "LogSoftmax",
    "Loss",
    "MSELoss",
    "Module",
    "NLLLoss",
    "ReLU",
    "Sequential",
    "Sequentiel",
    "Sigmoid",
    "Sigmoide",
    "Softmax",
    "SoftmaxHalfMSELoss",
    "TanH",
    "Tanh",
]

# French and short names of the same classes.
Sequentiel = Sequential
Lineaire = Linear
Tanh = TanH
Sigmoide = Sigmoid
MSE = MSELoss
CrossEntropy = CELogSoftmax = CrossEntropyLoss
BCE = BCELoss
