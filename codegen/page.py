"""A page describes one generated module without a formula; the templates print it.

What a page holds is text that is ready to print: names in Python, names of axes, formulas as a comment
shows them. The plain functions come as text too; the skeleton round them stands in ``templates/``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codegen import layout
from codegen.layout import in_import_order, listed, quoted, shape_text, wrapped
from codegen.page_parts import (
    Applied,
    Argument,
    Assumption,
    Condition,
    Followed,
    Hyper,
    Labels,
    Parameter,
    PlainFunction,
    Shape,
    Size,
)

__all__ = [
    "Applied",
    "Argument",
    "Assumption",
    "Condition",
    "Followed",
    "Hyper",
    "Labels",
    "Page",
    "Parameter",
    "PlainFunction",
    "Shape",
    "Size",
]

WINDOWS = ("add_windows", "spread_windows", "sum_windows", "windows")
MAXIMA = ("max_windows", "spread_to_maxima")
"""Operations on arrays that NumPy does not have; plain functions take them from a module that all share."""


@dataclass(frozen=True)
class Page:
    """One module: a layer, or with a ``target`` a loss.

    ``formulas`` are the steps, the output's last; ``delta_shape`` is the shape of a loss's output, written
    in its other arrays; ``least`` are sizes with the number below which they must not fall, such as that
    of an axis over which a maximum is taken; ``ranges`` are sentences on where the results are finite.
    """

    name: str
    module: str
    definition: str
    formulas: tuple[str, ...]
    inputs: tuple[Argument, ...]
    output: Argument
    functions: tuple[PlainFunction, ...]
    target: Argument | None = None
    labels: Labels | None = None
    parameters: tuple[Parameter, ...] = ()
    sizes: tuple[Size, ...] = ()
    hyperparameters: tuple[Hyper, ...] = ()
    applied: tuple[Applied, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    delta_shape: str = ""
    least: tuple[tuple[str, int], ...] = ()
    aliases: tuple[str, ...] = ()
    source: str = ""
    ranges: tuple[str, ...] = ()
    shape: Shape | None = None

    @property
    def given(self) -> tuple[Argument, ...]:
        """What the methods take, a loss's target first."""
        return (*((self.target,) if self.target else ()), *self.inputs)

    @property
    def domains(self) -> tuple[Argument, ...]:
        """Those given whose entries must lie in a domain."""
        return tuple(one for one in self.given if one.domain)

    @property
    def trust(self) -> str:
        """What is taken on trust of the functions that the formulas leave open."""
        names = [one.text for one in self.applied]
        kind = "is an argument: it" if len(names) == 1 else "are arguments: each"
        derived = [f"{name} is the derivative of {name[:-1]}" for name in names if name.endswith("'")]
        text = f"{listed(names)} {kind} takes an array and gives a new one of its shape and dtype, entry by entry."
        return text + (f" That {listed(derived)} is taken on trust." if derived else "")

    @property
    def flags(self) -> dict[str, list[str]]:
        """The arguments that leave optional parameters out, with the names of these."""
        flags = dict.fromkeys(parameter.flag for parameter in self.parameters if parameter.flag)
        return {flag: [one.python for one in self.parameters if one.flag == flag] for flag in flags}

    @property
    def constructor(self) -> tuple[str, ...]:
        """The arguments of the constructor, as its ``def`` lists them."""
        return (
            *(size.annotation for size in self.sizes if not size.default),
            *(f"{one.argument}: Function" for one in self.applied),
            *(f"{one.python}: {one.type} = {one.default}" for one in self.hyperparameters),
            *(size.annotation for size in self.sizes if size.default),
            *(f"{flag}: bool = True" for flag in self.flags),
            *(("dtype: DTypeLike = np.float64", "rng: Seed = None") if self.parameters else ()),
            *(('reduction: str = "none"',) if self.target else ()),
        )

    @property
    def arrays(self) -> tuple[str, ...]:
        """What the plain functions call the arrays that they take."""
        return tuple(one.python for one in (*self.given, *self.parameters))

    def passed(self, function: str, at: str = "") -> tuple[str, ...]:
        """What a class passes to a plain function, argument by argument; of arrays with rows those ``at`` a place."""
        own = {name: text for one in self.hyperparameters for name, text in one.passed.items()}
        own |= {name: f"{name}{at}" for name in (*(one.python for one in self.inputs), "delta")} if at else {}
        own |= {one.python: f"self.{one.argument}" for one in self.applied}
        own |= {self.labels.python: self.target.python} if self.labels and self.target else {}
        plain = next(one for one in self.functions if one.name == function)
        names = [argument.partition("=")[0] for argument in plain.arguments]
        passed = ", ".join(own.get(name, name) for name in names)
        for one in self.hyperparameters:
            if len(one.members) > 1:
                passed = passed.replace(", ".join(one.passed.values()), f"*self.{one.python}")
        return tuple(passed.split(", "))

    @property
    def signature(self) -> tuple[str, ...]:
        """The arguments of the class's ``forward``."""
        return ("self", *(f"{one.public}: ArrayLike" for one in self.given))

    def checked(self, method: str, *extra: str, unpack: bool = True) -> str:
        """The statement in which a method has its arrays checked; ``extra`` come after the inputs."""
        names = [*(one.python for one in self.given), *extra, *(one.python for one in self.parameters)]
        passed = [f"{one.python}={one.public}" for one in self.given] + [f"{name}={name}" for name in extra]
        left = (", ".join(names) if len(names) > 1 else f"({names[0]},)") + " = "
        if self.shape:
            fit = wrapped(f"{'fit = ' if unpack else ''}self._fit(", [method, *passed], ")", 8)
            return f"{fit}\n{left}fit.arrays" if unpack else fit
        return wrapped(f"{left if unpack else ''}self._arrays(", [method, *passed], ")", 8)

    def returned(self, results: Sequence[str], arrays: Sequence[str], *, to_inputs: bool = False) -> str:
        """The statement that returns results which share no memory with what was given."""
        one = results[0] if len(results) == 1 else shape_text(results)
        if not self.shape:
            return wrapped("return fresh(", [one, *arrays], ")", 8)
        names = [quoted(one.python) for one in self.inputs] if to_inputs else []
        return wrapped("return fit.joined(", [one, *names], ")", 8)

    @property
    def row_gradients(self) -> list[str]:
        """The rows of the inputs' gradients that a block of examples gives."""
        return [f"{one.gradient}[at]" for one in self.inputs]

    @property
    def axes_explained(self) -> str:
        """What a reader has to know of axes that are several of the formula's."""
        return layout.axes_explained([axis for one in (*self.given, *self.parameters) for axis in one.axes])

    @property
    def settings(self) -> tuple[str, ...]:
        """The arguments of the constructor that say how large things are, in their order."""
        last = [size.argument for size in self.sizes if size.default]
        first = [size.argument for size in self.sizes if not size.default]
        return (*first, *(one.python for one in self.hyperparameters), *last)

    @property
    def followers(self) -> str:
        """Arguments that take another's value where nothing else is given, as pairs; empty if there are none."""
        found = [(one.python, one.follows) for one in self.hyperparameters if one.follows]
        return shape_text([shape_text([quoted(name) for name in pair]) for pair in found]) if found else ""

    @property
    def notation(self) -> tuple[str, ...]:
        """The arguments of ``Notation``, or of ``Shapes``, which hold the words of the checks."""
        delta = None if self.target else replace(self.output, python="delta")
        named = (*self.given, *self.parameters, self.labels, delta)
        axes = [f"{quoted(one.python)}: {shape_text(list(map(quoted, one.axes)))}" for one in named if one]
        parts = [wrapped("{", axes, "}", 8)]
        if self.parameters:
            parts.append(f"parameters={shape_text([quoted(one.python) for one in self.parameters])}")
        if self.least:
            parts.append(f"least={{{', '.join(f'{quoted(axis)}: {least}' for axis, least in self.least)}}}")
        if self.domains:
            domains = [wrapped(f"{quoted(one.python)}: Domain(", one.limits, ")", 12) for one in self.domains]
            parts.append(wrapped("domains={", domains, "}", 8))
        if self.labels:
            parts.append(f"labels={{{quoted(self.labels.python)}: {quoted(self.labels.along)}}}")
        if self.labels and self.target:
            parts.append(f"instead={{{quoted(self.labels.python)}: {quoted(self.target.python)}}}")
        if self.shape:
            public = [f"{quoted(one.python)}: {quoted(one.public)}" for one in self.inputs]
            parts.append(wrapped("public={", public, "}", 8))
            if self.settings:
                parts.append(f"settings={shape_text(list(map(quoted, self.settings)))}")
            if self.shape.block:
                parts.append(f"block={shape_text(list(map(quoted, self.shape.block)))}")
        return tuple(parts)

    @property
    def imports(self) -> dict[str, list[str]]:
        """What the module takes from each of the two that all share."""
        arrays = {
            **dict.fromkeys(("Array", "ArrayLike"), True),
            "Notation": not self.shape,
            "fresh": not self.shape,
            "Arrays": self.labels or self.assumptions,
            "Function": self.applied,
            "Domain": self.domains,
            "Values": self.target,
            "as_array": self.labels,
            "require_zero": self.assumptions,
        }
        support = {
            "DTypeLike": self.parameters,
            "Integers": any(size.count for size in self.sizes) or any(one.members for one in self.hyperparameters),
            "Loss": self.target,
            "Module": not self.target and not self.shape,
            "Seed": self.parameters,
            "as_dtype": self.parameters,
            "as_flag": self.flags,
            "as_function": self.applied,
            "as_generator": self.parameters,
            "as_integer": any(not size.count for size in self.sizes)
            or any(one.is_integer and not one.members for one in self.hyperparameters),
            "as_integers": any(size.count for size in self.sizes) or any(one.members for one in self.hyperparameters),
            "as_number": any(not one.is_integer for one in self.hyperparameters),
        }
        imported = {
            "_arrays": in_import_order(name for name, is_used in arrays.items() if is_used),
            "_contract": ["contract"] if "contract" in self._called else [],
            "_maxima": [name for name in MAXIMA if name in self._called],
            "_shaped": ["Shaped", "Shapes"] if self.shape else [],
            "_support": in_import_order(name for name, is_used in support.items() if is_used),
            "_windows": [name for name in WINDOWS if name in self._called],
        }
        return {module: names for module, names in imported.items() if names}

    @property
    def _called(self) -> set[str]:
        """The names that the plain functions use."""
        trees = [ast.parse(function.body) for function in self.functions]
        return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}

    @property
    def uses_numpy(self) -> bool:
        """Whether the text of the module names NumPy."""
        conditions = [condition.python for one in self.hyperparameters for condition in one.conditions]
        text = "\n".join([*(function.body for function in self.functions), *conditions])
        return bool(self.parameters) or re.search(r"\bnp\.", text) is not None

    def has(self, function: str) -> bool:
        """Whether a plain function of this name stands under the class."""
        return any(one.name == function for one in self.functions)
