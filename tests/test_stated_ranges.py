"""What a module's header says of its range is what is shown of its text."""

import re
from pathlib import Path

import pytest

from codegen.intervals import FLOAT32, FLOAT64
from codegen.pipeline import BuildError, build, module_name
from codegen.verify import verify_module
from codegen.verify_safety import stated
from derivations.layer import Layer
from derivations.layers import LAYERS
from derivations.notation import axes, tensors

GENERATED = Path(__file__).parents[1] / "generated"
n, i = axes("n:N i:d")
a, z = tensors("a z")


LEAST = {"WinogradConv2d": 1e2}
"""No layer of a document: the sums over its six products are bounded one after the other."""


def text_of(layer):
    return (GENERATED / f"{module_name(layer)}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_the_layers_are_safe_for_entries_of_ten_thousand(layer):
    assert stated(text_of(layer), FLOAT64).bound >= 1e4
    assert stated(text_of(layer), FLOAT32).bound >= LEAST.get(layer.name, 1e4)


@pytest.mark.parametrize("layer", [one for one in LAYERS if one.name in ("Softmax", "MSELoss", "BCELoss")], ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_header_that_says_too_much_is_refused(layer, dtype):
    text = text_of(layer)
    (said,) = re.findall(rf"±1e(\d+)\s+in\s+{dtype}", text)
    boast = re.sub(rf"±1e{said}(\s+in\s+{dtype})", rf"±1e{int(said) + 3}\1", text, count=1)
    assert boast != text
    failed = [check for check in verify_module(layer, boast) if not check.ok]
    assert failed
    assert all("is safe" in check.statement for check in failed)


def test_a_growing_exp_states_a_small_range():
    from sympy import exp

    text = build(Layer("Growth", inputs=(a[n, i],), forward={z[n, i]: exp(a[n, i])})).text
    assert stated(text, FLOAT64).bound == 100
    assert stated(text, FLOAT32).bound == 10


def test_what_is_never_safe_is_not_emitted():
    with pytest.raises(BuildError, match="is safe"):
        build(Layer("Reciprocal", inputs=(a[n, i],), forward={z[n, i]: 1 / a[n, i]}))
