"""Read a text, run it, and hold the reading to what it computed, by plain loops at sizes all different."""

from __future__ import annotations

import numpy as np
from sympy import Symbol

from codegen.read_back import (
    ABSENT,
    ArrayArgument,
    LabelsArgument,
    Saved,
    read_function,
)
from derivations.notation import name_of, size_of
from tests.plain_values import World

SIZES = {"N": 3, "d": 2, "d'": 4, "K": 5}
S = 0.7


def drawn(argument, seed=0):
    """An array for an argument, reproducible from the tensor's name."""
    if argument is ABSENT:
        return None
    if isinstance(argument, Symbol):
        return S
    shape = tuple(SIZES[str(size_of(index))] for index in argument.entry.indices)
    rng = np.random.default_rng([seed, *map(ord, name_of(argument.entry))])
    if isinstance(argument, LabelsArgument):
        return rng.integers(0, SIZES[str(argument.size)], size=shape)
    return rng.normal(size=shape)


def world_of(*pairs):
    arrays = {name_of(argument.entry): array for argument, array in pairs if hasattr(argument, "entry")}
    return World(_WithUnknowns(arrays), {**SIZES, "s": S})


class _WithUnknowns(dict):
    """An unknown maximum is any array: the reading must hold for every one of them."""

    def __missing__(self, name):
        assert name.startswith("⌈")
        self[name] = np.random.default_rng([*map(ord, name)]).normal(size=(3, 5, 5))[:, 0, 0]
        return self[name]


def run(source, name, values):
    names = {}
    exec(source, names)
    return names[name](*values)


def values_of(reading, world):
    return [
        None if value is None else world.array(value.content.indices, value.content.expr) for value in reading
    ]


def compare(computed, read):
    assert len(computed) == len(read)
    for ours, theirs in zip(computed, read, strict=True):
        if ours is None:
            assert theirs is None
        else:
            assert np.shape(ours) == theirs.shape
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def check(source, arguments, maxima="unknown", **facts):
    """The reading of one function with one result is what running it gives."""
    values = [drawn(argument) for argument in arguments.values()]
    (reading,) = read_function(source, "forward", arguments, maxima=maxima, **facts)
    computed = run(source, "forward", values)
    if reading.saved is not None:
        computed = computed[0]
    computed = computed if isinstance(computed, tuple) else (computed,)
    world = world_of(*zip(arguments.values(), values, strict=True))
    compare(computed, values_of(reading.outputs, world))
    check_float32(source, arguments, values)
    return reading


def check_float32(source, arguments, values):
    """No operation of an accepted text leaves the caller's dtype."""
    single = [
        value.astype(np.float32) if isinstance(argument, ArrayArgument) else value
        for argument, value in zip(arguments.values(), values, strict=True)
    ]
    result = run(source, "forward", single)
    for output in result if isinstance(result, tuple) else (result,):
        assert isinstance(output, tuple) or output.dtype == np.float32


def check_layer(source, arguments, output):
    """The readings of forward and backward are what running them gives, saved values included."""
    values = [drawn(argument) for argument in arguments.values()]
    delta = ArrayArgument(output)
    (forward,) = read_function(source, "forward", arguments)
    (backward,) = read_function(source, "backward", {"saved": Saved(forward.saved), "delta": delta})
    result, saved = run(source, "forward", values)
    gradients = run(source, "backward", (saved, drawn(delta)))
    world = world_of(*zip(arguments.values(), values, strict=True), (delta, drawn(delta)))
    compare((result,), values_of(forward.outputs, world))
    compare(gradients if isinstance(gradients, tuple) else (gradients,), values_of(backward.outputs, world))
