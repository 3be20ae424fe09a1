"""What a formula leaves open once its steps and gradients are put in: sizes, entries, labels, scalars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import Expr, Idx, Indexed, KroneckerDelta, Rational, Symbol
from sympy.core.function import AppliedUndef

from derivations.evaluate import Point, evaluate
from derivations.layer import Assumption, Hyperparameter
from derivations.notation import d, name_of, size_of
from derivations.numbers import NoValue
from derivations.setting import Setting
from derivations.substitution import free_indices

Place = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Unknowns:
    """The names that values must be chosen for.

    ``tensors`` gives the axes of each tensor without a formula, ``labels`` the axis that a label's values
    lie on, ``given`` the tensors that an assumption's example gives values to, with their axes.
    """

    sizes: tuple[str, ...]
    tensors: Mapping[str, tuple[Expr, ...]]
    labels: Mapping[str, Expr]
    scalars: tuple[str, ...]
    functions: tuple[str, ...]
    given: Mapping[str, tuple[Expr, ...]]
    hidden: frozenset[str]
    assumptions: tuple[Assumption, ...]
    hyperparameters: tuple[Hyperparameter, ...]
    definitions: Mapping[str, tuple[tuple[Expr, ...], Expr]]
