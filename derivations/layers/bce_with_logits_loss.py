"""Sigmoid, then binary cross-entropy, as one: document 1, "Coût Cross-entropique binaire"."""

from derivations.compose import compose
from derivations.layers.bce_loss import BCE
from derivations.layers.sigmoid import SIGMOID

BCE_WITH_LOGITS = compose(
    "BCEWithLogitsLoss",
    SIGMOID,
    BCE,
    source='document 1, "Sigmoide" and "Coût Cross-entropique binaire"',
)
