"""The list of all layers, in the order in which they are generated. Add a line to add a layer."""

from importlib import import_module

from derivations.layer import Layer


def _layer(place: str) -> Layer:
    """The definition at ``module.NAME`` in this package."""
    module, name = place.split(".")
    found = getattr(import_module(f"derivations.layers.{module}"), name)
    if not isinstance(found, Layer):
        raise TypeError(f"derivations/layers/{module}.py: {name} is no Layer")
    return found


LAYERS: tuple[Layer, ...] = tuple(
    _layer(place)
    for place in (
        "linear.LINEAR",
        "tanh.TANH",
        "sigmoid.SIGMOID",
        "relu.RELU",
        "softmax.SOFTMAX",
        "log_softmax.LOG_SOFTMAX",
        "fully_connected.FULLY_CONNECTED",
        "rbf.RBF",
        "mse_loss.MSE",
        "half_mse_loss.HALF_MSE",
        "softmax_half_mse_loss.SOFTMAX_HALF_MSE",
        "nll_loss.NLL",
        "cross_entropy_loss.CROSS_ENTROPY",
        "bce_loss.BCE",
        "bce_with_logits_loss.BCE_WITH_LOGITS",
    )
)

JUDGED: tuple[Layer, ...] = (
    *LAYERS,
    *(
        _layer(place)
        for place in (
            "document_1_autoencoder.DOCUMENT_1_ENCODER",
            "document_1_autoencoder.DOCUMENT_1_DECODER",
            "document_2_last_layer.DOCUMENT_2_LAST_LAYER",
            "document_2_fully_connected.DOCUMENT_2_FULLY_CONNECTED",
        )
    ),
)
"""All layers whose claims are judged: those that are emitted, and those that only documents speak of."""
