"""Texts with moving windows: read back and proven; and what becomes of them when one thing in them is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
from sympy import Indexed, floor

from codegen.read_back import ABSENT, ArrayArgument, ReadBackError, Reading, read_function
from codegen.verify import verify_module
from codegen.view import View
from derivations.derivation import derive
from derivations.normal_form import is_zero
from derivations.notation import name_of, size_of
from tests.plain_values import World
from tests.test_read_back_mutants import mutants
from tests.window_text_mutants import MUTANTS
from tests.window_texts import TEXTS

SLOW = ("Conv2d", "MaxPool2d", "ConvTranspose1d")
NAMES = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in TEXTS]
NUMBERS = {
    **{"N": 1, "G": 1, "C": 2, "O": 2, "H": 4, "W": 7, "R": 2, "T": 3},
    **{"stride": 2, "padding": 1, "dilation": 2, "output_padding": 1},
    **{"stride_h": 1, "padding_h": 1, "dilation_h": 3, "stride_w": 2, "padding_w": 1, "dilation_w": 2},
}


class Windowed(World):
    """Plain loops that know what lies outside an axis, and how many steps fit into one."""

    def value(self, expr):
        if isinstance(expr, floor):
            return float(np.floor(self.value(expr.args[0])))
        if isinstance(expr, Indexed):
            position = tuple(round(self.value(index)) for index in expr.indices)
            if not all(0 <= at < size for at, size in zip(position, self.arrays[name_of(expr)].shape, strict=True)):
                return 0.0
        return super().value(expr)


@dataclass
class Trial:
    """A text of a layer, at small sizes."""

    name: str
    source: str

    @cached_property
    def view(self):
        return View(derive(TEXTS[self.name][0]), self.source)

    @cached_property
    def numbers(self):
        numbers = NUMBERS if self.name != "ConvTranspose1d" else {**NUMBERS, "Q": 4}
        sizes = self.view.layer.output_sizes.items()
        return {**numbers, **{str(size): round(Windowed({}, numbers).value(e)) for size, e in sizes}}

    def read(self):
        """The readings of forward and backward."""
        given = {"maxima": "exact", "size_definitions": self.view.layer.output_sizes}
        (forward,) = read_function(self.source, "forward", self.view.arguments("forward"), **given)
        (backward,) = read_function(self.source, "backward", self.view.saved(forward, "backward"), **given)
        return forward, backward

    def results(self):
        """All results of both."""
        return [value for reading in self.read() for value in reading.outputs if value is not None]

    def drawn(self, argument):
        if argument is ABSENT or not isinstance(argument, ArrayArgument):
            return argument if argument is ABSENT else self.numbers[str(argument)]
        shape = tuple(self.numbers[str(size_of(index))] for index in argument.entry.indices)
        return np.random.default_rng([*map(ord, name_of(argument.entry))]).normal(size=shape)

    @cached_property
    def delta(self):
        return self.view.saved(Reading((), (), ()), "backward")["delta"]

    def values(self, results):
        """The formulas at the drawn arrays, by plain loops."""
        given = [a for a in (*self.view.arguments("forward").values(), self.delta) if isinstance(a, ArrayArgument)]
        world = Windowed({name_of(a.entry): self.drawn(a) for a in given}, self.numbers)
        return [world.array(result.content.indices, result.content.expr) for result in results]

    def run(self):
        """What the text computes for the drawn arrays."""
        names = {"__name__": "generated.text", "__package__": "generated"}
        exec(self.source, names)
        output, saved = names["forward"](*map(self.drawn, self.view.arguments("forward").values()))
        gradients = names["backward"](saved, self.drawn(self.delta))
        return [output, *(gradients if isinstance(gradients, tuple) else (gradients,))]


@pytest.mark.parametrize("name", NAMES)
def test_a_text_written_by_the_table_is_proven(name):
    checks = verify_module(*TEXTS[name])
    assert checks and [str(check) for check in checks if not check.ok] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_read_as_what_it_computes(name):
    trial = Trial(name, TEXTS[name][1])
    for read, computed in zip(trial.values(trial.results()), trial.run(), strict=True):
        assert read.shape == computed.shape
        np.testing.assert_allclose(read, computed, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name, old, new", MUTANTS)
def test_a_change_is_refused_or_is_not_what_was_derived(name, old, new):
    source = TEXTS[name][1]
    assert old in source
    right, wrong = Trial(name, source), Trial(name, source.replace(old, new))
    try:
        found = wrong.results()
    except ReadBackError:
        return
    meaning = right.view.derivation.meaning
    assert not all(is_same(one, other, meaning) for one, other in zip(right.results(), found, strict=True))


def is_same(one, other, meaning):
    """Whether two results have the same axes, and are shown to be the same."""
    names = dict(zip(other.content.indices, one.content.indices, strict=False))
    return one.axes == other.axes and is_zero(one.content.expr - other.content.expr.xreplace(names), meaning)


@pytest.mark.parametrize(
    "name, function, every",
    [
        *(("Conv1d", "forward", 13), ("Conv1d", "backward", 13)),
        *(("ZeroPad2d", "forward", 7), ("ZeroPad2d", "backward", 3)),
        *(("MaxPool1d", "forward", 7), ("MaxPool1d", "backward", 3)),
        *(("MaxPool1d at once", "forward", 7), ("MaxPool1d at once", "backward", 3)),
    ],
)
def test_any_mutant_is_refused_or_read_as_what_it_computes(name, function, every):
    outcomes = Counter()
    for text in list(dict.fromkeys(mutants(TEXTS[name][1], function)))[::every]:
        trial = Trial(name, text)
        try:
            results = trial.results()
        except ReadBackError:
            outcomes["refused"] += 1
            continue
        for read, computed in zip(trial.values(results), trial.run(), strict=True):
            assert read.shape == computed.shape, text
            np.testing.assert_allclose(read, computed, rtol=1e-10, atol=1e-12, err_msg=text)
        outcomes["read"] += 1
    assert outcomes["refused"] > 5 and outcomes["read"] > 2
