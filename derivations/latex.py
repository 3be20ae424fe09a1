r"""Formulas and statements as LaTeX, in the order in which they were typed.

An index prints its name, an entry ``x[n, i]`` prints x_{n i}, ``d(x)[n, i]`` prints ∂L/∂x_{n i}. Positions
count from 1, as in most documents: ``x[0]`` prints x_{1}, ``k * x[k]`` prints (k - 1) x_{k}; or from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Add, Expr, Idx, Indexed, Integer, Mul, Pow, Sum, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from derivations.bounds import with_plain_bounds
from derivations.from_one import counted_from_one, in_order, position
from derivations.layer import All, Defines, Equal, Matrices, Matrix, Product, Shape, Statement
from derivations.notation import GRADIENT, between, is_gradient, is_single, name_of
from derivations.products import flat, is_divisor
from derivations.substitution import bound_indices
from derivations.text import factor_key, term_key

ACCENTS = {"ŷ": r"\hat{y}"}
WORDS = {"loss": r"\ell", "eps": r"\varepsilon"}


def latex(e: Expr, loss: str = "L", first: int = 1) -> str:
    """An expression as LaTeX, in the order in which it was typed.

    ``loss`` is what the Loss is called, ``first`` the number of the first position, 0 or 1.
    """
    typed = with_plain_bounds(e)
    numbered = typed if isinstance(e, Idx) or not first else counted_from_one(typed)
    return str(_Printer(loss, first).doprint(numbered))


def latex_in_order(e: Expr, loss: str = "L", first: int = 1) -> str:
    """An expression that nobody typed as LaTeX, in the order that a person would write it in."""
    return latex(_in_order(e), loss, first)


def _in_order(e: Expr) -> Expr:
    if not e.args or isinstance(e, (Idx, Indexed)):
        return e
    if isinstance(e, Sum):
        return Sum(_in_order(e.function), *e.limits)
    args = [_in_order(a) if isinstance(a, Expr) else a for a in e.args]
    if isinstance(e, (Add, Mul)):
        args.sort(key=term_key if isinstance(e, Add) else factor_key)
    return e.func(*args, evaluate=False)


def latex_equation(left: Expr, right: Expr, loss: str = "L", first: int = 1) -> str:
    """``left = right`` as LaTeX."""
    return f"{latex(left, loss, first)} = {latex(right, loss, first)}"


def latex_statement(statement: Statement, loss: str = "L", first: int = 1) -> str:
    """A claim's statement as LaTeX; a matrix by its entry in parentheses, with what counts its rows; its columns."""
    if isinstance(statement, All):
        return r",\quad ".join(latex_statement(part, loss, first) for part in statement.parts)
    if isinstance(statement, Equal):
        return latex_equation(statement.left, statement.right, loss, first)
    if isinstance(statement, Matrices):
        return f"{_matrix(statement.left, loss, first)} = {_matrix(statement.right, loss, first)}"
    if isinstance(statement, Product):
        factors = f"{_matrix(statement.left, loss, first)} {_matrix(statement.right, loss, first)}"
        return f"{factors} = {_matrix(statement.result, loss, first)}"
    if isinstance(statement, Shape):
        return latex_shape(statement.matrix, statement.shape, loss, first)
    if isinstance(statement, Defines):
        return f"{latex(statement.entry, loss, first)} := {latex(statement.right, loss, first)}"
    return rf"{latex(statement.entry, loss, first)} = \ldots"


def latex_shape(matrix: Matrix, shape: Sequence[Expr], loss: str = "L", first: int = 1) -> str:
    """``dim A = (p, q)`` as LaTeX."""
    return rf"\dim {_matrix(matrix, loss, first)} = \left({', '.join(map(latex, shape))}\right)"


def _matrix(matrix: Matrix, loss: str, first: int) -> str:
    counted = (
        latex(indices[0]) if len(indices) == 1 else rf"\left({', '.join(map(latex, indices))}\right)"
        for indices in (matrix.rows, matrix.columns)
    )
    return rf"\left({latex(matrix.entry, loss, first)}\right)_{{{'; '.join(counted)}}}"


class _Printer(LatexPrinter):
    """SymPy's printer with the notation of the documents."""

    def __init__(self, loss: str, first: int) -> None:
        super().__init__({"order": "none", "fold_short_frac": False})
        self.loss = loss
        self.first = first

    def _place(self, index: Expr) -> Expr:
        """A position as it is counted."""
        return position(index) if self.first else in_order(index)

    def _print_Idx(self, e: Idx) -> str:
        return latex_name(str(e.label))

    def _print_Indexed(self, e: Indexed, exp: str | None = None) -> str:
        name = name_of(e)
        if is_gradient(e.base):
            return rf"\frac{{\partial {self.loss}}}{{\partial {self._entry(name.removeprefix(GRADIENT), e.indices)}}}"
        text = self._entry(name, e.indices)
        return f"{text}^{{{exp}}}" if exp else text

    def _entry(self, name: str, indices: Sequence[Expr]) -> str:
        places = [self._place(i) for i in indices if not is_single(i)]
        plain = all(isinstance(p, (Idx, Indexed, Symbol)) or p.is_Integer for p in places)
        at = (" " if plain else ", ").join(map(self._print, places))
        return f"{latex_name(name)}_{{{at}}}" if at else latex_name(name)

    def _position(self, index: Expr) -> str:
        return str(self._print(self._place(index)))

    def _print_Symbol(self, e: Expr) -> str:
        return latex_name(str(e))

    def _print_Mul(self, e: Mul) -> str:
        if isinstance(e, Mul) and len(e.args) == 2 and e.args[0] == -1 and isinstance(e.args[1], Add):
            return rf"- \left({self._print(e.args[1])}\right)"
        if isinstance(e, Mul) and _are_factors(e):
            return " ".join(self.parenthesize(a, PRECEDENCE["Mul"], strict=True) for a in e.args)
        return str(super()._print_Mul(e))

    def _print_Pow(self, e: Pow) -> str:
        if isinstance(e.base, Indexed) and _has_superscript(e.base) and e.exp.is_Integer and e.exp > 0:
            return rf"\left({self._print(e.base)}\right)^{{{self._print(e.exp)}}}"
        return str(super()._print_Pow(e))

    def _hprint_Function(self, func: str) -> str:
        return func if len(func.rstrip("'")) == 1 else str(super()._hprint_Function(func))

    def _print_Sum(self, e: Sum) -> str:
        """Σ from the bounds that a factor of the summand gives an index, else over its whole axis."""
        summand = _without_one(e.function)
        factors = flat(summand, Mul) if isinstance(summand, Mul) else [summand]
        bounds = {f.args[1]: f for f in factors if isinstance(f, between)}
        limits = [(i, *bounds[i].args[::2]) if i in bounds else (i, low, high) for i, low, high in e.limits]
        kept = [f for f in factors if f not in [bounds[i] for i, *_ in limits if i in bounds]]
        if len(kept) < len(factors):
            summand = Mul(*kept, evaluate=False) if len(kept) > 1 else kept[0] if kept else Integer(1)
        body = self._print(summand)
        if isinstance(summand, Add) or body.startswith("-"):
            body = rf"\left({body}\right)"
        return " ".join([*(self._sign_of_sum(*limit) for limit in limits), body])

    def _sign_of_sum(self, index: Idx, low: Expr, high: Expr) -> str:
        return rf"\sum_{{{self._print(index)}={self._position(low)}}}^{{{self._position(high)}}}"

    def _print_between(self, e: Expr, exp: str | None = None) -> str:
        low, value, high = map(self._position, e.args)
        return rf"\left[{low} \leq {value} \leq {high}\right]"

    def _print_KroneckerDelta(self, e: Expr, exp: str | None = None) -> str:
        left, right = sorted(e.args, key=lambda a: 0 if isinstance(a, Idx) else 1)
        return rf"\left[{self._position(left)} = {self._position(right)}\right]"

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

    def _print_derivative(self, e: Expr, exp: str | None = None) -> str:
        term, by = map(self._print, e.args)
        return rf"\frac{{\partial \left({term}\right)}}{{\partial {by}}}"


def _has_superscript(e: Indexed) -> bool:
    """Whether an entry is printed with a superscript, or as a fraction, and so takes no exponent as it is."""
    return is_gradient(e.base) or bool(re.search(r"['^]", latex_name(name_of(e))))


def _without_one(e: Expr) -> Expr:
    """A product without the 1 that SymPy puts before the term of a sum that is built unevaluated."""
    if isinstance(e, Mul) and e.args[0] == 1 and len(e.args) == 2:
        return _without_one(e.args[1])
    return e


def _are_factors(e: Mul) -> bool:
    """Whether a product was typed factor by factor: 1/u and a fraction, or 1/u and a sum that holds one."""
    if sum(map(_is_fraction, e.args)) > 1 and any(isinstance(a, Mul) and _is_fraction(a) for a in e.args):
        return True
    first, last = e.args[0], e.args[-1]
    return len(e.args) == 2 and is_divisor(first) and isinstance(last, Add) and any(map(_holds_fraction, last.args))


def _holds_fraction(e: Expr) -> bool:
    return _is_fraction(e) or any(_is_fraction(a) for a in e.args)


def _is_fraction(e: Expr) -> bool:
    return is_divisor(e) or (isinstance(e, Mul) and any(map(is_divisor, e.args)))


def latex_name(name: str) -> str:
    """A name as LaTeX: accents, primes and numbered names."""
    stem, number = re.fullmatch(r"(.*?)(?:_(\d+))?", name).groups()  # type: ignore[union-attr]
    primes = len(stem) - len(stem.rstrip("'"))
    stem = stem.rstrip("'")
    text = WORDS.get(stem) or ACCENTS.get(stem) or (stem if len(stem) == 1 else _word(stem))
    marks = ("'" * primes) + (rf"^{{({number})}}" if number else "")
    return text + marks


def _word(name: str) -> str:
    return r"\mathrm{" + name.replace("_", r"\_") + "}"
