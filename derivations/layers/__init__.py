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


PLACES = (
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
    "convolution.CONV1D",
    "convolution.CONV2D",
    "convolution.CONV3D",
    "winograd.WINOGRAD_CONV2D",
    "transposed_convolution.CONV_TRANSPOSE1D",
    "transposed_convolution.CONV_TRANSPOSE2D",
    "transposed_convolution.CONV_TRANSPOSE3D",
    "average_pooling.AVG_POOL1D",
    "average_pooling.AVG_POOL2D",
    "average_pooling.AVG_POOL3D",
    "max_pooling.MAX_POOL1D",
    "max_pooling.MAX_POOL2D",
    "max_pooling.MAX_POOL3D",
    "untied_bias.UNTIED_BIAS2D",
    "global_average_pooling.GLOBAL_AVG_POOL2D",
    "zero_padding.ZERO_PAD2D",
    "flatten.FLATTEN",
)

LAYERS: tuple[Layer, ...] = tuple(map(_layer, PLACES))

FILES = {
    layer.name: f"derivations/layers/{place.partition('.')[0]}.py" for layer, place in zip(LAYERS, PLACES, strict=True)
}
"""The file of each definition."""

JUDGED: tuple[Layer, ...] = (
    *LAYERS,
    *(
        _layer(place)
        for place in (
            "document_1_autoencoder.DOCUMENT_1_ENCODER",
            "document_1_autoencoder.DOCUMENT_1_DECODER",
            "document_2_last_layer.DOCUMENT_2_LAST_LAYER",
            "document_2_fully_connected.DOCUMENT_2_FULLY_CONNECTED",
            "document_2_average_pooling.DOCUMENT_2_AVERAGE_POOLING",
            "document_2_convolution.DOCUMENT_2_CONVOLUTION",
        )
    ),
)
"""All layers whose claims are judged: those that are emitted, and those that only documents speak of."""
