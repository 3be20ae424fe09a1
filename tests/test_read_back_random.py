"""Random programs: whatever the reader accepts means what NumPy computes, aliases and views included."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.read_back import ArrayArgument, ReadBackError, read_function
from derivations.notation import axes, tensors
from tests.plain_values import World

n, k, m = axes("n:N k:K m:N")
x, y, w = tensors("x y w")
ARGUMENTS = {"x": ArrayArgument(x[n, k]), "y": ArrayArgument(y[n]), "w": ArrayArgument(w[n, m])}
SIZES = {"N": 2, "K": 3}
PROGRAMS = 300

UNARY = ("np.tanh({})", "np.abs({})", "-{}", "{} * 2", "{} / 2 - 1", "np.maximum({}, 0)", "{} ** 2")
BINARY = ("{} + {}", "{} - {}", "{} * {}", "np.maximum({}, {})", "np.where({} > {}, 1, {})")
VIEWS = ("{}", "{}.T", "{}[:, None]", "{}[None, :]", "{}[:, None, :]", "{}.transpose(1, 0)")
REDUCED = ("{}.sum(axis=0)", "{}.sum(axis=-1)", "{}.mean(axis=1)", "{}.max(axis=0)", "{}.sum(axis=(0, 1))")
PRODUCTS = (
    "np.dot({}, {})",
    "np.dot({}.T, {})",
    "np.matmul({}, {})",
    "np.tensordot({}, {}, axes=((0,), (0,)))",
)
WRITES = (
    "{} += {}",
    "{} -= {}",
    "{} *= {}",
    "np.add({0}, {1}, out={0})",
    "np.exp({1}, out={0})",
    "np.tanh({0}, out={1})",
)
MADE = ("np.zeros_like({})", "np.empty_like({})", "np.ones({}.shape, dtype=x.dtype)")


class Program:
    """A text of a few statements, each of which NumPy has been seen to run."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.names = ["x", "y", "w"]
        self.lines = []

    def choose(self, patterns):
        return patterns[self.rng.integers(len(patterns))]

    def name(self):
        return self.choose(self.names)

    def add(self):
        kind = self.choose((UNARY, BINARY, BINARY, VIEWS, VIEWS, REDUCED, PRODUCTS, WRITES, WRITES, MADE))
        pattern = self.choose(kind)
        text = pattern.format(*(self.name() for _ in range(3)))
        if kind is not WRITES:
            target = self.name() if self.rng.random() < 0.2 else f"v{len(self.lines)}"
            text = f"{target} = {text}"
            if target not in self.names:
                self.names.append(target)
        return text

    def accepted(self, last):
        source = self.source(last)
        try:
            return read_function(source, "forward", ARGUMENTS, maxima="exact")
        except ReadBackError:
            return None

    def source(self, last):
        body = "".join(f"    {line}\n" for line in [*self.lines, f"return {last}"])
        return f"import numpy as np\n\n\ndef forward(x, y, w):\n{body}"

    def grow(self, length=7):
        """Lines that the reader accepts, each tried as it is drawn."""
        for _ in range(60):
            before = list(self.names)
            self.lines.append(self.add())
            if self.accepted("x * 1") is None:
                self.lines.pop()
                self.names = before
            if len(self.lines) == length:
                break


def given():
    rng = np.random.default_rng(3)
    return {"x": rng.normal(size=(2, 3)), "y": rng.normal(size=2), "w": rng.normal(size=(2, 2))}


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block):
    compared = 0
    for seed in range(block, PROGRAMS, 10):
        program = Program(seed)
        program.grow()
        for name in dict.fromkeys(program.names):
            readings = program.accepted(f"{name} * 1")
            if readings is None:
                continue
            arrays, names = given(), {}
            exec(program.source(f"{name} * 1"), names)
            computed = names["forward"](**arrays)
            (output,) = readings[0].outputs
            assert all(np.array_equal(arrays[key], array) for key, array in given().items())
            with np.errstate(all="ignore"):
                if np.abs(computed).max(initial=0) > 1e100:
                    continue
            read = World(arrays, SIZES).array(output.content.indices, output.content.expr)
            assert computed.shape == read.shape, program.source(name)
            np.testing.assert_allclose(computed, read, rtol=1e-8, atol=1e-9, err_msg=program.source(name))
            compared += 1
    assert compared > PROGRAMS / 10 * 2
