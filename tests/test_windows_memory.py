"""How much memory convolution takes beside its arrays, and that a large batch trains within 2 GiB."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from generated import Conv2d

TIMES, MOST = 3, 48 << 20
"""How often what all windows would take a convolution takes beside its input and output, and the most of it."""

LIMIT = 2 << 30

TRAINING = """
import resource
import numpy as np
from generated import AvgPool2d, Conv2d, CrossEntropyLoss, Flatten, Linear, Sequential, TanH

dtype = np.dtype({dtype!r})
rng = np.random.default_rng(0)
images = rng.random((4096, 3, 32, 32), dtype=dtype)
labels = rng.integers(0, 10, 4096)
layers = Sequential(
    Conv2d(3, {channels}, {kernel}, padding={kernel} // 2, dtype=dtype, rng=0),
    TanH(),
    AvgPool2d(2),
    Flatten(),
    Linear({channels} * 16 * 16, 10, dtype=dtype, rng=1),
)
loss = CrossEntropyLoss(reduction="mean")
losses = []
for _ in range(2):
    scores = layers.forward(images)
    losses.append(float(loss.forward(labels, scores)))
    layers.zero_grad()
    layers.backward_update_gradient(images, loss.backward(labels, scores))
    layers.update_parameters(0.01)
assert np.isfinite(losses).all() and losses[1] < losses[0], losses
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def beside(function, *arguments):
    """The most bytes that a call holds at once, less those of what it returns."""
    tracemalloc.start()
    try:
        result = function(*arguments)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return peak - (0 if result is None else result.nbytes)


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=lambda dtype: np.dtype(dtype).name)
@pytest.mark.parametrize("examples", [1, 16, 256])
@pytest.mark.parametrize(
    ("channels", "kernel", "side"), [((3, 16), 3, 32), ((16, 16), 3, 28), ((8, 8), 7, 24), ((3, 8), 5, 32)], ids=str
)
def test_workspace(channels, kernel, side, examples, dtype):
    """All windows at once take kernel² times the input, or δ; what is held of them does not grow with the batch."""
    layer = Conv2d(*channels, kernel, padding=kernel // 2, dtype=dtype, rng=0)
    x = np.ones((examples, channels[0], side, side), dtype)
    delta = np.ones((examples, channels[1], side, side), dtype)
    allowed = x.nbytes + delta.nbytes + min(MOST, TIMES * kernel**2 * max(x.nbytes, delta.nbytes))
    for method, arguments in (
        ("forward", (x,)),
        ("backward_delta", (x, delta)),
        ("backward_update_gradient", (x, delta)),
        ("backward", (x, delta)),
    ):
        getattr(layer, method)(*(array[:1] for array in arguments))
        taken = beside(getattr(layer, method), *arguments)
        assert taken <= allowed, f"{method}: {taken / 2**20:.2f} MiB, allowed {allowed / 2**20:.2f}"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is not there")
@pytest.mark.parametrize(("dtype", "channels", "kernel"), [("float32", 16, 3), ("float64", 8, 3), ("float32", 8, 5)])
def test_a_large_batch_trains(dtype, channels, kernel):
    program = TRAINING.format(dtype=dtype, channels=channels, kernel=kernel)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    taken = int(run.stdout)
    assert taken <= LIMIT, f"{taken / 2**30:.2f} GiB"
