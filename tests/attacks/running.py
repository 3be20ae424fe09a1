"""A mutant as functions to run: text is executed as a module of its own, formulas by plain loops."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from types import ModuleType
from typing import Any

from codegen.pipeline import module_name
from codegen.view import LABELS
from tests.attacks.formula_mutants import rules
from tests.attacks.loops import functions_of
from tests.attacks.mutant import Mutant, derivation_of
from tests.regime.case import Case, Functions
from tests.regime.cases import LAYERS as CASES

Pair = tuple[Case, Functions]


def pairs(mutant: Mutant) -> list[Pair]:
    """Every case that runs the changed function or formula, with the functions under test."""
    name = module_name(mutant.layer)
    labels = LABELS if mutant.variant.as_label else ""
    cases = [c for c in CASES if c.module == name and c.forward == f"forward{labels}"]
    if mutant.level == "formula":
        return [(cases[0], _of_formula(mutant, cases[0]))]
    if mutant.level == "program":
        cases = cases[:1]
    module = _executed(mutant.source)
    found = []
    for case in cases:
        for variant in case.variants():
            restricted = mutant.name.startswith("backward") and mutant.name.removesuffix(labels) != "backward"
            wanted = mutant.name.removesuffix(labels) if restricted else "backward"
            if variant.backward.removesuffix(labels) == wanted:
                found.append((variant, _of_module(module, variant, mutant.name, labels)))
    return found


def _executed(source: str) -> ModuleType:
    module = ModuleType("mutant")
    module.__package__ = "generated"
    exec(compile(source, "mutant.py", "exec"), vars(module))
    return module


def _of_module(module: ModuleType, case: Case, changed: str, labels: str) -> Functions:
    """Forward and backward; where only the saved values are computed, by the function for that."""
    plain = _by_name(case, getattr(module, case.forward))
    forward = plain
    if changed.startswith("saved_values"):
        saves = _by_name(case, getattr(module, f"saved_values{labels}"))

        def forward(*arguments: Any) -> Any:
            return plain(*arguments)[0], saves(*arguments)

    backward = case.with_functions(getattr(module, case.backward))
    return Functions(forward, lambda saved, delta: _present(backward(saved, delta), len(case.gradients)))


def _by_name(case: Case, plain: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function of the arguments of a case, in their order: a mutant's own may be another one."""
    names, asked = list(case.draw(0)), signature(plain).parameters
    given = {name: function for name, function in case.functions.items() if name in asked}
    return lambda *arguments: plain(**dict(zip(names, arguments, strict=True)), **given)


def _present(returned: Any, count: int) -> tuple[Any, ...]:
    gradients = returned if isinstance(returned, tuple) else (returned,)
    present = tuple(gradient for gradient in gradients if gradient is not None)
    if len(present) != count:
        raise TypeError(f"{len(present)} gradients returned, not {count}")
    return present


def _of_formula(mutant: Mutant, case: Case) -> Functions:
    derivation = derivation_of(mutant.layer.name, mutant.variant)
    changed = [
        (entry, mutant.formula if entry == mutant.entry else right) for entry, right in rules(derivation)
    ]
    return functions_of(derivation, changed, case.functions)  # type: ignore[arg-type]


def assumption_of(mutant: Mutant) -> Callable[[Any], Any]:
    """The function that tells how far a target is from what is assumed of it."""
    found: Callable[[Any], Any] = getattr(_executed(mutant.source), mutant.name)
    return found


