r"""Formulas and statements as LaTeX, in the order in which they were typed.

An index prints its name, an entry ``x[n, i]`` prints x_{n i}, ``d(x)[n, i]`` prints ∂L/∂x_{n i}.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Add, Expr, Idx, Indexed, Mul, Pow, Sum
from sympy.printing.latex import LatexPrinter

from derivations.bounds import with_plain_bounds
from derivations.layer import Defines, Equal, Matrices, Matrix, Product, Shape, Statement
from derivations.notation import GRADIENT, is_gradient, name_of, size_of
from derivations.substitution import bound_indices
from derivations.text import factor_key, term_key

ACCENTS = {"ŷ": r"\hat{y}"}
WORDS = {"loss": r"\ell", "eps": r"\varepsilon"}


def latex(e: Expr) -> str:
    """An expression as LaTeX, in the order in which it was typed."""
    return str(_Printer({"order": "none", "fold_short_frac": False}).doprint(with_plain_bounds(e)))


def latex_in_order(e: Expr) -> str:
    """An expression that nobody typed as LaTeX, in the order that a person would write it in."""
    return latex(_in_order(e))


def _in_order(e: Expr) -> Expr:
    if not e.args or isinstance(e, (Idx, Indexed)):
        return e
    if isinstance(e, Sum):
        return Sum(_in_order(e.function), *e.limits)
    args = [_in_order(a) if isinstance(a, Expr) else a for a in e.args]
    if isinstance(e, (Add, Mul)):
        args.sort(key=term_key if isinstance(e, Add) else factor_key)
    return e.func(*args, evaluate=False)


def latex_equation(left: Expr, right: Expr) -> str:
    """``left = right`` as LaTeX."""
    return f"{latex(left)} = {latex(right)}"


def latex_statement(statement: Statement) -> str:
    """A claim's statement as LaTeX; a matrix by its entry, with what counts its rows; its columns."""
    if isinstance(statement, Equal):
        return latex_equation(statement.left, statement.right)
    if isinstance(statement, Matrices):
        return f"{_matrix(statement.left)} = {_matrix(statement.right)}"
    if isinstance(statement, Product):
        factors = f"{_matrix(statement.left)} {_matrix(statement.right)}"
        return f"{factors} = {_matrix(statement.result)}"
    if isinstance(statement, Shape):
        return latex_shape(statement.matrix, statement.shape)
    if isinstance(statement, Defines):
        return f"{latex(statement.entry)} := {latex(statement.right)}"
    return rf"{latex(statement.entry)} = \ldots"


def latex_shape(matrix: Matrix, shape: Sequence[Expr]) -> str:
    """``dim A = (p, q)`` as LaTeX."""
    return rf"\dim {_matrix(matrix)} = \left({', '.join(map(latex, shape))}\right)"


def _matrix(matrix: Matrix) -> str:
    counted = (
        latex(indices[0]) if len(indices) == 1 else rf"\left({', '.join(map(latex, indices))}\right)"
        for indices in (matrix.rows, matrix.columns)
    )
    return rf"\left[{latex(matrix.entry)}\right]_{{{'; '.join(counted)}}}"


class _Printer(LatexPrinter):
    """SymPy's printer with the notation of the documents."""

    def _print_Idx(self, e: Idx) -> str:
        return _name(str(e.label))

    def _print_Indexed(self, e: Indexed, exp: str | None = None) -> str:
        name = name_of(e)
        if is_gradient(e.base):
            return rf"\frac{{\partial L}}{{\partial {self._entry(name.removeprefix(GRADIENT), e.indices)}}}"
        text = self._entry(name, e.indices)
        return f"{text}^{{{exp}}}" if exp else text

    def _entry(self, name: str, indices: Sequence[Expr]) -> str:
        plain = all(isinstance(i, (Idx, Indexed)) or i.is_Integer for i in indices)
        at = (" " if plain else ", ").join(self._print(i) for i in indices)
        return f"{_name(name)}_{{{at}}}" if indices else _name(name)

    def _print_Symbol(self, e: Expr) -> str:
        return _name(str(e))

    def _print_Mul(self, e: Mul) -> str:
        if isinstance(e, Mul) and len(e.args) == 2 and e.args[0] == -1 and isinstance(e.args[1], Add):
            return rf"- \left({self._print(e.args[1])}\right)"
        return str(super()._print_Mul(e))

    def _print_Pow(self, e: Pow) -> str:
        if isinstance(e.base, Indexed) and is_gradient(e.base.base) and e.exp.is_Integer and e.exp > 0:
            return rf"\left({self._print(e.base)}\right)^{{{self._print(e.exp)}}}"
        return str(super()._print_Pow(e))

    def _hprint_Function(self, func: str) -> str:
        return func if len(func.rstrip("'")) == 1 else str(super()._hprint_Function(func))

    def _print_Sum(self, e: Sum) -> str:
        term = _without_one(e.function)
        body = rf"\left({self._print(term)}\right)" if isinstance(term, Add) else self._print(term)
        return " ".join([*(self._sign_of_sum(e, *limit) for limit in e.limits), body])

    def _sign_of_sum(self, e: Sum, index: Idx, low: Expr, high: Expr) -> str:
        # Documents count from 1, except where an index is reckoned with.
        size = size_of(index)
        if low != 0 or high.expand() != size - 1 or _reckons_with(e.function, index):
            return rf"\sum_{{{self._print(index)}={self._print(low)}}}^{{{self._print(high.doit())}}}"
        return rf"\sum_{{{self._print(index)}=1}}^{{{self._print(size)}}}"

    def _print_KroneckerDelta(self, e: Expr, exp: str | None = None) -> str:
        left, right = sorted(e.args, key=lambda a: 0 if isinstance(a, Idx) else 1)
        return rf"\left[{self._print(left)} = {self._print(right)}\right]"

    def _print_positive(self, e: Expr, exp: str | None = None) -> str:
        return rf"\left[{self._print(e.args[0])} > 0\right]"

    def _print_is_zero_at(self, e: Expr, exp: str | None = None) -> str:
        return rf"\left[{self._print(e.args[0])} = 0\right]"

    def _print_maximum_over(self, e: Expr, exp: str | None = None) -> str:
        return self._over(r"\max", e)

    def _print_argmax_over(self, e: Expr, exp: str | None = None) -> str:
        return self._over(r"\operatorname{argmax}", e)

    def _print_mean_over(self, e: Expr, exp: str | None = None) -> str:
        return self._over(r"\operatorname{mean}", e)

    def _over(self, sign: str, e: Expr) -> str:
        (index,) = bound_indices(e)
        return rf"{sign}_{{{self._print(index)}}} {self.parenthesize(e.args[0], 50)}"

    def _print_jacobian(self, e: Expr, exp: str | None = None) -> str:
        above, below = map(self._print, e.args)
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def _without_one(e: Expr) -> Expr:
    """A product without the 1 that SymPy puts before the term of a sum that is built unevaluated."""
    if isinstance(e, Mul) and e.args[0] == 1 and len(e.args) == 2:
        return _without_one(e.args[1])
    return e


def _reckons_with(e: Expr, index: Idx) -> bool:
    """Whether an index is used as a number somewhere, as in x[2i + k - 1]."""
    if isinstance(e, (Indexed,)):
        return any(index in i.atoms(Idx) and not isinstance(i, (Idx, Indexed)) for i in e.indices)
    if isinstance(e, (Add, Mul)) and index in e.args:
        return True
    return any(_reckons_with(a, index) for a in e.args if isinstance(a, Expr))


def _name(name: str) -> str:
    """A name as LaTeX: accents, primes and numbered names."""
    stem, number = re.fullmatch(r"(.*?)(?:_(\d+))?", name).groups()  # type: ignore[union-attr]
    primes = len(stem) - len(stem.rstrip("'"))
    stem = stem.rstrip("'")
    text = WORDS.get(stem) or ACCENTS.get(stem) or (stem if len(stem) == 1 else _word(stem))
    marks = ("'" * primes) + (rf"^{{({number})}}" if number else "")
    return text + marks


def _word(name: str) -> str:
    return r"\mathrm{" + name.replace("_", r"\_") + "}"
