# backproof generate
# content: 8e6d9f457aa7276ad9d1273cf6199b9b
"""Layers and losses: forward and backward in NumPy alone. Made by `backproof generate`."""

from ._channels_last import Conv1D, MaxPool1D
from ._sequential import Sequential
from ._support import Loss, Module
from .avg_pool1d import AvgPool1d
from .avg_pool2d import AvgPool2d
from .avg_pool3d import AvgPool3d
from .bce_loss import BCELoss
from .bce_with_logits_loss import BCEWithLogitsLoss
from .conv1d import Conv1d
from .conv2d import Conv2d
from .conv3d import Conv3d
from .conv_transpose1d import ConvTranspose1d
from .conv_transpose2d import ConvTranspose2d
from .conv_transpose3d import ConvTranspose3d
from .cross_entropy_loss import CrossEntropyLoss
from .flatten import Flatten
from .fully_connected import FullyConnected
from .global_avg_pool2d import GlobalAvgPool2d
from .half_mse_loss import HalfMSELoss
from .linear import Linear
from .log_softmax import LogSoftmax
from .max_pool1d import MaxPool1d
from .max_pool2d import MaxPool2d
from .max_pool3d import MaxPool3d
from .mse_loss import MSELoss
from .nll_loss import NLLLoss
from .rbf import RBF
from .relu import ReLU
from .sigmoid import Sigmoid
from .softmax import Softmax
from .softmax_half_mse_loss import SoftmaxHalfMSELoss
from .tanh import TanH
from .untied_bias2d import UntiedBias2d
from .winograd_conv2d import WinogradConv2d
from .zero_pad2d import ZeroPad2d

__all__ = [
    "BCE",
    "MSE",
    "RBF",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CELogSoftmax",
    "Conv1D",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "CrossEntropy",
    "CrossEntropyLoss",
    "Flatten",
    "Flatten1D",
    "FullyConnected",
    "GlobalAvgPool2d",
    "HalfMSELoss",
    "Lineaire",
    "Linear",
    "LogSoftmax",
    "Loss",
    "MSELoss",
    "MaxPool1D",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
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
    "UntiedBias2d",
    "WinogradConv2d",
    "ZeroPad2d",
]

# French and short names of the same classes.
Sequentiel = Sequential
Lineaire = Linear
Tanh = TanH
Sigmoide = Sigmoid
MSE = MSELoss
CrossEntropy = CELogSoftmax = CrossEntropyLoss
BCE = BCELoss
Flatten1D = Flatten
