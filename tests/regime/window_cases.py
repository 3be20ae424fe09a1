"""The emitted layers with moving windows under test, as data.

Their arrays are tiny: what every stride, padding and side does, tests/test_windows_loops.py compares. Of the axes
of a case only the examples and the channels are free; where a window stands is the region's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from tests.regime import window_oracles as loops
from tests.regime.case import Case
from tests.regime.draws import Draw, Entries, exponents, normal, ties, together
from tests.regime.reach import half, root, whole
from tests.regime.window_layers import AVERAGE, CONVOLUTION, ENDS, MAXIMUM, TAPS, TRANSPOSED, Kind, Setting, restricted
from tests.regime.window_oracles import Moves, Sides

AXES = {"N": 0, "C": 0}
"""Examples, and channels of a group."""

USUAL = {
    1: Setting(Moves((1,), (0,), (1,)), taps=(2,), sides=(3,), outputs=1, extra=(0,)),
    2: Setting(Moves((1, 1), (0, 0), (1, 1)), taps=(1, 2), sides=(1, 3), outputs=1, extra=(0, 0)),
    3: Setting(Moves((1, 1, 1), (0, 0, 0), (1, 1, 1)), taps=(1, 1, 2), sides=(2, 1, 2), outputs=1, extra=(0, 0, 0)),
}
"""Two taps, the least with which there is something to add up or to compare."""

STRIDED = {
    1: Setting(Moves((2,), (1,), (3,)), (2,), (8,), groups=2, outputs=1, extra=(1,)),
    2: Setting(Moves((2, 1), (1, 0), (1, 2)), (2, 2), (2, 3), groups=2, outputs=1, extra=(1, 0)),
    3: Setting(Moves((1, 2, 1), (0, 1, 0), (1, 1, 2)), (2, 2, 2), (2, 2, 3), groups=2, outputs=1, extra=(0, 1, 0)),
}
"""A stride, a padding, a dilation, two groups; what a stride leaves over is never read. In one dimension no two
numbers are the same, nor are there as many places as taps: one in place of another shows."""

PADDED = {
    1: Setting(Moves((1,), (1,), (2,)), (2,), (4,), outputs=1, extra=(0,)),
    2: Setting(Moves((1, 1), (0, 1), (1, 2)), (1, 2), (1, 4), outputs=1, extra=(0, 0)),
    3: Setting(Moves((1, 1, 1), (0, 0, 1), (1, 1, 2)), (1, 1, 2), (1, 1, 3), outputs=1, extra=(0, 0, 0)),
}
"""Every stride 1, where an emitted text may take another way, and then too a padding and a dilation."""

SPREAD = {1: (3,), 2: (1, 2), 3: (1, 1, 2)}
"""The sides for a transposed convolution, whose output is larger than its input."""

SIDE_BY_SIDE = {rank: Setting(Moves(*[(n,) * rank for n in (2, 0, 1)]), (2,) * rank, (2,) * rank) for rank in (1, 2, 3)}
"""Windows that do not overlap: at a tie the gradient is then the slope to one side."""


def few(size: int) -> int:
    """Sizes 0 to 5 as 0, 1 or 2: a window multiplies what there is to compute."""
    return min((size + 1) // 2, 2)


def drawn(kind: Kind, at: Setting, entries: Entries, bias: bool = False) -> Draw:
    """The arguments of the plain functions at a setting, in their order: an optional bias is the last."""

    def draw(rng: np.random.Generator, N: int, C: int) -> dict[str, Any]:
        here = restricted(kind, replace(at, examples=few(N), channels=few(C)))
        arrays = {name: entries(rng, shape) for name, shape in kind.shapes(here).items()}
        b = {"b": arrays.pop("b")} if "b" in arrays else {}
        return {**arrays, **kind.plain(here), **(b if bias else {})}

    return draw


def oracle(kind: Kind, rank: int) -> Callable[..., Any]:
    """The plain loops as a function of the arguments of the plain functions."""
    names = tuple(kind.plain(restricted(kind, USUAL[rank])))
    weights = 2 if kind in (CONVOLUTION, TRANSPOSED) else 1

    def output(*arguments: Any) -> Any:
        numbers = dict(zip(names, arguments[weights:], strict=False))
        bias = arguments[weights + len(names) :]
        return kind.forward(setting(numbers, rank), *arguments[:weights], *bias)

    return output


def setting(numbers: Mapping[str, int], rank: int) -> Setting:
    """The setting that numbers under the names of the plain functions stand for."""

    def each(name: str, default: int) -> Sides:
        return tuple(numbers.get(f"{name}{end}", default) for end in ENDS[rank])

    moves = Moves(each("stride", 1), each("padding", 0), each("dilation", 1))
    taps = tuple(numbers.get(name, 1) for name in TAPS[rank])
    return Setting(moves, taps, sides=(), extra=each("output_padding", 0))


def strided(kind: Kind, rank: int) -> Setting:
    """The setting with strides of a kind."""
    return replace(STRIDED[rank], sides=SPREAD[rank]) if kind is TRANSPOSED else STRIDED[rank]


def usual(kind: Kind, rank: int) -> Setting:
    """The first setting of a kind, without zeros round an image, with which what is no number would spread."""
    at = USUAL[rank]
    return replace(at, moves=replace(at.moves, stride=(2,) * rank)) if kind is TRANSPOSED else at


def weighted(kind: Kind, rank: int) -> Case:
    """The case of a layer with a kernel and a bias; how large these may be, one dimension shows."""
    return Case(
        f"{kind.name}{rank}d",
        module=f"{kind.stem}{rank}d",
        axes=AXES,
        regions={
            "usual": drawn(kind, usual(kind, rank), normal(1), bias=True),
            "dense": drawn(kind, USUAL[rank], normal(1), bias=True),
            "strided": drawn(kind, strided(kind, rank), normal(1), bias=True),
            "padded": drawn(kind, PADDED[rank], normal(1), bias=True),
            "exponents": drawn(kind, USUAL[rank], exponents(0), bias=True),
        },
        oracle=oracle(kind, rank),
        gradients=("x", "K", "b"),
        restrictions={"backward_delta": ("x",), "backward_update_gradient": ("K", "b")},
        affine=("x", "K", "b"),
        reach={"x": root, "K": root, "b": half} if rank == 1 else {"x": root},
        rows=("x",),
        # At most 2 channels times 2 taps, or 2 examples times 2 places, are summed, each below 1.
        ulps={"exponents": (4, 4)},
    )


def without_bias(case: Case, kind: Kind, rank: int) -> Case:
    """The same layer without its bias."""
    return replace(
        case,
        name=f"{case.name} without bias",
        regions={
            "usual": drawn(kind, usual(kind, rank), normal(1)),
            "strided": drawn(kind, strided(kind, rank), normal(1)),
        },
        gradients=("x", "K"),
        restrictions={"backward_delta": ("x",), "backward_update_gradient": ("K",)},
        affine=("x", "K"),
        reach={"x": root},
        ulps={},
    )


def averaging(rank: int) -> Case:
    """The case of an average pooling."""
    return Case(
        f"AvgPool{rank}d",
        module=f"avg_pool{rank}d",
        axes=AXES,
        regions={
            "usual": drawn(AVERAGE, USUAL[rank], normal(1)),
            "strided": drawn(AVERAGE, STRIDED[rank], normal(1)),
            "exponents": drawn(AVERAGE, USUAL[rank], exponents(9)),
        },
        oracle=oracle(AVERAGE, rank),
        gradients=("x",),
        affine=("x",),
        reach={"x": half},
        rows=("x",),
        # A sum of two and a division by 2: half an ulp of the larger is lost.
        ulps={"exponents": (2, 2)},
    )


def picking(rank: int) -> Case:
    """The case of a max pooling: no digit is lost, and at a tie the first entry takes all of δ."""
    return Case(
        f"MaxPool{rank}d",
        module=f"max_pool{rank}d",
        axes=AXES,
        regions={
            "usual": drawn(MAXIMUM, USUAL[rank], normal(1)),
            "strided": drawn(MAXIMUM, STRIDED[rank], normal(1)),
            "exponents": drawn(MAXIMUM, USUAL[rank], exponents(127, -126)),
        },
        oracle=oracle(MAXIMUM, rank),
        gradients=("x",),
        analytic=False,
        reach={"x": whole},
        kinks=drawn(MAXIMUM, SIDE_BY_SIDE[rank], ties),
        rows=("x",),
        ulps={"exponents": (inf, inf)},
        relative={"exponents": (0, 4)},
    )


def image(entries: Entries, *sides: int, **numbers: int) -> Draw:
    """x[N, C, …] with fixed sides, and numbers."""
    return lambda rng, N, C: {**together(x=entries)(rng, few(N), few(C), *sides), **numbers}


def copying(module: str, name: str, formula: Callable[..., Any], *sides: int, **numbers: int) -> Case:
    """The case of a layer that computes nothing."""
    return Case(
        name,
        module=module,
        axes=AXES,
        regions={
            "usual": image(normal(1), *sides, **numbers),
            "exponents": image(exponents(127, -126), *sides, **numbers),
        },
        oracle=formula,
        gradients=("x",),
        affine=("x",),
        reach={"x": whole},
        rows=("x",),
        relative={"exponents": (0, 0)},
    )


CONV1D, CONV2D, CONV3D = (weighted(CONVOLUTION, rank) for rank in (1, 2, 3))
CONV2D_WITHOUT_BIAS = without_bias(CONV2D, CONVOLUTION, 2)
CONV_TRANSPOSE1D, CONV_TRANSPOSE2D, CONV_TRANSPOSE3D = (weighted(TRANSPOSED, rank) for rank in (1, 2, 3))
CONV_TRANSPOSE2D_WITHOUT_BIAS = without_bias(CONV_TRANSPOSE2D, TRANSPOSED, 2)
AVG_POOL1D, AVG_POOL2D, AVG_POOL3D = map(averaging, (1, 2, 3))
MAX_POOL1D, MAX_POOL2D, MAX_POOL3D = map(picking, (1, 2, 3))

FLATTEN = copying("flatten", "Flatten", lambda x: x + loops.filled(x.shape))
ZERO_PAD2D = copying(
    *("zero_pad2d", "ZeroPad2d", lambda x, *padding: loops.zero_padding(padding, x), 2, 3), padding_h=1, padding_w=2
)
GLOBAL_AVG_POOL2D = replace(
    AVG_POOL2D,
    name="GlobalAvgPool2d",
    module="global_avg_pool2d",
    regions={
        "usual": image(normal(1), 1, 2),
        # By a power of 2: what a division loses of a derivative, the running bound of a constant 1 does not count.
        "higher": image(normal(1), 4, 2),
        "exponents": image(exponents(9), 2, 1),
    },
    oracle=loops.global_average,
)
UNTIED_BIAS2D = Case(
    "UntiedBias2d",
    module="untied_bias2d",
    axes=AXES,
    regions={
        "usual": lambda rng, N, C: together(x=normal(1))(rng, few(N), few(C), 1, 2)
        | together(b=normal(1))(rng, few(C), 1, 2),
    },
    oracle=loops.untied_bias,
    gradients=("x", "b"),
    restrictions={"backward_delta": ("x",), "backward_update_gradient": ("b",)},
    affine=("x", "b"),
    reach={"x": half, "b": half},
    rows=("x",),
)

WINDOW_CASES = (
    *(CONV1D, CONV2D, CONV2D_WITHOUT_BIAS, CONV3D),
    *(CONV_TRANSPOSE1D, CONV_TRANSPOSE2D, CONV_TRANSPOSE2D_WITHOUT_BIAS, CONV_TRANSPOSE3D),
    *(AVG_POOL1D, AVG_POOL2D, AVG_POOL3D, MAX_POOL1D, MAX_POOL2D, MAX_POOL3D),
    *(UNTIED_BIAS2D, GLOBAL_AVG_POOL2D, FLATTEN, ZERO_PAD2D),
)
"""One entry a layer and way of calling it."""
