"""The list of all layers, in the order in which they are generated. Add a line to add a layer."""

from derivations.layer import Layer
from derivations.layers.bce_loss import BCE
from derivations.layers.bce_with_logits_loss import BCE_WITH_LOGITS
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.rbf import RBF

LAYERS: tuple[Layer, ...] = (LINEAR, RBF, CROSS_ENTROPY, BCE_WITH_LOGITS)
JUDGED: tuple[Layer, ...] = (*LAYERS, BCE)
"""All layers that documents speak of: those whose claims are judged."""
