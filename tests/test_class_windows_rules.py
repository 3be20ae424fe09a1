"""What classes of windows refuse, which of them go through blocks, and how their shapes and text are made."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sympy import Symbol

from codegen.blocks import has_own_rows, window_sizes
from codegen.describe import describe
from codegen.layout import WIDTH
from derivations.layer import Hyperparameter, Layer
from derivations.layers.average_pooling import AVG_POOL2D
from derivations.layers.convolution import CONV2D, CONV3D
from derivations.layers.linear import LINEAR
from derivations.layers.transposed_convolution import CONV_TRANSPOSE2D
from derivations.layers.zero_padding import ZERO_PAD2D
from derivations.notation import axes, delta, size_of, sum_, tensors
from derivations.text import formula
from tests.example_pages import refuses
from tests.window_pages import draw, make_package

ROOT = Path(__file__).parents[1]
n, m, i, j, k = axes("n:N m:N i:d j:d k:K")
x, y, z, W = tensors("x y z W")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return make_package(tmp_path_factory.mktemp("windowed"))


CONV = "input 4, output 6, kernel (3, 3), stride (1, 1), padding (0, 0), dilation (1, 1), groups 2"
CALLED = "output 6, kernel (3, 3), stride (1, 1), padding (0, 0), dilation (1, 1), groups 2"


class TestErrors:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"stride": 0}, "stride_h >= 1 does not hold; " + CONV.replace("stride (1, 1)", "stride (0, 0)")),
            (
                {"padding": (0, -1)},
                "padding_w >= 0 does not hold; " + CONV.replace("padding (0, 0)", "padding (0, -1)"),
            ),
            ({"dilation": 0}, "dilation_h >= 1 does not hold; " + CONV.replace("dilation (1, 1)", "dilation (0, 0)")),
            ({"kernel": (0, 3)}, "R >= 1 does not hold; " + CONV.replace("kernel (3, 3)", "kernel (0, 3)")),
            ({"groups": 4}, "output a multiple of groups does not hold; " + CONV.replace("groups 2", "groups 4")),
            ({"groups": 3}, "input a multiple of groups does not hold; " + CONV.replace("groups 2", "groups 3")),
        ],
    )
    def test_settings_that_break_a_condition(self, package, change, message):
        settings = {"input": 4, "output": 6, "kernel": 3, "groups": 2} | change
        with pytest.raises(ValueError) as caught:
            package.Conv2d(**settings)
        assert str(caught.value) == f"Conv2d: {message}"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"groups": 0}, "groups must be at least 1; got 0"),
            ({"stride": 1.5}, "stride must be an integer; got 1.5"),
            ({"kernel": True}, "kernel must be an integer; got True"),
            ({"padding": (1, 2, 3)}, "padding must be an integer or a tuple of 2; got (1, 2, 3)"),
            ({"padding": (1, None)}, "padding must be an integer; got None"),
            ({"input": -2}, "input must be at least 0; got -2"),
        ],
    )
    def test_settings_that_are_no_numbers(self, package, change, message):
        settings = {"input": 4, "output": 6, "kernel": 3, "groups": 2} | change
        refuses(f"Conv2d: {message}", lambda: package.Conv2d(**settings))

    @pytest.mark.parametrize(
        ("shape", "message"),
        [
            ((2, 4, 2, 9), "the window does not fit: P would be 0"),
            ((2, 4, 9, 0), "the window does not fit: Q would be -2"),
            (
                (4, 9, 9),
                "x[N, G·C, H, W] has 4 axes; the array given is (4, 9, 9): reshape it",
            ),
            ((2, 5, 9, 9), "x[N, G·C, H, W] is (2, 5, 9, 9): G·C is 5, which is no multiple of G = 2"),
            (
                (2, 6, 9, 9),
                "x[N, G·C, H, W] is (2, 6, 9, 9) but K[G·O, C, R, T] is (6, 2, 3, 3): C is 3 and 2",
            ),
        ],
    )
    @pytest.mark.parametrize("method", ["forward", "backward", "backward_delta", "backward_update_gradient"])
    def test_inputs_that_do_not_fit(self, package, method, shape, message):
        layer, given = package.Conv2d(4, 6, 3, groups=2), [np.zeros(shape)]
        given += [] if method == "forward" else [np.zeros((2, 6, 7, 7))]
        refuses(f"Conv2d.{method}: {message}; input (N, G·C, H, W) = {shape}, {CALLED}", getattr(layer, method), *given)

    @pytest.mark.parametrize(
        ("shape", "message"),
        [
            ((2, 6, 7, 8), "delta[N, G·O, P, Q] is (2, 6, 7, 8): Q is 8, not 7"),
            (
                (2, 4, 7, 7),
                "K[G·O, C, R, T] is (6, 2, 3, 3) but delta[N, G·O, P, Q] is (2, 4, 7, 7): G·O is 6 and 4",
            ),
            (
                (3, 6, 7, 7),
                "x[N, G·C, H, W] is (2, 4, 9, 9) but delta[N, G·O, P, Q] is (3, 6, 7, 7): N is 2 and 3",
            ),
        ],
    )
    def test_a_delta_that_does_not_fit(self, package, shape, message):
        layer, image = package.Conv2d(4, 6, 3, groups=2), np.zeros((2, 4, 9, 9))
        message = f"Conv2d.backward: {message}; input (N, G·C, H, W) = (2, 4, 9, 9), {CALLED}"
        refuses(message, layer.backward, image, np.zeros(shape))
        assert not layer.gradients["K"].any()

    def test_the_smallest_image_that_fits(self, package):
        layer = package.Conv2d(1, 1, (3, 2), dilation=(2, 3), padding=(1, 0))
        assert layer.forward(np.ones((1, 1, 3, 4))).shape == (1, 1, 1, 1)
        for shape in ((1, 1, 2, 4), (1, 1, 3, 3)):
            with pytest.raises(ValueError, match="the window does not fit"):
                layer.forward(np.ones(shape))

    def test_more_output_padding_than_stride(self, package):
        with pytest.raises(
            ValueError, match=r"output_padding < stride does not hold; input 1, .*output_padding \(2,\)"
        ):
            package.ConvTranspose1d(1, 1, 3, stride=2, output_padding=2)


class TestBlocks:
    def test_what_one_example_takes_is_read_off_the_formula(self):
        assert " ".join(map(str, window_sizes(CONV2D))) == "G C P R Q T"
        assert " ".join(map(str, window_sizes(CONV3D))) == "G C S U P R Q T"
        assert " ".join(map(str, window_sizes(CONV_TRANSPOSE2D))) == "G O P R Q T"

    def test_only_products_with_windows_are_cut(self):
        for layer in (AVG_POOL2D, ZERO_PAD2D, LINEAR):
            assert has_own_rows(layer) and window_sizes(layer) == ()

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (y[n, i], x[n, i] - sum_(x[m, i], m)),
            (y[n, i], sum_(x[n, i], n)),
            (y[n, i], x[n + 1, i]),
            (y[n, i], x[n, i] / size_of(n)),
            (y[n, i], x[n, i] * delta(n, i)),
            (y[n, i], x[n, i] * W[n, i]),
            (y[i, n], x[n, i]),
            (y[n, i], x[i, n]),
            (y[n, i], x[n, i + n]),
        ],
    )
    def test_rows_that_need_others_are_seen(self, left, right):
        kept = Layer("L", {y[n, i]: sum_(x[n, j] * W[i, j], j)}, (x[n, i],), (W[i, j],))
        assert has_own_rows(kept)
        assert not has_own_rows(replace(kept, forward={left: right}))

    def test_what_knows_the_number_of_rows_is_not_cut(self):
        rows = size_of(n)
        kept = Layer("L", {y[n, i]: sum_(x[n, j] * W[i, j], j)}, (x[n, i],), (W[i, j],))
        assert not has_own_rows(replace(kept, hyperparameters=(Hyperparameter(rows, 2, (rows >= 1,)),)))
        assert not has_own_rows(replace(kept, output_sizes={rows: size_of(i) + 1}))
        assert not has_own_rows(replace(kept, output_sizes={size_of(i): rows + 1}))
        fixed = {each: axes("n:5") for each in (n,)}
        made = {left.xreplace(fixed): right.xreplace(fixed) for left, right in kept.forward.items()}
        assert not has_own_rows(Layer("L", made, (x[fixed[n], i],), (W[i, j],)))

    def test_rows_may_need_what_has_none(self):
        steps = {z[i]: sum_(W[i, j], j), y[n, i]: x[n, i] * z[i]}
        assert has_own_rows(Layer("L", steps, (x[n, i],), (W[i, j],)))
        assert not has_own_rows(Layer("L", {z[i]: sum_(x[n, i], n), y[n, i]: x[n, i] * z[i]}, (x[n, i],), ()))


class TestRows:
    def test_keep_the_memory_order_of_their_blocks(self, package):
        whole, rows = draw(5, 3, 4), package._shaped.Rows((5, 3, 4), np.dtype(float))
        for at in (slice(0, 2), slice(2, 4), slice(4, 6)):
            rows[at] = whole[at].transpose(2, 1, 0).copy().transpose(2, 1, 0)
        assert np.array_equal(rows.array, whole)
        assert rows.array.strides[0] < rows.array.strides[1] < rows.array.strides[2]

    def test_a_single_block_is_the_result(self, package):
        whole, rows = draw(5, 3), package._shaped.Rows((5, 3), np.dtype(float))
        rows[0:7] = whole
        assert rows.array is whole

    def test_no_block_leaves_no_rows(self, package):
        assert package._shaped.Rows((0, 3), np.dtype(np.float32)).array.shape == (0, 3)


class TestShapes:
    def test_a_factor_may_be_a_number(self, package):
        shapes = package._shaped.Shapes({"x": ("N", "2·C", "3"), "delta": ("C", "2")})
        sizes = shapes.measured("here", {"x": np.zeros((1, 6, 3))}, {}, lambda sizes: {})
        assert sizes == {"2": 2, "3": 3, "N": 1, "C": 3}
        assert shapes.split("x", sizes) == (1, 2, 3, 3) and shapes.joined("x", sizes) == (1, 6, 3)
        for shape, message in (
            ((1, 5, 3), "2·C is 5, which is no multiple of 2 = 2"),
            ((1, 6, 4), "3 is 4, not 3"),
        ):
            message = f"here: x[N, 2·C, 3] is {shape}: {message}"
            refuses(message, shapes.measured, "here", {"x": np.zeros(shape)}, {}, lambda sizes: {})


class TestDescribe:
    def test_a_product_must_tell_one_size(self):
        layer = replace(LINEAR, sizes={"input": Symbol("a") * Symbol("b"), "output": Symbol("c")})
        with pytest.raises(ValueError, match="does not tell one size"):
            describe(layer, (), formula, module="linear")

    def test_what_follows_comes_after_what_it_follows(self):
        first, second = Symbol("first", integer=True), Symbol("second", integer=True)
        layer = Layer(
            "L",
            {y[n, i]: x[n, i]},
            (x[n, i],),
            hyperparameters=(Hyperparameter(first, second), Hyperparameter(second, 1)),
        )
        with pytest.raises(ValueError, match="second must come before"):
            describe(layer, (), formula, module="l")

    def test_nothing_unknown_in_a_size_of_the_output(self):
        layer = replace(ZERO_PAD2D, output_sizes={Symbol("P"): Symbol("unheard")})
        with pytest.raises(ValueError, match="nothing tells unheard"):
            describe(layer, (), formula, module="l")


class TestText:
    def test_is_clean_for_the_projects_ruff(self, package):
        directory = Path(package.__file__).parent
        files = [directory / name for name in ("_shaped.py", "_channels_last.py", "flatten.py")]
        for command in (["check"], ["format", "--check"]):
            arguments = [*command, "--no-cache", "--config", ROOT / "pyproject.toml", "--line-length", str(WIDTH)]
            done = subprocess.run([sys.executable, "-m", "ruff", *arguments, *files], capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr

    def test_fits_the_width_round_its_functions(self, package):
        for file in Path(package.__file__).parent.glob("[a-z]*.py"):
            head = file.read_text(encoding="utf-8").partition("\n\n\ndef forward(")[0]
            assert max(map(len, head.splitlines())) <= WIDTH, file.name
