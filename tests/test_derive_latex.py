"""``backproof derive --latex``: a document that compiles, and says the same as the plain text."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from derivations.blackboard import Chain, blackboard
from derivations.derivation_text import explain
from derivations.layer import Layer
from derivations.layers import JUDGED

# What LaTeX and amsmath know; a command that is not here is a misprint, or belongs to no package that is loaded.
COMMANDS = set(
    re.findall(
        r"\\[a-z]+",
        r"""\documentclass \usepackage \setlength \parindent \allowdisplaybreaks \begin \end \section \subsection
        \subsubsection \text \qquad \frac \partial \sum \left \right \hat \mathrm \operatorname \log \tanh \exp \max
        \sinh \cosh \tan \sin \cos \arctan \sqrt \pi \times \delta \ell \varepsilon \in \cdot""",
    )
)
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\\\n|[{}$&]|[^\\{}$&]+", re.DOTALL)
LATIN = set("àâçéèêëîïôûùü")


@cache
def document(name: str) -> str:
    return explain(next(layer for layer in JUDGED if layer.name == name), latex=True)


def check(text: str) -> None:
    """Braces, environments, delimiters and mathematics close in the order in which they were opened."""
    open_: list[str] = []
    tokens = TOKEN.findall(text)
    assert "".join(tokens) == text
    for position, token in enumerate(tokens):
        following = tokens[position + 1 : position + 4]
        if token == "{":
            open_.append("{")
        elif token == "}":
            assert open_.pop() == "{"
        elif token == "$":
            open_.pop() if open_[-1] == "$" else open_.append("$")
        elif token in (r"\begin", r"\end"):
            name = following[1]
            assert following[0] == "{" and following[2] == "}" and name in ("document", "align*")
            if token == r"\begin":
                assert name == "document" or open_ == ["document"], "no environment inside of another"
                open_.append(name)
            else:
                assert open_.pop() == name
        elif token == r"\left":
            open_.append("left")
        elif token == r"\right":
            assert open_.pop() == "left"
        elif token == "&":
            assert open_[-1] == "align*", "only an alignment has columns"
        elif token[0] == "\\":
            assert token.rstrip("*") in COMMANDS or token in (r"\\", r"\_", r"\&", r"\%"), token
            mathematical = "$" in open_ or "align*" in open_
            assert mathematical or token.rstrip("*") not in (r"\frac", r"\sum", r"\partial", r"\hat", r"\mathrm")
        else:
            letters = set(re.findall(r"[^\x00-\x7f]", token))
            assert letters <= LATIN, letters
            if not open_ or open_[-1] == "document":
                assert not re.search(r"[_^]", token), "an index outside of mathematics"
    assert open_ == []
    assert not re.search(r"('|\^\{[^{}]*\})(_\{[^{}]*\})?\^", text), "two superscripts"


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_the_document_is_whole(layer: Layer) -> None:
    text = document(layer.name)
    assert text.startswith("\\documentclass{article}\n") and text.endswith("\n\\end{document}\n")
    assert text.count(r"\begin{document}") == 1
    check(text)


@pytest.mark.parametrize(
    "broken",
    [
        r"\begin{document}{\end{document}",
        r"\begin{document}$x\end{document}",
        r"\begin{document}x_n\end{document}",
        r"\begin{document}\frac{1}{2}\end{document}",
        r"\begin{document}$\hatt{y}$\end{document}",
        r"\begin{document}$ŷ$\end{document}",
        r"\begin{document}$\left(x$\end{document}",
        r"\begin{document}\begin{align*}x\end{document}\end{align*}",
        r"\begin{document}x & y\end{document}",
        r"\begin{document}$z^{(2)}_{n i}^{2}$\end{document}",
    ],
)
def test_what_would_not_compile_is_noticed(broken: str) -> None:
    with pytest.raises((AssertionError, IndexError)):
        check(broken)


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_it_has_as_many_chains_and_lines_as_the_text(layer: Layer) -> None:
    chains = [item for item in blackboard(layer) if isinstance(item, Chain)]
    text = document(layer.name)
    assert text.count(r"\begin{align*}") == len(chains)
    assert text.count("&= ") == sum(len(chain.lines) for chain in chains)


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_every_formula_is_set_by_a_typesetter(layer: Layer) -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    rows = [
        re.sub(r"\\text\{.*\}$", "", row).replace("&", "").strip()
        for body in re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end", document(layer.name), re.DOTALL)
        for row in re.split(r" \\\\\n", body)
    ]
    formulas = [row for row in rows if row not in ("", r"\qquad")]
    inline = re.findall(r"(?<!\\)\$([^$]+)\$", document(layer.name))
    assert len(formulas) > 2 and inline
    for each in {*formulas, *inline}:
        parser.parse(f"${each}$")


def test_the_formulas_of_the_sigmoid() -> None:
    text = document("Sigmoid")
    assert r"&= z_{n i} \left(1 - z_{n i}\right) \qquad \text{(in the forward's own values)}" in text
    assert r"\text{($(1/u)' = -u'/u^2$; constants drop out)}" in text
    assert r"\text{(derivative of exp: $(e^u)' = e^u u'$; constant factor)}" in text


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_it_compiles(layer: Layer, tmp_path: Path) -> None:
    commands = {
        "pdflatex": ["-interaction=nonstopmode", "-halt-on-error"],
        "tectonic": ["--outdir", str(tmp_path)],
    }
    found = next((name for name in commands if shutil.which(name)), None)
    if found is None:
        pytest.skip(f"neither of {', '.join(commands)} is installed: the parser above stands alone")
    (tmp_path / "derivation.tex").write_text(document(layer.name), encoding="utf-8")
    run = [found, *commands[found], "derivation.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert (tmp_path / "derivation.pdf").stat().st_size > 1000
