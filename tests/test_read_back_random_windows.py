"""Random programs with windows and contractions: what is read is what NumPy computes, and lies in the range shown."""

from __future__ import annotations

import signal
from contextlib import contextmanager

import numpy as np
import pytest
from sympy import Symbol

import generated._contract
import generated._maxima
import generated._windows
from codegen.read_back import ArrayArgument, ReadBackError, read_function
from codegen.safety import check_safety
from derivations.notation import axes, size_symbol, tensors
from tests.plain_values import World
from tests.test_read_back_random import BINARY, REDUCED, UNARY, VIEWS, WRITES, Program

n, h, r, k = axes("n:N h:H r:R k:K")
H, R, P = map(size_symbol, "HRP")
x, v, w = tensors("x v w")
step, pad = Symbol("step", integer=True), Symbol("pad", integer=True)
ARRAYS = {"x": x[n, h], "v": v[r, k], "w": w[n, k]}
ARGUMENTS = {**{name: ArrayArgument(entry) for name, entry in ARRAYS.items()}, "R": R, "step": step, "pad": pad}
PLACES = {P: (H + 2 * pad - R) // step + 1}
HEAD = """import numpy as np
from ._contract import contract
from ._maxima import max_windows
from ._windows import add_windows, spread_windows, sum_windows, windows


def forward(x, v, w, R, step, pad):
"""
FIRST = ["N, H = x.shape", "_, K = v.shape", "P = (H + 2*pad - R)//step + 1"]
STARTS = (
    "0", "-pad", "pad", "1", "-1", "H - 1", "-R", "2*pad - 1", "step - pad", "-H//2",
    "P - R", "-(pad + 1)", "-7//2",
)  # fmt: skip
STEPS = ("1", "1", "step", "-1", "2", "-step", "step + 1", "3")
MOST = {"N": 2, "H": 4, "R": 3, "K": 3, "step": 3}
SIZES = ("P", "R", "H", "K", "N", "1", "2", "3")
MORE = ("{0} * (R * K)", "{0} / (R * K)", "{0} * ({0} > 0)", "{0} * step")
ROWS = ("windows", "windows", "add_windows", "sum_windows", "spread_windows", "max_windows")
LONG = 12
"""Programs with more sums in one another are not computed by loops."""


class WindowProgram(Program):
    """A text of a few statements, half of them with windows or contractions."""

    def __init__(self, seed):
        super().__init__(seed)
        self.names, self.lines = [*ARRAYS], [*FIRST]

    def add(self):
        source = self.names[-1] if self.rng.random() < 0.5 else self.name()
        kind = self.choose(("rows", "rows", "contract", UNARY + MORE, BINARY, VIEWS, REDUCED, WRITES))
        if kind is WRITES:
            return self.choose(kind).format(source, self.name(), self.name())
        rows = {"rows": self.windowed, "contract": self.contracted}
        text = rows[kind](source) if isinstance(kind, str) else self.choose(kind).format(source, *map(self.at, "01"))
        target = f"v{len(self.lines)}"
        self.names.append(target)
        return f"{target} = {text}"

    def at(self, _):
        return self.name()

    def shape(self, name):
        readings = self.accepted(f"{name} * 1")
        return readings[0].outputs[0].axes if readings else ()

    def windowed(self, source):
        row, shape = self.choose(ROWS), self.shape(source)
        named = [axis for axis in range(len(shape)) if self.rng.random() < 0.6] or [0]
        return f"{row}({source}, {', '.join(self.specification(row, axis, shape) for axis in named)})"

    def specification(self, row, axis, shape):
        count = 2 if row == "max_windows" else self.choose((1, 2, 2))
        steps, sizes = ([self.choose(of) for _ in range(count)] for of in (STEPS, SIZES))
        if row == "spread_windows" and axis < len(shape):
            sizes[0] = str(shape[axis])
        told = [f"({', '.join(sizes)},)"] * (row != "add_windows") + [self.choose(SIZES)] * (row[:1] == "a")
        told += [self.choose(SIZES)] * (row == "spread_windows")
        return f"({axis}, {self.choose(STARTS)}, ({', '.join(steps)},), {', '.join(told)})"

    def contracted(self, source):
        other = self.name()
        left = dict(zip("abcdefgh", self.shape(source), strict=False))
        right: dict[str, object] = {}
        for size, new in zip(self.shape(other), "stuvwxyz", strict=False):
            same = [letter for letter, one in left.items() if one == size and letter not in right]
            right[self.choose(same) if same and self.rng.random() < 0.8 else new] = size
        kept = [c for c in {**left, **right} if not (c in left and c in right) or self.rng.random() < 0.5]
        self.rng.shuffle(kept)
        return f'contract("{"".join(left)}, {"".join(right)} -> {"".join(kept)}", {source}, {other})'

    def accepted(self, last):
        try:
            return read_function(self.source(last), "forward", ARGUMENTS, maxima="exact", size_definitions=PLACES)
        except ReadBackError:
            return None

    def source(self, last):
        return HEAD + "".join(f"    {line}\n" for line in [*self.lines, f"return {last}"])

    def run(self, last, arrays, numbers):
        names = {}
        for support in (generated._windows, generated._contract, generated._maxima):
            names |= vars(support)
        names["np"] = np
        exec("\n".join(line for line in self.source(last).split("\n") if "import" not in line), names)
        return names["forward"](*arrays.values(), *(numbers[name] for name in ("R", "step", "pad")))


def drawn(rng):
    """Sizes and settings at which the windows have a place, and arrays with entries ±1 or 1."""
    while True:
        numbers = {name: int(rng.integers(1, most + 1)) for name, most in MOST.items()}
        numbers["pad"] = int(rng.integers(-1, 3))
        numbers["P"] = (numbers["H"] + 2 * numbers["pad"] - numbers["R"]) // numbers["step"] + 1
        if 0 <= numbers["P"] < 6:
            break
    shapes = {name: [numbers[str(i.upper + 1)] for i in entry.indices] for name, entry in ARRAYS.items()}
    values = ([1.0], [-1.0, 1.0])[rng.integers(2)]
    return numbers, {name: rng.choice(values, shape) for name, shape in shapes.items()}


class Slow(Exception):
    pass


@contextmanager
def within(seconds):
    """Loops over many sums take long: a program that needs more is left out."""

    def stop(*_):
        raise Slow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def compared(program, name, rng):
    """Whether a name of a program could be compared; what is read, what is computed, and the range."""
    last = f"{name} * 1"
    readings = program.accepted(last)
    if readings is None or str(readings[0].outputs[0].content.expr).count("Sum") > LONG:
        return False
    (output,) = readings[0].outputs
    numbers, arrays = drawn(rng)
    safety = check_safety(
        program.source(last),
        "forward",
        ARGUMENTS,
        {name: (number, number) for name, number in numbers.items()},
        bound=1.0,
        size_definitions=PLACES,
    )
    given = {each: array.copy() for each, array in arrays.items()}
    with np.errstate(all="ignore"):
        try:
            computed = program.run(last, arrays, numbers)
        except ValueError:  # a step of 0, or a maximum of nothing
            assert not safety.is_shown or safety.sizes("entry"), program.source(name)
            return False
    assert all(np.array_equal(arrays[each], array) for each, array in given.items()), program.source(name)
    if not (np.abs(computed) < 1e100).all():
        return False
    try:
        with within(0.5):
            read = World(arrays, numbers).array(output.content.indices, output.content.expr)
    except (Slow, OverflowError):
        return False
    assert computed.shape == read.shape, program.source(name)
    np.testing.assert_allclose(computed, read, rtol=1e-8, atol=1e-9, err_msg=program.source(name))
    interval = output_interval(safety)
    if safety.is_shown and computed.size:
        assert interval.low - 1e-12 <= computed.min() and computed.max() <= interval.high + 1e-12, program.source(name)
    return True


def output_interval(safety):
    (output,) = safety.readings[0].outputs
    return output.content.interval


@pytest.mark.parametrize("block", [0, *(pytest.param(block, marks=pytest.mark.slow) for block in range(1, 40))])
def test_random_programs(block):
    count = 0
    for seed in range(5 * block, 5 * block + 5):
        program, rng = WindowProgram(seed), np.random.default_rng(seed)
        program.grow(length=len(FIRST) + 6)
        names = [name for name in program.names if name not in ARRAYS]
        count += sum(compared(program, name, rng) for name in rng.permutation(names)[:4])
    assert count > 4
