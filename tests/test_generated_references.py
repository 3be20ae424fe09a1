"""The emitted functions against other people's code."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="SciPy comes with scikit-learn, in the demo's requirements")
pytest.importorskip("sklearn", reason="scikit-learn is in the demo's requirements")

from tests.regime.cases import LAYERS
from tests.regime.references import GRADIENTS, OUTPUTS

CASES = {case.name: case for case in LAYERS}
PRESENT = {name: functions for name, functions in OUTPUTS.items() if name in CASES}
SIZES = (5, 7, 4)


@pytest.mark.parametrize(("name", "reference"), [(name, f) for name, fs in PRESENT.items() for f in fs])
def test_output(name, reference):
    case = CASES[name]
    arguments = case.draw(1, *SIZES[: len(case.axes)]).values()
    np.testing.assert_allclose(case.load().output(*arguments), reference(*arguments), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(("name", "reference"), GRADIENTS.items())
def test_gradient(name, reference):
    case, functions = CASES[name], CASES[name].load()
    arguments = case.draw(1, *SIZES[: len(case.axes)]).values()
    output, saved = functions.forward(*arguments)
    (gradient,) = functions.backward(saved, np.ones_like(output))
    np.testing.assert_allclose(gradient, reference(*arguments), rtol=1e-13, atol=1e-14)
