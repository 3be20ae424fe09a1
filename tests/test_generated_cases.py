"""No emitted module stands outside the regime: each has a case, and each of its plain functions is run."""

import ast
from pathlib import Path

import pytest

import generated
from tests.regime.cases import AHEAD, CASES, LAYERS, WRITTEN

PACKAGE = Path(generated.__file__).parent

MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_"))


def plain_functions(module: str) -> set[str]:
    """The names of the functions that stand in a module outside its class, but the assumptions."""
    body = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8")).body
    names = {statement.name for statement in body if isinstance(statement, ast.FunctionDef)}
    return {name for name in names if not name.startswith("assumption")}


def test_modules_are_found():
    assert {"linear", "rbf", "cross_entropy_loss"} <= set(MODULES)


MODULES = [module for module in MODULES if module != "winograd_conv2d"]
"""By Winograd a number that is none spreads over its tile, and digits are lost: tests/test_winograd_layer.py."""


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_case(module: str):
    assert module in {case.module for case in LAYERS}


@pytest.mark.parametrize("module", MODULES)
def test_every_plain_function_is_run(module: str):
    cases = [case for case in CASES if case.module == module]
    run = {name for case in cases for name in (case.forward, case.backward)}
    saving = {name for name in plain_functions(module) if name.startswith("saved_values")}
    assert plain_functions(module) - saving == run
    assert saving <= {case.saved_values for case in cases}


def test_a_case_without_a_module_is_expected():
    missing = {case.name for case in WRITTEN if not case.is_generated}
    assert missing <= {case.name for case in AHEAD}


def test_names_and_first_regions():
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(next(iter(case.regions)) == "usual" for case in CASES)
