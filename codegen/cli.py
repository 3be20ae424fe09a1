"""The command ``backproof``: choose, call, print, and say by the exit status whether everything holds.

0: everything holds. 1: something does not. 2: the call itself is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from codegen import report
from codegen.package import home, module_path, package_files, verdicts_file
from codegen.selection import UnknownName, claims_of, layer_named, layers_named
from codegen.workers import on_each
from codegen.writer import check_all, write_all
from derivations.layer import Layer
from derivations.layers import LAYERS

if TYPE_CHECKING:
    from codegen.pipeline import Built, Check
    from derivations.judge import Verdict

T = TypeVar("T")
W = TypeVar("W")

app = typer.Typer(
    help="From a layer's formula to a proven derivation to NumPy code that ships.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command. Formulas need UTF-8, whatever the terminal or the pipe announces."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    app(prog_name="backproof")


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"backproof {version('backproof')}")
        except PackageNotFoundError:
            typer.echo("backproof, not installed")
        raise typer.Exit()


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that need no command."""


@app.command(epilog="Example: backproof generate Linear Softmax --out mypackage/layers")
def generate(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAMES", help="Layers; all if none is named.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The package to emit into.", show_default="generated"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; show a diff where a file differs.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that were edited by hand.")] = False,
    json: AsJson = False,
) -> None:
    """Derive, prove and emit layers as NumPy modules.

    A file that was edited by hand is kept and named unless --force is given. Without --check the claims
    are judged too; one that misses its verdict fails the command, but what was emitted stays. A run for all
    layers of the project also makes derivations/VERDICTS.md.
    """
    layers = _chosen(layers_named, names or [])
    at_home = out is None or out.resolve() == home().resolve()
    directory = home() if out is None else out
    built, failures = _build(layers)
    stamped_with = [layer.name for layer in layers] if names and not at_home else []
    complete = not names and not failures
    whole = complete and at_home
    everything = [layer for layer, _ in claims_of([])] if whole else []
    verdicts = _judge(everything or ([] if check else [one.layer for one in built]))
    try:
        files = dict(package_files(built, LAYERS if at_home else layers, directory, stamped_with))
        if whole:
            files |= verdicts_file([verdict for each in verdicts.values() for verdict in each], directory)
        if check:
            holds = _check(built, files, complete=complete, json=json)
        else:
            holds = _write(built, verdicts, files, force=force, complete=complete, json=json)
    except OSError as error:
        _complain([f"{error.filename}: {error.strerror}"])
        holds = False
    _complain(failures)
    raise typer.Exit(0 if holds and not failures else 1)


@app.command(epilog="Example: backproof prove 1.linear.delta --json")
def prove(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="IDS",
            help="Claims, or the beginning of their ids up to a dot; all if none is named.",
            show_default=False,
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Judge the claims of the documents and read the generated modules back."""
    chosen = _chosen(claims_of, ids or [])
    from derivations.assumptions import assumed, never_satisfied

    layers = [layer for layer, _ in chosen]
    judged = _judge(layers)
    emitted = [layer for layer in layers if layer in LAYERS]
    checks = [check for each in on_each(partial(_read_back, home()), emitted, "reading back") for check in each]
    wanted = {name for _, names in chosen for name in names}
    verdicts = [verdict for each in judged.values() for verdict in each if verdict.id in wanted]
    failed = [check for check in checks if not check.ok]
    vacuous = never_satisfied(layers)
    if json:
        report.print_json([report.verdict_json(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            report.console().print(report.verdict_text(verdict), soft_wrap=True)
        if not ids:
            report.console().print(report.verdict_table(verdicts))
            report.console().print(report.assumption_counts(assumed(layers), vacuous))
        held = f"{len(checks) - len(failed)} of {len(checks)} checks of generated modules hold"
        report.console().print(f"{report.verdict_counts(verdicts)}; {held}")
    _complain(report.check_text(check) for check in failed)
    _complain(f"{assumption}: nothing was found that satisfies it" for assumption in vacuous)
    raise typer.Exit(0 if all(map(report.is_as_expected, verdicts)) and not failed and not vacuous else 1)


@app.command(epilog="Example: backproof derive Linear --latex > linear.tex")
def derive(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Any layer that documents speak of.")],
    latex: Annotated[bool, typer.Option("--latex", help="Print a whole LaTeX document.")] = False,
) -> None:
    """Derive a layer's backward formulas step by step, each step with its rule."""
    layer = _chosen(layer_named, name)
    from derivations.derivation_text import explain

    typer.echo(explain(layer, latex).rstrip("\n"))


@app.command("list", epilog="Example: backproof list")
def list_layers() -> None:
    """List the layers and losses."""

    report.console().print(report.list_table(LAYERS))


def _build(layers: Sequence[Layer]) -> tuple[list[Built], list[str]]:
    """What could be built, and for each other layer why its proof failed."""
    from codegen.pipeline import attempt

    results = list(zip(layers, on_each(attempt, layers, "building"), strict=True))
    built = [replace(one, layer=layer) for layer, one in results if not isinstance(one, str)]
    return built, [one for _, one in results if isinstance(one, str)]


def _judge(layers: Sequence[Layer]) -> dict[str, list[Verdict]]:
    """The verdicts on the claims of each layer, by its name."""
    from derivations.judge import judge

    return {layer.name: each for layer, each in zip(layers, on_each(judge, layers, "judging"), strict=True)}


def _check(built: Sequence[Built], files: Mapping[Path, str], *, complete: bool, json: bool) -> bool:
    """Report every file that differs; whether there was none."""

    differences = check_all(files, complete=complete)
    if json:
        layers = [report.built_json(one) for one in built]
        report.print_json({"layers": layers, "files": list(map(report.difference_json, differences))})
    else:
        for difference in differences:
            report.console().print(report.difference_text(difference), soft_wrap=True)
        report.console().print(f"{len(files)} files compared, {len(differences)} differ")
    return not differences


def _write(
    built: Sequence[Built],
    verdicts: Mapping[str, Sequence[Verdict]],
    files: Mapping[Path, str],
    *,
    force: bool,
    complete: bool,
    json: bool,
) -> bool:
    """Write and report; whether every file was written and every claim got its verdict."""
    outcomes = write_all(files, force=force, complete=complete)
    if json:
        layers = [report.built_json(one, verdicts[one.layer.name]) for one in built]
        report.print_json({"layers": layers, "files": list(map(report.outcome_json, outcomes))})
    else:
        report.console().print(report.layer_table(built, verdicts))
        for directory in dict.fromkeys(outcome.path.parent for outcome in outcomes):
            here = [outcome for outcome in outcomes if outcome.path.parent == directory]
            report.console().print(report.outcome_counts(here, directory))
    kept = [outcome.path for outcome in outcomes if outcome.action == "kept"]
    missed = [verdict for each in verdicts.values() for verdict in each if not report.is_as_expected(verdict)]
    _complain(f"{report.shown(path)} was edited by hand and is kept; --force overwrites it" for path in kept)
    _complain(map(report.missed_text, missed))
    return not (kept or missed)


def _read_back(directory: Path, layer: Layer) -> list[Check]:
    from codegen.pipeline import Check, read_back_module

    path = module_path(layer, directory)
    if not path.exists():
        remedy = f"run backproof generate {layer.name}"
        return [Check(layer.name, f"{report.shown(path)} exists", False, remedy)]
    return list(read_back_module(layer, path))


def _chosen(select: Callable[[W], T], words: W) -> T:

    try:
        return select(words)
    except UnknownName as error:
        _complain([str(error)])
        raise typer.Exit(2) from None


def _complain(problems: Iterable[str]) -> None:

    for problem in problems:
        report.console(stderr=True).print(problem, style="red", soft_wrap=True)
