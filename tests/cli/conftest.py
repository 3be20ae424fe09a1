"""A command whose stages are stand-ins."""

import sys
from types import SimpleNamespace

import pytest

from codegen import cli, selection
from tests.cli.stand_ins import LAYERS, BuildError, Built, Check, attempt, build, judge, module_name, support_files


@pytest.fixture
def fakes(monkeypatch, tmp_path):
    """The stages below the command, each to be replaced, with a package of their own to write to."""
    pipeline = SimpleNamespace(
        Built=Built,
        Check=Check,
        BuildError=BuildError,
        build=build,
        attempt=attempt,
        module_name=module_name,
        support_files=support_files,
        read_back_module=lambda layer, path: [Check(f"{path.name} forward", "z = …", True, "")],
    )
    judging = SimpleNamespace(judge=judge)
    telling = SimpleNamespace(explain=lambda layer, latex: f"{layer.name} in {'LaTeX' if latex else 'text'}")
    monkeypatch.setitem(sys.modules, "codegen.pipeline", pipeline)
    monkeypatch.setitem(sys.modules, "derivations.judge", judging)
    monkeypatch.setitem(sys.modules, "derivations.derivation_text", telling)
    monkeypatch.setattr(selection, "LAYERS", LAYERS)
    monkeypatch.setattr(selection, "JUDGED", LAYERS)
    monkeypatch.setattr(cli, "LAYERS", LAYERS)
    monkeypatch.setattr(cli, "home", lambda: tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    return SimpleNamespace(pipeline=pipeline, judging=judging, home=tmp_path / "home")
