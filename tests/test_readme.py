"""The README shows what there is. ``python -m tests.test_readme`` writes the shown code and output anew."""

import ast
import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from codegen import cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
# A comment that says what is shown, then the fenced block that shows it.
SHOWN = re.compile(r"(<!-- (show|run) (.+?) -->\n```\w+\n)(.*?)(```\n)", re.DOTALL)


def source_of(path: str, *names: str) -> str:
    """The assignments and functions of these names, as they stand in a file."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(text).body:
        name = getattr(node.targets[0], "id", None) if isinstance(node, ast.Assign) else getattr(node, "name", None)
        found[name] = ast.get_source_segment(text, node)
    return "\n\n\n".join(found[name] for name in names) + "\n"


def output_of(*words: str) -> str:
    """What the command prints, whatever its exit status."""
    assert words[0] == "backproof"
    return CliRunner().invoke(cli.app, list(words[1:])).stdout


def filled(readme: str) -> str:
    """The README with every shown block as it is now."""
    fresh = {"show": source_of, "run": output_of}
    return SHOWN.sub(lambda match: match[1] + fresh[match[2]](*match[3].split()) + match[5], readme)


def lines_of_code() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


@pytest.fixture(autouse=True)
def from_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_what_the_readme_shows_is_what_there_is():
    readme = README.read_text(encoding="utf-8")
    assert len(SHOWN.findall(readme)) == readme.count("<!-- ") == 3
    assert readme == filled(readme), "run: python -m tests.test_readme"


def test_the_first_screen_shows_formula_code_and_verdict():
    readme = README.read_text(encoding="utf-8")
    assert [kind for _, kind, *_ in SHOWN.findall(readme)] == ["show", "show", "run"]
    assert readme.index("<!-- run") < readme.index("## ")


def test_the_examples_run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # one of them writes a file
    assert doctest.testfile(str(README), module_relative=False).failed == 0


def test_there_are_the_commands_that_the_readme_names():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    inline = re.findall(r"`((?:make|backproof) [^`]+)`", README.read_text(encoding="utf-8"))
    commands = get_command(cli.app).commands
    seen = set()
    for line in [*lines_of_code(), *inline]:
        program, name, *arguments = shlex.split(line)
        seen.add((program, name))
        if program == "make":
            assert name in targets
        else:
            assert program == "backproof"
            commands[name].make_context(name, arguments)
    assert {("make", "generate"), ("make", "test"), ("backproof", "prove")} <= seen


def test_there_are_the_files_that_the_readme_links_to():
    links = re.findall(r"\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    directories = re.findall(r"^\| `(\w+/)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert links and directories
    assert all((ROOT / path).exists() for path in [*links, *directories])


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
