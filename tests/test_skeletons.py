"""The text of generated modules round the plain functions, and what a layer's class does when it runs."""

import ast
import copy
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen.layout import WIDTH
from codegen.page import Argument, Size
from codegen.render import render_module, render_package
from tests.array_layouts import layouts
from tests.example_pages import CROSS_ENTROPY, FLIP, LINEAR, MIX, function, make_package, refuses

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return make_package(tmp_path_factory.mktemp("rendered"))


class TestText:
    def test_is_clean_for_the_projects_ruff(self, package):
        directory = Path(package.__file__).parent
        for command in (["check"], ["format", "--check"]):
            arguments = [*command, "--no-cache", "--config", ROOT / "pyproject.toml"]
            arguments += ["--line-length", str(WIDTH), directory]
            done = subprocess.run([sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr

    def test_names_no_place_and_no_time(self, package):
        for file in Path(package.__file__).parent.glob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert text.startswith('"""') and text.endswith("\n") and not text.endswith("\n\n")
            assert "\t" not in text and " \n" not in text and str(ROOT) not in text

    def test_imports_numpy_only_where_its_name_is_used(self):
        assert "import numpy as np" not in render_module(FLIP)
        uses = replace(FLIP, functions=(function("forward", "x", "return np.exp(x), ()"), FLIP.functions[1]))
        assert "import numpy as np" in render_module(uses)

    def test_wraps_what_does_not_fit(self):
        wide = tuple(Argument(f"query{number}", ("N", "d"), f"query{number}") for number in range(6))
        text = render_module(replace(MIX, inputs=wide))
        compile(text, "wide.py", "exec")
        assert max(map(len, text.splitlines())) <= WIDTH

    def test_a_page_without_a_function_that_its_class_calls_is_refused(self):
        for page, name in ((LINEAR, "backward_delta"), (CROSS_ENTROPY, "assumption_1")):
            kept = tuple(one for one in page.functions if one.name != name)
            refuses(
                f"{page.name}: the page has no plain function {name}",
                *(render_module, replace(page, functions=kept)),
            )

    @pytest.mark.parametrize("name", ["bias", "gradients"])
    def test_an_argument_that_means_something_else_already_is_refused(self, name):
        page = replace(LINEAR, sizes=(Size(name, "d"), Size("output", "d'")))
        refuses(f"Linear: the constructor needs another name for {name}", render_module, page)

    def test_what_would_end_a_docstring_is_refused(self):
        forward = function("forward", "x", "return x, ()", 'say """')
        page = replace(FLIP, functions=(forward, FLIP.functions[1]))
        with pytest.raises(ValueError, match="cannot stand in a docstring"):
            render_module(page)

    def test_two_modules_with_one_name_are_refused(self):
        clash = replace(FLIP, aliases=("Linear",))
        refuses("Flip: Linear is already offered by Linear", render_package, [LINEAR, clash])


class TestPackage:
    def test_offers_every_class_and_alias(self, package):
        assert package.CrossEntropy is package.CELogSoftmax is package.CrossEntropyLoss
        assert package.Lineaire is package.Linear
        expected = {"Linear", "RBF", "CrossEntropyLoss", "BCEWithLogitsLoss", "Flip", "Mix"}
        shared = {"Module", "Loss", "Sequential", "Sequentiel"}
        aliases = {"CrossEntropy", "CELogSoftmax", "Lineaire"}
        assert set(package.__all__) == expected | shared | aliases

    def test_needs_numpy_and_nothing_else(self, package):
        for file in Path(package.__file__).parent.glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.level == 0:
                    assert node.module.partition(".")[0] in sys.stdlib_module_names | {"numpy"}
                if isinstance(node, ast.Import):
                    assert all(name.name in sys.stdlib_module_names | {"numpy"} for name in node.names)


class TestConstructor:
    def test_starts_uniform_within_the_bound(self, package):
        layer = package.Linear(400, 300, rng=0)
        for parameter in layer.parameters.values():
            assert np.abs(parameter).max() <= 0.05 < 1.02 * np.abs(parameter).max()
            assert parameter.std() == pytest.approx(0.05 / np.sqrt(3), rel=0.1)
        assert [gradient.any() for gradient in layer.gradients.values()] == [False, False]
        assert not package.Mix(3).parameters["w"].any()

    def test_a_seed_and_its_generator_start_alike(self, package):
        first, second = package.Linear(3, 2, rng=5), package.Linear(3, 2, rng=np.random.default_rng(5))
        other = package.Linear(3, 2, bias=False, rng=5)
        assert np.array_equal(first.parameters["W"], second.parameters["W"])
        assert np.array_equal(first.parameters["W"], other.parameters["W"])
        assert not np.array_equal(first.parameters["W"], package.Linear(3, 2).parameters["W"])

    @pytest.mark.parametrize("dtype", [np.float32, "float64", np.dtype(np.float32)])
    def test_keeps_its_dtype(self, package, dtype):
        layer = package.Linear(3, 2, dtype=dtype)
        for array in (*layer.parameters.values(), *layer.gradients.values()):
            assert array.dtype == dtype

    def test_shows_the_call_that_makes_the_like(self, package):
        shown = {
            "Linear(3, 2)": package.Linear(3, 2, rng=1),
            "Linear(3, 2, bias=False)": package.Linear(3, 2, bias=False),
            "Linear(3, 2, dtype=float32)": package.Lineaire(3, 2, dtype=np.float32),
            "RBF(3, 4, s=2.0)": package.RBF(3, 4, s=np.float32(2)),
            "Flip()": package.Flip(),
            "Mix(3, stride=2)": package.Mix(3, stride=np.int64(2)),
            "CrossEntropyLoss()": package.CrossEntropyLoss(),
            "CrossEntropyLoss(reduction='mean')": package.CrossEntropyLoss("mean"),
        }
        assert [repr(made) for made in shown.values()] == list(shown)

    @pytest.mark.parametrize(
        ("name", "arguments", "message"),
        [
            ("Linear", {"input": -1, "output": 2}, "Linear: input must be at least 0; got -1"),
            ("Linear", {"input": 3, "output": 2.0}, "Linear: output must be an integer; got 2.0"),
            ("Linear", {"input": True, "output": 2}, "Linear: input must be an integer; got True"),
            ("Linear", {"input": 3, "output": 2, "bias": 1}, "Linear: bias must be True or False; got 1"),
            (
                "Linear",
                {"input": 3, "output": 2, "dtype": "float16"},
                "Linear: dtype must be float32 or float64; got 'float16'",
            ),
            (
                "Linear",
                {"input": 3, "output": 2, "dtype": "no type"},
                "Linear: dtype must be float32 or float64; got 'no type'",
            ),
            ("RBF", {"input": 3, "centres": 2, "s": -1.0}, "RBF: s must satisfy s > 0; got -1.0"),
            ("RBF", {"input": 3, "centres": 2, "s": np.inf}, "RBF: s must be a finite number; got inf"),
            ("RBF", {"input": 3, "centres": 2, "s": True}, "RBF: s must be a finite number; got True"),
            ("RBF", {"input": 3, "centres": 2, "s": "1"}, "RBF: s must be a finite number; got '1'"),
            ("Mix", {"width": 3, "stride": 0}, "Mix: stride must satisfy stride >= 1; got 0"),
            (
                "Mix",
                {"width": 3, "shift": 4},
                "Mix: shift and width must satisfy shift < d; got shift = 4, width = 3",
            ),
            (
                "CrossEntropyLoss",
                {"reduction": "avg"},
                'CrossEntropyLoss: reduction must be "none", "mean" or "sum"; got \'avg\'',
            ),
        ],
    )
    def test_refuses_what_breaks_a_condition(self, package, name, arguments, message):
        refuses(message, getattr(package, name), **arguments)


class TestState:
    def test_gradients_add_up_until_they_are_cleared(self, package):
        layer = package.Linear(2, 1)
        arrays = dict(layer.gradients)
        x, delta = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [10.0]])
        for times in (1, 2, 3):
            layer.backward_update_gradient(x, delta)
            assert layer.gradients["W"].tolist() == [[31.0 * times, 42.0 * times]]
            assert layer.gradients["b"].tolist() == [11.0 * times]
        layer.zero_grad()
        assert all(layer.gradients[name] is arrays[name] and not arrays[name].any() for name in arrays)

    def test_a_step_goes_down_in_place(self, package):
        layer = package.Linear(2, 1, dtype=np.float32, rng=0)
        before, arrays = layer.state_dict(), dict(layer.parameters)
        layer.gradients["W"][...] = 2
        layer.update_parameters()
        assert np.allclose(layer.parameters["W"], before["W"] - 0.002, rtol=1e-6)
        layer.update_parameters(np.float64(0.5))
        assert np.allclose(layer.parameters["W"], before["W"] - 1.002, rtol=1e-6)
        assert np.array_equal(layer.parameters["b"], before["b"])
        assert all(layer.parameters[name] is arrays[name] for name in arrays)
        message = "Linear.update_parameters: gradient_step must be a finite number; got nan"
        refuses(message, layer.update_parameters, float("nan"))

    def test_an_absent_parameter_is_in_no_dictionary(self, package):
        layer = package.Linear(2, 1, bias=False)
        layer.backward_update_gradient([[1.0, 2.0]], [[1.0]])
        assert list(layer.parameters) == list(layer.gradients) == list(layer.state_dict()) == ["W"]

    def test_a_state_goes_out_and_in_as_copies(self, package):
        first, second = package.Linear(3, 2), package.Linear(3, 2)
        state = first.state_dict()
        second.load_state_dict(state)
        state["W"][...] = 0
        assert np.array_equal(first.parameters["W"], second.parameters["W"]) and first.parameters["W"].any()
        for copied in (copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
            assert np.array_equal(copied.forward(np.eye(3)), first.forward(np.eye(3)))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"b": None}, "the parameters are W, b; given are W"),
            ({"c": 1}, "the parameters are W, b; given are W, b, c"),
            ({"b": np.ones((2, 1))}, "b[d'] is (2,); the array given is (2, 1)"),
            (
                {"b": np.ones(2, np.float32)},
                "b is float64; the array given is float32: pass np.asarray(b, np.float64)",
            ),
            (
                {"b": np.ones(2, complex)},
                "b has dtype complex128: convert it to float32 or float64 (integers and booleans are cast)",
            ),
        ],
    )
    def test_a_state_that_does_not_fit_changes_nothing(self, package, change, message):
        layer = package.Linear(3, 2, rng=0)
        before = layer.state_dict()
        state = {"W": np.zeros((2, 3)), "b": np.zeros(2)} | change
        state = {name: value for name, value in state.items() if value is not None}
        refuses(f"Linear.load_state_dict: {message}", layer.load_state_dict, state)
        assert all(np.array_equal(layer.parameters[name], before[name]) for name in before)

    def test_a_layer_without_parameters_has_the_same_face(self, package):
        layer = package.Flip()
        layer.zero_grad()
        layer.update_parameters()
        layer.load_state_dict(layer.state_dict())
        assert layer.parameters == layer.gradients == layer.state_dict() == {}
        assert layer.backward_update_gradient(np.ones((2, 3)), np.ones((2, 3))) is None
        message = "Flip.backward_update_gradient: x[N, 3] is (2, 3) but delta[N, 3] is (1, 3): N is 2 and 1"
        refuses(message, layer.backward_update_gradient, np.ones((2, 3)), np.ones((1, 3)))


class TestMethods:
    def test_compute_from_what_they_are_given(self, package):
        layer = package.RBF(2, 3, s=0.5, rng=0)
        c, x, other, delta = layer.parameters["c"], np.array([[0.3, -0.2]]), np.ones((4, 2)), np.ones((1, 3))
        z = [[np.exp(-sum((x[0, i] - c[j, i]) ** 2 for i in range(2)) / 0.5) for j in range(3)]]
        dx = [[sum(z[0][j] * (c[j, i] - x[0, i]) / 0.25 for j in range(3)) for i in range(2)]]
        layer.forward(other)
        assert np.allclose(layer.forward(x), z, rtol=1e-14)
        layer.forward(other)
        assert np.allclose(layer.backward_delta(x, delta), dx, rtol=1e-13)
        layer.s = 5.0
        assert not np.allclose(layer.forward(x), z)

    def test_several_inputs_come_and_go_in_order(self, package):
        layer = package.Mix(2, stride=3)
        layer.parameters["w"][...] = (1, 2)
        q, k, r, delta = (np.full((1, 2), value) for value in (1.0, 10.0, 100.0, 0.5))
        assert layer.forward(q, k, r=r).tolist() == [[333.0, 666.0]]
        gradients = layer.backward_delta(q, k, r, delta)
        assert [gradient.tolist() for gradient in gradients] == [[[1.5, 3.0]], [[1.5, 3.0]], [[0.5, 0.5]]]
        for first, second in ((0, 1), (0, 2), (1, 2)):
            assert not np.shares_memory(gradients[first], gradients[second])
        assert not np.shares_memory(gradients[2], delta)

    def test_results_never_share_memory_with_what_was_given(self, package):
        layer, x, delta = package.Flip(), np.ones((2, 3)), np.ones((2, 3))
        assert not np.shares_memory(layer.forward(x), x)
        assert not np.shares_memory(layer.backward_delta(x, delta), delta)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_sizes_layouts_and_dtypes(self, package, data):
        rows, width, out = (data.draw(st.integers(0, 5)) for _ in range(3))
        dtype = np.dtype(data.draw(st.sampled_from(["float32", "float64"])))
        seed = data.draw(st.integers(0, 99))
        layer = package.Linear(width, out, bias=data.draw(st.booleans()), dtype=dtype, rng=seed)
        x, delta = (
            data.draw(layouts(np.random.default_rng(seed).normal(size=shape).astype(dtype)))
            for shape in ((rows, width), (rows, out))
        )
        W, b = layer.parameters["W"], layer.parameters.get("b", np.zeros(out))
        before = x.copy(), delta.copy(), layer.state_dict()
        z, dx = layer.forward(x), layer.backward_delta(x, delta)
        layer.backward_update_gradient(x, delta)
        dW = np.zeros((out, width))
        for n, j, i in np.ndindex(rows, out, width):
            dW[j, i] += delta[n, j] * x[n, i]
        expected_z = [[sum(x[n] * W[j]) + b[j] for j in range(out)] for n in range(rows)]
        tolerance = {"rtol": 0, "atol": 40 * np.finfo(dtype).eps}
        assert z.dtype == dx.dtype == layer.gradients["W"].dtype == dtype
        assert z.shape == (rows, out) and dx.shape == (rows, width)
        assert np.allclose(z, np.reshape(expected_z, (rows, out)), **tolerance)
        assert np.allclose(layer.gradients["W"], dW, **tolerance)
        assert np.array_equal(z, layer.forward(x)) and np.array_equal(dx, layer.backward_delta(x, delta))
        assert np.array_equal(x, before[0]) and np.array_equal(delta, before[1])
        assert all(np.array_equal(layer.parameters[name], before[2][name]) for name in before[2])
