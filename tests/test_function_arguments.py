"""Functions that a formula leaves open: the text that takes them as arguments, its proofs, and its classes."""

import inspect
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sympy import Function, sqrt

from codegen.lower import lower
from codegen.pipeline import build, emit_module
from codegen.positions import LoweringError
from codegen.read_back import ArrayArgument, ReadBackError, read_function
from codegen.safety import check_safety
from codegen.verify import verify_module
from codegen.view import unspecified
from derivations.definition import DefinitionError
from derivations.layer import Initial, Layer
from derivations.layers.fully_connected import FULLY_CONNECTED
from derivations.notation import axes, size_of, sum_, tensors

n, i, k = axes("n:N i:d k:d")
x, u, w, z, y, loss = tensors("x u w z y loss")
f, g = Function("f"), Function("g")

GATE = Layer("Gate", inputs=(x[n, i],), forward={z[n, i]: x[n, i] * f(x[n, i])})
"""Its backward reads f(x) and f'(x)."""

NESTED = Layer(
    "Nested",
    inputs=(x[n, i],),
    parameters=(w[i],),
    forward={u[n, i]: g(x[n, i]) * w[i], z[n, i]: f(u[n, i]) + g(x[n, i])},
    functions={f: ("outer",)},
    sizes={"width": size_of(i)},
    initial={w: Initial(1 / sqrt(size_of(i)))},
)
"""Two functions, one with a name for the constructor; g stands in two places."""

PENALTY = Layer(
    "Penalty", inputs=(x[n, i],), target=y[n, i], forward={loss[n]: sum_(f(x[n, i] - y[n, i]), i)}
)
"""A loss."""


@cache
def built(name):
    """One of the layers, emitted and proven."""
    return build(next(layer for layer in (FULLY_CONNECTED, GATE, NESTED, PENALTY) if layer.name == name))


@pytest.fixture(scope="module")
def text():
    return built("FullyConnected").text


class TestText:
    def test_takes_the_functions_that_it_applies(self, text):
        for line in (
            "def forward(x, W, f, b=None):",
            "z = f(c)  # z[n, j] = f(c[n, j])",
            "def saved_values(x, W, b=None):",
            "def backward(saved, delta, f_prime):",
            "dc = delta * f_prime(c)  # dc[n, j] = δ[n, j]·f'(c[n, j])",
        ):
            assert f"{line}\n" in text

    def test_says_what_is_taken_on_trust(self, text):
        head = " ".join(inspect.cleandoc(text.split('"""')[1]).split())
        assert "those that the functions given return among them, no exp" in head
        assert "f and f' are arguments: each takes an array and gives a new one of its shape and dtype" in head
        assert "That f' is the derivative of f is taken on trust." in head

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("f_prime(c)  #", "f_prime(2 * c)  #"),
            ("delta * f_prime(c)", "delta * f_prime(delta)"),
            ("z = f(c)", "z = f(f(c))"),
            ("z = f(c)", "z = np.tanh(c)"),
            ("z = f(c)", "z = f(c) + c"),
            ("def backward(saved, delta, f_prime):", "def backward(saved, delta, f):"),
            ("return z, (x, W, b, c)", "c += 1\n    return z, (x, W, b, c)"),
        ],
    )
    def test_that_means_something_else_is_not_proven(self, text, old, new):
        assert old in text
        changed = text.replace(old, new, 1)
        if old.startswith("def"):
            changed = changed.replace("dc = delta * f_prime(c)", "dc = delta * f(c)", 1)
        assert not all(check.ok for check in verify_module(FULLY_CONNECTED, changed))

    @pytest.mark.parametrize("layer", [FULLY_CONNECTED, GATE, NESTED, PENALTY], ids=lambda layer: layer.name)
    def test_is_proven(self, layer):
        assert all(check.ok for check in built(layer.name).proofs)

    def test_the_generator_knows_no_name_of_a_layer_or_of_its_arguments(self):
        for file in (Path(__file__).parents[1] / "codegen").rglob("*.*"):
            # The course's adapters are no generator: they stand round two layers that they name.
            if file.suffix in (".py", ".jinja") and file.name != "channels_last.py.jinja":
                words = file.read_text(encoding="utf-8")
                assert not any(word in words for word in ("bias", "activation", "derivative=", "FullyConnected"))


SOURCE = '''
import numpy as np


def forward(x, f):
    {}
'''
F = unspecified("f", "f")


def read(body):
    return read_function(SOURCE.format(body.replace("\n", "\n    ")), "forward", {"x": ArrayArgument(x[n, i]), "f": F})


class TestReader:
    def test_reads_the_function_entry_by_entry(self):
        (reading,) = read("z = f(x.T)\nz *= 2\nreturn z, (x,)")
        (value,) = reading.outputs
        a, b = value.content.indices
        assert value.content.expr == 2 * f(x[b, a]) and value.axes == (size_of(i), size_of(n))

    def test_an_alias_is_the_same_function(self):
        (reading,) = read("h = f\nz = h(x)\nreturn z, (x,)")
        assert reading.outputs[0].content.expr.func == f

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ("z = f(x, out=x)\nreturn z, (x,)", "not a call"),
            ("z = f(x, x)\nreturn z, (x,)", "not a call"),
            ("z = f(2) * x\nreturn z, (x,)", "without an array"),
            ("z = f + x\nreturn z, (x,)", "f is not an array"),
            ("z = f(f)\nreturn z, (x,)", "f is not an array"),
            ("z = g(x)\nreturn z, (x,)", "not a call"),
            ("f = x * x\nz = f(x)\nreturn z, (x,)", "not a call"),
            ("z = f.outer(x)\nreturn z, (x,)", "not a call"),
            ("z = f(x)\nreturn z, (x, f)", "only these are saved"),
            ("z = f(x > 0)\nreturn z, (x,)", "holds conditions"),
        ],
    )
    def test_refuses_what_is_no_such_call(self, body, reason):
        with pytest.raises(ReadBackError, match=reason):
            read(body)

    @pytest.mark.parametrize(("body", "is_safe"), [("f(x) * x", True), ("np.exp(f(x))", False), ("1 / f(x)", False)])
    def test_what_it_gives_lies_within_the_bound_and_no_more_is_known(self, body, is_safe):
        given = {"x": ArrayArgument(x[n, i]), "f": F}
        assert check_safety(SOURCE.format(f"z = {body}\n    return z, (x,)"), "forward", given).is_shown == is_safe

    def test_a_function_with_the_name_of_an_operation_is_none(self):
        named = {"x": ArrayArgument(x[n, i]), "f": unspecified("sign", "f")}
        safety = check_safety(SOURCE.format("z = np.exp(f(x))\n    return z, (x,)"), "forward", named)
        assert not safety.is_shown


class TestDefinition:
    def test_arguments_for_a_function_that_no_step_applies_are_refused(self):
        with pytest.raises(DefinitionError, match="no step applies it"):
            emit_module(replace(GATE, functions={g: ("gate",)}))

    def test_a_function_and_a_tensor_of_one_name_in_python_are_refused(self):
        f_prime = tensors("f_prime")
        layer = Layer("Clash", inputs=(f_prime[n, i],), forward={z[n, i]: f(f_prime[n, i])})
        with pytest.raises(ValueError, match="both f_prime in Python"):
            emit_module(layer)

    def test_a_function_of_a_number_has_no_operation(self):
        with pytest.raises(LoweringError, match="takes an array"):
            lower(x[n, i] * f(size_of(i)), (n, i))
