"""What the generated classes refuse, in which words, and what they cast; what a loss's class does."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.array_layouts import layouts
from tests.example_pages import make_package, refuses


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return make_package(tmp_path_factory.mktemp("rendered"))


DTYPE = "convert it to float32 or float64 (integers and booleans are cast)"


class TestShapes:
    @pytest.mark.parametrize(
        ("x", "message"),
        [
            (np.ones((4, 3)), "x[N, d] is (4, 3) but W[d', d] is (2, 5): d is 3 and 5"),
            (np.ones(5), "x[N, d] has 2 axes; the array given is (5,): reshape it"),
            (1.0, "x[N, d] has 2 axes; the array given is (): reshape it"),
            ([], "x[N, d] has 2 axes; the array given is (0,): reshape it"),
            (np.ones((0, 3)), "x[N, d] is (0, 3) but W[d', d] is (2, 5): d is 3 and 5"),
        ],
    )
    def test_an_input_that_does_not_fit(self, package, x, message):
        layer = package.Linear(5, 2)
        refuses(f"Linear.forward: {message}", layer.forward, x)
        delta = np.ones((len(x) if np.ndim(x) else 1, 2))
        refuses(f"Linear.backward_delta: {message}", layer.backward_delta, x, delta)

    @pytest.mark.parametrize(
        ("delta", "message"),
        [
            (np.ones((4, 3)), "delta[N, d'] is (4, 3) but W[d', d] is (2, 5): d' is 3 and 2"),
            (np.ones((1, 2)), "x[N, d] is (4, 5) but delta[N, d'] is (1, 2): N is 4 and 1"),
            (np.ones(2), "delta[N, d'] has 2 axes; the array given is (2,): reshape it"),
        ],
    )
    def test_a_delta_that_does_not_fit_adds_nothing(self, package, delta, message):
        layer = package.Linear(5, 2)
        for method in ("backward_delta", "backward_update_gradient"):
            refuses(f"Linear.{method}: {message}", getattr(layer, method), np.ones((4, 5)), delta)
        assert not layer.gradients["W"].any()

    def test_a_column_is_no_row_of_numbers(self, package):
        loss = package.BCEWithLogitsLoss()
        message = "BCEWithLogitsLoss.forward: y[N, d] has 2 axes; the array given is (4,): reshape it"
        refuses(message, loss.forward, np.ones(4), np.ones((4, 1)))
        message = "BCEWithLogitsLoss.backward: y[N, d] is (4, 1) but a[N, d] is (1, 4): N is 4 and 1"
        refuses(message, loss.backward, np.ones((4, 1)), np.ones((1, 4)))

    def test_a_fixed_size(self, package):
        refuses("Flip.forward: x[N, 3] is (2, 4): 4 is not 3", package.Flip().forward, np.ones((2, 4)))

    def test_a_parameter_that_was_replaced(self, package):
        layer = package.Linear(5, 2)
        layer.parameters["b"] = np.ones(3)
        message = "Linear.forward: W[d', d] is (2, 5) but b[d'] is (3,): d' is 2 and 3"
        refuses(message, layer.forward, np.ones((1, 5)))

    def test_an_axis_with_a_maximum_over_it_is_not_empty(self, package):
        loss = package.CrossEntropyLoss()
        for y in (np.ones((3, 0)), np.zeros(3, int)):
            first = "yhat" if y.ndim == 1 else "y"
            message = f"CrossEntropyLoss.forward: K must be at least 1; {first}[N, K] is (3, 0)"
            refuses(message, loss.forward, y, np.ones((3, 0)))


class TestDtypes:
    @pytest.mark.parametrize("given", [[[1, 2]], np.array([[1, 2]], np.uint8), np.array([[True, False]])])
    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_integers_and_booleans_are_cast(self, package, given, dtype):
        layer = package.Linear(2, 3, dtype=dtype)
        assert layer.forward(given).dtype == layer.backward_delta(given, [[1, 0, 1]]).dtype == dtype
        assert package.Flip().forward([[1, 2, 3]]).dtype == np.float64
        assert package.Flip().backward_delta([[1, 2, 3]], np.ones((1, 3), np.float32)).dtype == np.float32

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (np.ones((1, 2), complex), f"has dtype complex128: {DTYPE}"),
            (np.ones((1, 2), np.float16), f"has dtype float16: {DTYPE}"),
            (np.ones((1, 2), np.longdouble), f"has dtype {np.dtype(np.longdouble)}: {DTYPE}"),
            (np.ones((1, 2), object), f"has dtype object: {DTYPE}"),
            ([["1", "2"]], f"has dtype <U1: {DTYPE}"),
            (np.array([["1", "2"]], np.dtypes.StringDType()), f"has dtype StringDType(): {DTYPE}"),
            (np.ones((1, 2), "m8[s]"), f"has dtype timedelta64[s]: {DTYPE}"),
            (None, f"has dtype object: {DTYPE}"),
            (np.ma.ones((1, 2)), "is a masked array, whose mask would be lost: fill it first"),
        ],
    )
    def test_everything_else_is_refused(self, package, given, message):
        layer = package.Linear(2, 3)
        refuses(f"Linear.forward: x {message}", layer.forward, given)

    def test_a_ragged_list(self, package):
        with pytest.raises(ValueError, match=r"^Linear\.forward: x is not an array of numbers: "):
            package.Linear(2, 3).forward([[1.0, 2.0], [3.0]])

    def test_two_dtypes(self, package):
        single, double = np.ones((1, 2), np.float32), np.ones((1, 2))
        refuses(
            "Linear.forward: x is float32 but W is float64: pass np.asarray(x, np.float64),"
            " or make the layer with dtype=np.float32",
            *(package.Linear(2, 3).forward, single),
        )
        refuses(
            "BCEWithLogitsLoss.forward: y is float64 but a is float32: pass np.asarray(y, np.float32)",
            *(package.BCEWithLogitsLoss().forward, double, single),
        )
        layer = package.Linear(2, 3)
        layer.parameters["b"] = np.ones(3, np.float32)
        refuses(
            "Linear.forward: b is float32 but W is float64: pass np.asarray(b, np.float64)",
            *(layer.forward, double),
        )

    @pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
    def test_the_other_byte_order_and_a_matrix_are_read(self, package):
        layer = package.Linear(2, 3)
        x = np.array([[1.0, 2.0]])
        for other in (x.astype(x.dtype.newbyteorder()), np.asmatrix(x), x.tolist()):
            z = layer.forward(other)
            assert z.dtype.isnative and type(z) is np.ndarray and np.array_equal(z, layer.forward(x))


class TestLabels:
    def test_are_the_one_hot_target(self, package):
        loss, rng = package.CrossEntropyLoss(), np.random.default_rng(0)
        yhat, labels = rng.normal(size=(5, 3)), np.array([2, 0, 1, 1, 2])
        for y in (labels, labels.tolist(), labels.astype(np.uint64), labels.astype(">i2")):
            assert np.array_equal(loss.forward(y, yhat), loss.forward(labels, yhat))
        for y in (np.eye(3)[labels], np.eye(3, dtype=bool)[labels], np.eye(3, dtype=int)[labels]):
            assert np.allclose(loss.forward(y, yhat), loss.forward(labels, yhat), rtol=1e-14)
            assert np.allclose(loss.backward(y, yhat), loss.backward(labels, yhat), rtol=0, atol=1e-15)
        assert loss.forward(labels, yhat.astype(np.float32)).dtype == np.float32

    def test_may_be_many(self, package):
        yhat = np.arange(300.0).reshape(1, 300)
        values = [package.CrossEntropyLoss().forward([label], yhat)[0] for label in (0, 128, 299)]
        assert np.allclose(np.diff(values), (-128, -171), rtol=1e-12)

    @pytest.mark.parametrize(
        ("y", "message"),
        [
            ([0, 3], "labels t[N] must be from 0 to K - 1 = 2; t[1] is 3"),
            ([-1, 0], "labels t[N] must be from 0 to K - 1 = 2; t[0] is -1"),
            (np.array([0, 2**63], np.uint64), f"labels t[N] must be from 0 to K - 1 = 2; t[1] is {2**63}"),
            ([0.0, 1.0], "y is (2,) of float64: give labels as integers t[N], or a target y[N, K]"),
            (
                np.array([True, False]),
                "y is (2,) of bool: give labels as integers t[N], or a target y[N, K]",
            ),
            ([0, 1, 2], "t[N] is (3,) but yhat[N, K] is (2, 3): N is 3 and 2"),
            (np.ones((2, 3, 1), int), "y[N, K] has 2 axes; the array given is (2, 3, 1): reshape it"),
        ],
    )
    def test_that_do_not_fit(self, package, y, message):
        loss = package.CrossEntropyLoss()
        refuses(f"CrossEntropyLoss.forward: {message}", loss.forward, y, np.ones((2, 3)))
        refuses(f"CrossEntropyLoss.backward: {message}", loss.backward, y, np.ones((2, 3)))


class TestAssumption:
    def test_is_checked_row_by_row(self, package):
        loss, yhat = package.CrossEntropyLoss(), np.zeros((5, 2))
        y = np.tile([0.25, 0.75], (5, 1))
        y[3] = (0.25, 0.5)
        message = "y must satisfy Σ_k y[n, k] = 1; the left side is off by -0.25 at n = 3"
        refuses(f"CrossEntropyLoss.forward: {message}", loss.forward, y, yhat)
        refuses(f"CrossEntropyLoss.backward: {message}", loss.backward, y, yhat)
        y[3] = (0.25, np.nan)
        with pytest.raises(ValueError, match="off by nan at n = 3"):
            loss.forward(y, yhat)

    @pytest.mark.parametrize(("dtype", "off"), [(np.float32, 4e-4), (np.float64, 2e-8)])
    def test_allows_for_rounding_and_no_more(self, package, dtype, off):
        loss, yhat = package.CrossEntropyLoss(), np.zeros((3, 10_000), dtype)
        y = np.random.default_rng(0).random((3, 10_000)).astype(dtype)
        y /= y.sum(axis=1, keepdims=True)
        for soft in (y, np.asfortranarray(y)):
            loss.forward(soft, yhat)
        y[1, 0] += off
        with pytest.raises(ValueError, match=r"at n = 1$"):
            loss.forward(y, yhat)


class TestReduction:
    @pytest.mark.parametrize("name", ["CrossEntropyLoss", "BCEWithLogitsLoss"])
    def test_backward_is_the_gradient_of_what_forward_gives(self, package, name):
        rng, step = np.random.default_rng(1), 1e-5
        yhat, y = rng.normal(size=(4, 3)), np.eye(3)[[0, 2, 1, 1]]
        for reduction, total in (("none", np.sum), ("sum", float), ("mean", float)):
            loss = getattr(package, name)(reduction=reduction)
            expected = np.empty_like(yhat)
            for position in np.ndindex(yhat.shape):
                move = np.zeros_like(yhat)
                move[position] = step
                expected[position] = total(loss.forward(y, yhat + move)) - total(loss.forward(y, yhat - move))
            assert np.allclose(loss.backward(y, yhat), expected / (2 * step), rtol=0, atol=1e-9)

    @pytest.mark.parametrize(("name", "shape"), [("CrossEntropyLoss", (4,)), ("BCEWithLogitsLoss", (4, 3))])
    def test_gives_values_their_sum_or_their_mean(self, package, name, shape):
        y, yhat = np.eye(4, 3, dtype=np.float32), np.ones((4, 3), np.float32)
        y[3, 0] = 1
        make = getattr(package, name)
        values = make().forward(y, yhat)
        assert values.shape == shape and values.dtype == np.float32
        for reduction in ("sum", "mean"):
            reduced = make(reduction).forward(y, yhat)
            assert np.ndim(reduced) == 0 and reduced.dtype == np.float32
            assert reduced == getattr(values, reduction)()
            assert make(reduction).backward(y, yhat).dtype == np.float32

    @pytest.mark.parametrize("y", [np.empty((0, 3)), np.empty(0, int)])
    def test_an_empty_batch(self, package, y):
        yhat, make = np.empty((0, 3)), package.CrossEntropyLoss
        assert make().forward(y, yhat).shape == (0,)
        assert make("sum").forward(y, yhat) == 0
        for reduction in ("none", "sum", "mean"):
            assert make(reduction).backward(y, yhat).shape == (0, 3)
        remedy = 'skip the batch, or take reduction="sum", which is 0'
        message = f"CrossEntropyLoss.forward: an empty batch has no mean: {remedy}"
        refuses(message, make("mean").forward, y, yhat)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_sizes_and_layouts_leave_the_inputs_alone(self, package, data):
        rows, classes = data.draw(st.integers(0, 5)), data.draw(st.integers(1, 5))
        rng = np.random.default_rng(data.draw(st.integers(0, 99)))
        yhat = data.draw(layouts(rng.normal(size=(rows, classes))))
        labels = rng.integers(classes, size=rows)
        y = data.draw(st.sampled_from([labels, np.eye(classes)[labels]]))
        kept = y.copy(), yhat.copy()
        loss = package.CrossEntropyLoss()
        value, gradient = loss.forward(y, yhat), loss.backward(y, yhat)
        total = [sum(np.exp(yhat[n, k]) for k in range(classes)) for n in range(rows)]
        expected = [np.log(total[n]) - yhat[n, labels[n]] for n in range(rows)]
        assert np.allclose(value, expected, rtol=0, atol=1e-14)
        for n, k in np.ndindex(rows, classes):
            assert abs(gradient[n, k] - np.exp(yhat[n, k]) / total[n] + (k == labels[n])) < 1e-15
        assert not np.shares_memory(gradient, yhat) and not np.shares_memory(value, yhat)
        assert np.array_equal(y, kept[0]) and np.array_equal(yhat, kept[1])
        assert np.array_equal(value, loss.forward(y, yhat))
