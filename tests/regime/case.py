"""What a case is: a pair of emitted functions, and what is known of it from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any

import numpy as np

from tests.regime.draws import Draw
from tests.regime.reach import Reach


@dataclass(frozen=True)
class Functions:
    """The pair under test; ``backward`` gives a tuple of the gradients that exist.

    ``saved_values`` is there where a module can give what forward saves, without the output.
    """

    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[[Any, Any], tuple[Any, ...]]
    saved_values: Callable[..., Any] | None = None

    def output(self, *arguments: Any) -> Any:
        """What forward computes, without what it saves."""
        return self.forward(*arguments)[0]


@dataclass(frozen=True)
class Case:
    """One pair of plain functions of one emitted module, and what is known of it from elsewhere.

    Parameters
    ----------
    name, module, forward, backward
        Where the functions stand: ``generated.<module>.<forward>``.
    axes
        The axes in the order of a draw's sizes, each with the least size it may have.
    regions
        Draws of arguments by the name of the region they come from; the first, "usual", has entries of
        about 1 and keeps away from kinks.
    oracle
        The output by plain loops. ``definition`` is a document's spelling, where that is another one.
    stated
        The output by the operations that the layer is stated to use, where these lose other digits than the
        oracle's: what rounding may lose is then what it may lose of them.
    gradients
        The arguments that have gradients, in the order in which ``backward`` returns them.
    restrictions
        Functions of the module that return some of the gradients, in order: each becomes a case.
    affine
        The arguments in each of which, the others held, the output is affine.
    analytic
        Whether the emitted text is analytic, so that complex steps mean something.
    reach
        For each argument the largest magnitude, by dtype, up to which no step overflows.
    unbounded
        The arguments whose entries may be anything up to a magnitude, by dtype, as long as the true result is
        representable: steps on the way may overflow.
    probabilities
        The arguments whose entries must lie strictly between 0 and 1.
    kinks
        Arguments at kinks of the formula or of the emitted text, and nearer to them than a step.
    hyperparameters
        The numbers among the arguments, each with the range in which results are stated to be finite.
    functions
        What is given for the parameters that are functions, by their names in the emitted text.
    rows
        The arguments whose rows are examples: what is no number in one example stays out of the others.
    spreads
        The arguments that all results share: what is no number there may reach everything.
    ulps
        Regions by name, with the bounds on the error there in units of ε·max(1, |exact|), |δ| ≤ 1: of the
        output, of the gradients.
    relative
        The same in units of ε·|exact|, where all digits are kept; the output's or the gradients' bound is
        infinite where they are not.
    """

    name: str
    module: str
    axes: Mapping[str, int]
    regions: Mapping[str, Draw]
    oracle: Callable[..., Any]
    gradients: tuple[str, ...]
    definition: Callable[..., Any] | None = None
    stated: Callable[..., Any] | None = None
    forward: str = "forward"
    backward: str = "backward"
    restrictions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    affine: tuple[str, ...] = ()
    analytic: bool = True
    reach: Mapping[str, Reach] = field(default_factory=dict)
    unbounded: Mapping[str, Reach] = field(default_factory=dict)
    probabilities: tuple[str, ...] = ()
    kinks: Draw | None = None
    hyperparameters: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    functions: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    spreads: tuple[str, ...] = ()
    ulps: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    relative: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def arithmetic(self) -> Callable[..., Any]:
        """The formula in the operations whose rounding bounds what the emitted functions may lose."""
        return self.stated or self.oracle

    @property
    def saved_values(self) -> str:
        """The name of the function that gives what forward saves alone, in a module that has one."""
        return self.forward.replace("forward", "saved_values")

    @property
    def is_generated(self) -> bool:
        """Whether the module stands in the package."""
        return find_spec(f"generated.{self.module}") is not None

    @property
    def documentation(self) -> str:
        """What the module says of itself, on one line."""
        return " ".join((import_module(f"generated.{self.module}").__doc__ or "").split())

    def load(self) -> Functions:
        """The functions of the generated module.

        Raises
        ------
        TypeError
            When, called later, backward returns more or fewer gradients than `gradients` names.
        """
        module = import_module(f"generated.{self.module}")
        backward = self.with_functions(getattr(module, self.backward))

        def gradients(saved: Any, delta: Any) -> tuple[Any, ...]:
            returned = backward(saved, delta)
            present = tuple(
                gradient
                for gradient in (returned if isinstance(returned, tuple) else (returned,))
                if gradient is not None
            )
            if len(present) != len(self.gradients):
                raise TypeError(
                    f"{self.name}: {len(present)} gradients returned, not those of {self.gradients}"
                )
            return present

        saving = getattr(module, self.saved_values, None)
        return Functions(
            self.with_functions(getattr(module, self.forward)), gradients, saving and self.with_functions(saving)
        )

    def with_functions(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        """A plain function of the arguments alone."""
        names = list(signature(plain).parameters)
        given = {name: self.functions[name] for name in names if name in self.functions}
        others = [name for name in names if name not in given]
        if not given:
            return plain
        return lambda *arguments: plain(**dict(zip(others, arguments, strict=False)), **given)

    def draw(self, seed: int, *sizes: int, region: str = "usual") -> dict[str, Any]:
        """Arguments in float64; without sizes, small ones that differ from one another."""
        return self.drawn(self.regions[region], seed, *sizes)

    def drawn(self, draw: Draw, seed: int, *sizes: int) -> dict[str, Any]:
        """The same from any draw of this case's arguments."""
        return draw(np.random.default_rng(seed), *(sizes or self.small_sizes(seed)))

    def small_sizes(self, seed: int) -> tuple[int, ...]:
        """Sizes 1 to 4: all different at first, then with coincidences and ones."""
        rng = np.random.default_rng(seed)
        return (
            tuple(rng.permutation(np.arange(2, 2 + len(self.axes))))
            if seed % 3 == 0
            else tuple(int(size) for size in rng.integers(1, 5, len(self.axes)))
        )

    def variants(self) -> Iterator[Case]:
        """The case itself, then each of its restrictions."""
        yield self
        for backward, gradients in self.restrictions.items():
            yield replace(
                self,
                name=f"{self.name}.{backward}",
                backward=backward,
                gradients=gradients,
                affine=tuple(name for name in self.affine if name in gradients),
                rows=tuple(name for name in self.rows if name in gradients),
                restrictions={},
            )
