"""The page of verdicts: complete, current, the same in every process, and readable without the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import derivations
from codegen.writer import Generated
from derivations.judge import judge
from derivations.layer import OPEN
from derivations.layers import JUDGED
from derivations.layers.document_2_last_layer import DOCUMENT_2_LAST_LAYER
from derivations.layers.linear import LINEAR
from derivations.verdicts_page import verdicts_page

PATH = Path(derivations.__path__[0]) / "VERDICTS.md"

PAGE_OF_TWO = """
from derivations.judge import judge
from derivations.layers.document_2_last_layer import DOCUMENT_2_LAST_LAYER
from derivations.layers.linear import LINEAR
from derivations.verdicts_page import verdicts_page

print(verdicts_page([v for layer in (DOCUMENT_2_LAST_LAYER, LINEAR) for v in judge(layer)]), end="")
"""


@pytest.fixture(scope="module")
def page() -> str:
    """The page as it should be."""
    return verdicts_page([verdict for layer in JUDGED for verdict in judge(layer)])


def entry(page: str, name: str) -> str:
    """What stands under the heading of one formula."""
    (_, found) = re.split(rf"### {re.escape(name)}: \w+\n", page)
    return re.split(r"\n##", found)[0]


def test_the_page_on_disk_is_current(page: str) -> None:
    file = Generated.read(PATH)
    assert file is not None
    assert not file.is_by_hand
    assert file.body == page


def test_every_claim_stands_on_it_once(page: str) -> None:
    titles = re.findall(r"^### (\S+): ", page, flags=re.MULTILINE)
    assert sorted(titles) == sorted(claim.id for layer in JUDGED for claim in layer.claims)
    assert "open" not in page.split("## What to correct")[0]


def test_documents_and_places_are_in_order(page: str) -> None:
    places = re.findall(r"^## (Document .*)$", page, flags=re.MULTILINE)
    assert places[0] == "Document 1, MSELoss"
    assert places.index("Document 1, Se compresser") < places.index("Document 2, last layer with softmax")
    assert [place[:10] for place in places] == sorted(place[:10] for place in places)


def test_github_can_set_every_formula(page: str) -> None:
    for forbidden in (r"\operatorname", r"\mathscr", r"\DeclareMathOperator", r"\tag", "°", "term_"):
        assert forbidden not in page
    assert page.count("```math\n") * 2 == page.count("```")
    inline = re.findall(r"\$`(.*?)`\$", page)
    blocks = re.findall(r"```math\n(.*?)\n```", page)
    assert page.count("$`") == len(inline)
    for formula in (*inline, *blocks):
        assert formula.count("{") == formula.count("}"), formula
        assert formula.count(r"\left") == formula.count(r"\right"), formula
        assert "$" not in formula


def test_links_lead_to_headings(page: str) -> None:
    titles = re.findall(r"^### (.*)$", page, flags=re.MULTILINE)
    anchors = {re.sub(r"[.:]", "", title).lower().replace(" ", "-") for title in titles}
    links = re.findall(r"\]\(#(.*?)\)", page)
    assert len(links) > 10
    assert set(links) <= anchors


def test_the_two_jacobians_are_shown(page: str) -> None:
    found = entry(page, "1.linear.jacobian.equal")
    assert r"\begin{pmatrix} 0 & 0 & 1 & 0 \\ 0 & 0 & 0 & 1 \end{pmatrix} \neq" in found
    assert r"\neq \begin{pmatrix} 0 & 1 & 0 & 0 \\ 0 & 0 & 0 & 1 \end{pmatrix}" in found
    assert "At row 1, column 2" in found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2.last.dE_dl", ["The sign is wrong", "$`1/3`$ and the right side $`-1/3`$", r"l_{i} - o_{i}"]),
        ("2.last.chain", ["sum over the other outputs is missing", "K = 3", r"\sum_{j=1}^{K} \frac{\partial E}"]),
        ("2.fc.dE_da", ["f'(aᵢ) is missing", "f(u) = u^2", r"f'{\left(a_{i} \right)} \sum_{j=1}^{m}"]),
    ],
)
def test_document_2s_mistakes_are_explained(page: str, name: str, words: list[str]) -> None:
    found = entry(page, name)
    for part in ("**What is wrong.**", "**Example.** Take", "**What should stand there:**", *words):
        assert part in found


def test_only_definitions_define(page: str) -> None:
    for name in re.findall(r"^### (\S+): (?!definition)", page, flags=re.MULTILINE):
        assert ":=" not in entry(page, name)
    assert ":=" in entry(page, "1.mse.forward")


def test_a_formula_of_a_documents_numbers_shows_them(page: str) -> None:
    found = entry(page, "1.ce.example")
    assert r"$`K = 4`$, $`y_{n} = \left(0, 0, 1, 0\right)`$, " in found
    assert r"$`\hat{y}_{n} = \left(1/5, 2/5, 3/10, 1/10\right)`$." in found


def test_what_is_written_for_some_sizes_is_given_in_general_too(page: str) -> None:
    assert "In general:" in entry(page, "2.fc.chain")
    assert r"z^{(3)}_{n k} := \tanh" in entry(page, "1.autoencoder.encoder")
    assert "In general:" not in entry(page, "2.fc.dE_da")


def test_what_a_formula_rests_on_is_mathematics(page: str) -> None:
    assert r"It holds where $`\sum_{k=1}^{K} y_{n k} = 1`$." in entry(page, "1.logsoftmax_ce.backward")
    assert "It holds where $`a_{i} = u_{i} + b_{i}`$." in entry(page, "2.last.dE_db")
    assert "It holds without $`b`$." in entry(page, "1.linear.forward")
    assert "It holds where $`H = 2 P`$ and $`W = 2 Q`$." in entry(page, "2.avgpool.backward")


def test_words_hold_neither_code_nor_latex(page: str) -> None:
    words = re.sub(r"\$`.*?`\$|```math\n.*?\n```|\[[^]]*\]\(#.*?\)|^###.*$", "", page, flags=re.MULTILINE)
    assert "What to correct" in words
    assert re.findall(r".*(?:`|_|\^\{|\\).*", words) == []


def test_the_same_bytes_under_any_hash_seed() -> None:
    pages = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        run = subprocess.run([sys.executable, "-c", PAGE_OF_TWO], check=True, capture_output=True, env=environment)
        pages.add(run.stdout.decode())
    here = verdicts_page([v for layer in (DOCUMENT_2_LAST_LAYER, LINEAR) for v in judge(layer)])
    assert pages == {here}


def test_an_unknown_place_and_an_open_claim_are_shown_too() -> None:
    verdict = judge(replace(LINEAR, claims=LINEAR.claims[-1:]))[0]
    page = verdicts_page([replace(verdict, id="3.rbf.delta", verdict=OPEN, reason="Not shown.")])
    assert "## 3.rbf\n" in page
    assert "### 3.rbf.delta: open" in page
    assert "| document 3 | 0 | 0 | 0 | 0 | 1 | 1 |" in page
