"""Names in Python, scalar expressions in Python, and the page of a layer."""

import itertools
from dataclasses import replace

import pytest
from sympy import Float, Function, IndexedBase, Rational, Symbol, ceiling, sqrt

from codegen.describe import describe
from codegen.naming import RESERVED, python_name, python_names
from codegen.page import Condition, Hyper, Page
from codegen.scalar_code import scalar_code
from derivations.layer import Hyperparameter, Layer
from derivations.layers import FILES, LAYERS
from derivations.notation import axes, d, name_of, scalars, size_symbol, sum_, tensors
from tests.example_pages import BCE_WITH_LOGITS, CROSS_ENTROPY, LINEAR, RBF, refuses


class TestNames:
    @pytest.mark.parametrize(
        ("name", "python"),
        [
            ("x", "x"),
            ("logp", "logp"),
            ("ŷ", "yhat"),
            ("y\u0302", "yhat"),
            ("x̄", "xbar"),
            ("d'", "d_prime"),
            ("d′", "d_prime"),
            ("x₁", "x1"),
            ("γ", "gamma"),
            ("Σ", "Sigma"),
            ("λ", "lambda_"),
            ("δ", "delta_"),
            ("saved", "saved_"),
            ("np", "np_"),
            ("l", "l_"),
            ("W*", "W_star"),
        ],
    )
    def test_are_spelled_out(self, name, python):
        assert python_name(name) == python
        assert python_name(name_of(d(IndexedBase(name)))) == "d" + python.removesuffix("_")

    def test_of_a_size_may_be_the_constructors(self):
        arguments = {"d": "input", "d'": "output"}
        assert [python_name(size, arguments) for size in ("d", "d'", "J'")] == ["d", "output", "J_prime"]

    def test_are_identifiers_and_not_reserved(self):
        for name in ["class", "saved", "np", *map(chr, range(0x3B1, 0x3CA)), "x̂", "ŷ'"]:
            python = python_name(name)
            assert python.isidentifier() and python not in RESERVED

    @pytest.mark.parametrize("name", ["", "1x", "a b", "x+", "x→"])
    def test_without_a_spelling_are_refused(self, name):
        with pytest.raises(ValueError, match="has no name in Python"):
            python_name(name)

    def test_that_fall_together_are_refused(self):
        assert python_names(["ŷ", "W", "ŷ"], "Linear") == {"ŷ": "yhat", "W": "W"}
        refuses(
            "Linear: ŷ and yhat are both yhat in Python: rename one", python_names, ["ŷ", "yhat"], "Linear"
        )


class TestScalarCode:
    def test_means_what_the_expression_means(self):
        a, b = Symbol("a", positive=True), Symbol("b", positive=True)
        expressions = [
            *(
                sqrt(6 / (a + b)),
                1 / sqrt(a),
                (a - b) / (a * b),
                -a * b / 2,
                a**2 * b - 1,
                Rational(1, 3) * a,
            ),
            *(
                a**-2,
                (a + 1) ** 2 / (b - 1),
                -a - b,
                -(a + b) / 2,
                Float(0.5) * a,
                1 - a,
                a / (2 * b),
                -a / b,
            ),
            *(
                (a - b) ** 3 * 2,
                a * (-a - b),
                sqrt(a + sqrt(b)),
                a - (b - 1) / 2,
                -((a - b) ** 2),
                -Rational(2, 3),
            ),
        ]
        for expression, (u, v) in itertools.product(expressions, [(0.7, 2.9), (3.1, 0.4)]):
            text = scalar_code(expression, {a: "u", b: "max(v, 1e-9)"})
            value = eval(text.replace("np.sqrt", "root"), {"u": u, "v": v, "root": lambda w: w**0.5})
            assert value == pytest.approx(float(expression.subs({a: u, b: v})), rel=1e-12)

    def test_rounds_as_the_expression_does(self):
        a, b = Symbol("a", integer=True), Symbol("b", integer=True)
        expressions = [a // b, (a + 1) // 2 + 1, 2 * (a // b), 1 - (a - b) // 3, -(a // b), (2 * a) // (b + 9)]
        expressions += [a // (2 * b), ceiling(a / b), ceiling(a / 3) * b, b - ceiling((a + b) / 4)]
        expressions += [((a // 2) + b) // 3, a - b // 2 - 1]
        for expression, (u, v) in itertools.product(expressions, [(7, 3), (-5, 2), (12, 4), (0, 5)]):
            text = scalar_code(expression, {a: "u", b: "v"})
            assert eval(text, {"u": u, "v": v}) == expression.subs({a: u, b: v}), text

    def test_reads_well(self):
        width, s = size_symbol("d"), scalars("s")
        assert scalar_code(1 / sqrt(width), {width: "input"}) == "1 / np.sqrt(input)"
        assert scalar_code(s > 0, {s: "self.s"}) == "self.s > 0"
        places = (width - 2 * Symbol("R") + 1) // Symbol("stride") + 1
        names = {symbol: str(symbol) for symbol in places.free_symbols}
        assert scalar_code(places, names) == "(d + 1 - 2 * R) // stride + 1"
        assert scalar_code(s <= width / 2, {s: "s", width: "input"}) == "s <= input / 2"

    @pytest.mark.parametrize(
        "expression", [Function("f")(Symbol("a")), Symbol("b"), Symbol("a") ** Symbol("a")]
    )
    def test_refuses_what_it_does_not_know(self, expression):
        with pytest.raises(ValueError, match="has no text here"):
            scalar_code(expression, {Symbol("a"): "a"})


def formula(text):
    """Stands for whoever writes formulas: every one is this text."""
    return lambda expression: text


def without_formulas(page: Page) -> Page:
    """A page but for the texts that a writer of formulas makes."""
    return replace(
        page,
        formulas=(),
        ranges=(),
        parameters=tuple(replace(one, start="") for one in page.parameters),
        assumptions=tuple(replace(one, text="") for one in page.assumptions),
        hyperparameters=tuple(
            replace(one, conditions=tuple(replace(condition, text="") for condition in one.conditions))
            for one in page.hyperparameters
        ),
    )


class TestDescribe:
    @pytest.mark.parametrize(
        "page", [LINEAR, RBF, CROSS_ENTROPY, BCE_WITH_LOGITS], ids=lambda page: page.name
    )
    def test_gives_the_page_written_by_hand(self, page):
        layer = next(layer for layer in LAYERS if layer.name == page.name)
        described = describe(layer, page.functions, formula("f"), module=page.module, least=dict(page.least))
        written_by_hand = replace(page, aliases=layer.aliases, source=layer.source, definition=FILES[page.name])
        assert without_formulas(described) == without_formulas(written_by_hand)

    def test_writes_each_formula_once(self):
        layers = {layer.name: layer for layer in LAYERS}
        page = describe(layers["CrossEntropyLoss"], CROSS_ENTROPY.functions, formula("f"), module="cross_entropy")
        assert page.formulas == ("f = f", "f = f")
        assert [one.text for one in page.assumptions] == ["f = f"]
        page = describe(layers["Linear"], LINEAR.functions, formula("f"), module="linear", definition="mine.py")
        assert [one.start for one in page.parameters] == ["W uniform in ±f", "b uniform in ±f"]
        assert page.definition == "mine.py"

    def test_hyperparameters_integers_and_conditions_on_sizes(self):
        n, i = axes("n:N i:d")
        x, z = tensors("x z")
        shift, stride = scalars("shift"), Symbol("stride", integer=True)
        layer = Layer(
            "Shifted",
            inputs=(x[n, i],),
            forward={z[n, i]: x[n, i] + shift},
            hyperparameters=(
                Hyperparameter(stride, default=2, conditions=(stride >= 1,)),
                Hyperparameter(shift, default=0.5, conditions=(shift < size_symbol("d"),)),
            ),
            sizes={"width": size_symbol("d")},
        )
        page = describe(layer, (), formula("f"), module="shifted")
        assert page.hyperparameters == (
            Hyper("stride", "2", True, (Condition("f >= f", "self.stride >= 1", ("stride",)),)),
            Hyper(
                "shift", "0.5", False, (Condition("f < f", "self.shift < self.width", ("shift", "width")),)
            ),
        )

    def test_the_shape_of_a_losss_output(self):
        n, k, h = axes("n:N k:K h:H")
        y, yhat, loss = tensors("y ŷ loss")
        for left, shape in ((loss[n, h], "(yhat.shape[0], yhat.shape[2])"), (loss[n, k], "yhat.shape[:2]")):
            entry = yhat[n, k, h]
            layer = Layer("L", inputs=(entry,), target=y[n, k, h], forward={left: entry})
            assert describe(layer, (), formula("f"), module="l").delta_shape == shape

    def test_a_layer_that_lacks_something_is_refused(self):
        n, i, j, m = axes("n:N i:d j:e m:M")
        x, W, z, y = tensors("x W z y")
        made = {"inputs": (x[n, i],), "parameters": (W[j, i],), "forward": {z[n, j]: x[n, i] * W[j, i]}}
        cases = [
            ({"sizes": {"input": 2 * size_symbol("d")}}, "the argument input fixes 2*d, which is no size"),
            ({"target": y[n]}, "a loss has one input, its prediction, and no parameters"),
            (
                {"parameters": (), "target": y[n], "forward": {z[m]: y[m]}},
                "the prediction has no axis of size M, the loss has",
            ),
        ]
        for change, message in cases:
            refuses(f"L: {message}", describe, Layer("L", **made | change), (), formula("f"), module="l")

    def test_what_a_definition_leaves_unsaid_of_its_parameters(self):
        n, i, j = axes("n:N i:d j:d'")
        x, W, b, z = tensors("x W b z")
        made = Layer(
            "L", inputs=(x[n, i],), parameters=(W[j, i], b[j]), forward={z[n, j]: sum_(x[n, i] * W[j, i], i) + b[j]}
        )
        page = describe(made, (), formula("f"), module="l")
        assert [(size.argument, size.name) for size in page.sizes] == [("d_prime", "d'"), ("d", "d")]
        assert [one.bound for one in page.parameters] == [
            "1 / np.sqrt(max(self.d, 1))",
            "1 / np.sqrt(max(self.d_prime, 1))",
        ]
        named = describe(replace(made, sizes={"wide": size_symbol("d'")}), (), formula("f"), module="l")
        assert [size.argument for size in named.sizes] == ["wide", "d"]

    def test_names_that_fall_together_are_refused(self):
        n, i = axes("n:N i:d")
        x, dx, z = tensors("x dx z")
        layer = Layer("L", inputs=(x[n, i], dx[n, i]), forward={z[n, i]: x[n, i] * dx[n, i]})
        message = "L: dx and ∂x are both dx in Python: rename one"
        refuses(message, describe, layer, (), formula("f"), module="l")
