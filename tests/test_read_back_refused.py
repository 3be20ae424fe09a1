"""Texts that the reader refuses, each for its own reason: most of them mean something to Python."""

from __future__ import annotations

import pytest

from codegen.read_back import ArrayArgument, ReadBackError, Saved, read_function
from tests.reader_cases import WEIGHTS, V, X, arguments_of, n, text, x

REFUSED = {
    "a name that is not bound": ("return x + w", "x", "w is not bound"),
    "a name bound on the other branch": (
        "if b is not None:\n    u = x + 1\nreturn u",
        "x, b=None",
        "u is not bound",
    ),
    "axes N and d meet": ("return v + x", "x, v", "size N|size d"),
    "a transposed operand": ("return x + x.T", "x", "meets"),
    "dot of inner N and d": ("return np.dot(x, x)", "x", "sums over"),
    "dot of a transposed matrix": ("return np.dot(x, W)", "x, W", "sums over"),
    "a sum over the other axis": ("return y - y.sum(axis=0)[:, None]", "y", "meets"),
    "a sum that is not stretched": ("return y - y.sum(axis=1)", "y", "meets"),
    "in place with more axes than there are": ("u = v * 1\nu += x\nreturn u", "x, v", "meets|fit"),
    "in place stretching the target": ("u = v * 1\nw = u[:, None]\nw += x\nreturn u", "x, v", "fit"),
    "an input changed": ("x += 1\nreturn x * 1", "x", "change the input x"),
    "an input changed through an alias": ("u = x\nu *= 2\nreturn u + 0", "x", "change the input x"),
    "an input changed through a view": ("u = x.T\nu -= 1\nreturn u + 0", "x", "change the input x"),
    "an input as out": ("np.exp(x, out=x)\nreturn x * 1", "x", "change the input x"),
    "an input as out of dot": ("np.dot(x, x.T, out=G)\nreturn x * 1", "x, G", "C order|change"),
    "one-hot into an input": ("y[np.arange(len(t)), t] -= 1\nreturn y * 1", "t, y", "change the input y"),
    "an input returned": ("return x", "x", "shares memory with the input x"),
    "a view of an input returned": ("u = x.T\nreturn u", "x", "shares memory with the input x"),
    "one array returned twice": ("u = x * 2\nreturn u, u", "x", "shares memory with another"),
    "an array and its view returned": ("u = x * 2\nw = u.T\nreturn u, w", "x", "shares memory with another"),
    "out of dot is its operand": ("u = np.dot(x, x.T)\nnp.dot(u, u, out=u)\nreturn u", "x", "operands"),
    "out of dot is a view of its operand": (
        "u = np.dot(x, x.T)\nw = u.T\nnp.dot(w, w, out=u)\nreturn u",
        "x",
        "operands",
    ),
    "out of matmul is its operand": ("u = np.dot(x, x.T)\nnp.matmul(u, u, out=u)\nreturn u", "x", "operands"),
    "out of dot in another layout": (
        "u = x.T * 1\nw = np.dot(x, x.T)\nnp.dot(x.T, w, out=u)\nreturn u",
        "x",
        "C order",
    ),
    "out of dot is like another": (
        "u = np.empty_like(x)\nw = np.dot(x, x.T)\nnp.dot(w, x, out=u)\nreturn u",
        "x",
        "C order",
    ),
    "out of dot is a view": (
        "u = np.empty((x.shape[1], len(x)), dtype=x.dtype)\nw = u.T\nnp.dot(np.dot(x, x.T), x, out=w)\nreturn u",
        "x",
        "C order",
    ),
    "out of another shape": ("u = np.empty_like(v)\nnp.exp(x, out=u)\nreturn u", "x, v", "meets|fit"),
    "out in the middle of an expression": (
        "u = x * 1\nreturn u + np.exp(u, out=u)",
        "x",
        "table of operations",
    ),
    "out of out": ("u = x * 1\nnp.exp(np.exp(u, out=u), out=u)\nreturn u", "x", "table of operations"),
    "out by position": ("u = x * 1\nw = np.exp(x, u)\nreturn w", "x", "table of operations"),
    "out as a view": ("u = x * 1\nnp.exp(x.T, out=u.T)\nreturn u", "x", "takes a name"),
    "a fill without dtype": ("u = np.zeros((3, 4))\nreturn u + 1", "x", "table of operations"),
    "a fill with a dtype of its own": ("u = np.zeros(x.shape, dtype=float)\nreturn u + 1", "x", "dtype"),
    "a fill with the dtype of labels": ("u = np.zeros(t.shape, dtype=t.dtype)\nreturn u", "t", "labels"),
    "a fill of a rational size": ("u = np.zeros((len(x) / 2, 2), dtype=x.dtype)\nreturn u", "x", "shape"),
    "a fill of a scalar": ("u = np.zeros(s, dtype=x.dtype)\nreturn u", "x, s", "shape"),
    "a fill with a negative size": ("u = np.zeros(-1, dtype=x.dtype)\nreturn u", "x", "shape"),
    "memory read before it is filled": ("u = np.empty_like(x)\nu += x\nreturn u", "x", "before it is filled"),
    "memory returned before it is filled": ("u = np.empty_like(x)\nreturn u", "x", "before it is filled"),
    "memory saved before it is filled": (
        "u = np.empty_like(x)\nreturn x * 1, (u,)",
        "x",
        "before it is filled",
    ),
    "floor division": ("return x // 2", "x", "language"),
    "remainder": ("return x % 2", "x", "language"),
    "matrix operator": ("return x @ x.T", "x", "language"),
    "floor division in place": ("u = x * 1\nu //= 2\nreturn u", "x", "in place"),
    "power in place": ("u = x * 1\nu **= 2\nreturn u", "x", "in place"),
    "a float": ("return x * 0.1", "x", "language"),
    "a root of an array": ("return x ** 0.5", "x", "exponent"),
    "a root of a hyperparameter": ("return x * s**0.5", "x, s", "complex"),
    "float of an array": ("return x * float(x)", "x", "float"),
    "float of a number": ("return x * float(2)", "x", "float"),
    "float of another function": ("return x * float(np.exp(len(x)))", "x", "float"),
    "float of a logarithm of an array": ("return x * float(np.log(x))", "x", "float"),
    "a logarithm of what may be negative": ("return x * float(np.log(s))", "x, s", "negative"),
    "a logarithm of 0": ("return x * float(np.log(0))", "x", "no value"),
    "a logarithm that NumPy keeps": ("return x * np.log(2)", "x", "NumPy's own dtype"),
    "float assigned": ("float = x\nreturn x * 1", "x", "float may not be assigned"),
    "a truth value": ("return x * True", "x", "language"),
    "a complex number": ("return x * 1j", "x", "language"),
    "an integer that is no float": ("return x + 9007199254740993", "x", "language"),
    "a power that is not constant": ("return x ** s", "x, s", "exponent"),
    "a power that is an array": ("return x ** x", "x", "exponent"),
    "a rational power of an array": ("return x ** (1 / 2)", "x", "exponent"),
    "a number to the power of an array": ("return 2 ** x", "x", "exponent"),
    "a root of what may be negative": ("return x * s ** (1 / 2)", "x, s", "complex"),
    "a power beyond measure": ("return x * 10 ** 10 ** 10", "x", "small constant exponent"),
    "division by zero": ("return x * (1 / 0)", "x", "divides by 0"),
    "an array divided by zero": ("return x / 0", "x", "no value"),
    "NumPy on a number": ("return x * np.sqrt(2)", "x", "NumPy's own dtype"),
    "NumPy on a scalar": ("return x * np.exp(s)", "x, s", "NumPy's own dtype"),
    "a choice of two constants": ("return np.where(x > 0, 1, 0)", "x", "NumPy's own dtype"),
    "a choice by a number": ("return np.where(x, x, 0)", "x", "comparison"),
    "arithmetic on a comparison": ("return x + (x > 0)", "x", "conditions, not real"),
    "a product of comparisons": ("return (x > 1) * (x > 0)", "x", "conditions, not real"),
    "a comparison first": ("return (x > 0) * x", "x", "conditions, not real"),
    "a sum of comparisons": ("c = x > 0\nreturn c.sum(axis=0)", "x", "conditions, not real"),
    "a comparison returned": ("c = x > 0\nreturn c", "x", "not an array of real"),
    "a chain of comparisons": ("return np.where(0 < x < 1, x, 0)", "x", "language"),
    "not equal": ("return np.where(x != 0, x, 1)", "x", "language"),
    "and": ("return np.where(x > 0 and x < 1, x, 0)", "x", "BoolOp"),
    "bitwise and": ("return np.where((x > 0) & (x < 1), x, 0)", "x", "language"),
    "not": ("if not b is None:\n    u = 1\nreturn x * 1", "x, b", "condition"),
    "unary plus": ("u = +x\nreturn u * 1", "x", "language"),
    "inverted bits": ("return ~x", "x", "language"),
    "arithmetic on labels": ("return y * t[:, None]", "t, y", "labels, not real"),
    "positions elsewhere": ("return np.where(np.arange(len(x.T)) == t[:, None], y, 0)", "t, x, y", "not compared"),
    "rows for positions": ("return np.where(np.arange(len(y)) == t, y.T, 0)", "t, y", "not compared"),
    "positions in an order": ("return np.where(np.arange(y.shape[1]) >= t[:, None], y, 0)", "t, y", "labels, not real"),
    "positions against numbers": ("return np.where(t[:, None] == 0, y, 0)", "t, y", "not an array"),
    "positions against entries": ("return np.where(y == t[:, None], y, 0)", "t, y", "not labels"),
    "positions with a start": ("return np.where(np.arange(0, y.shape[1]) == t[:, None], y, 0)", "t, y", "table"),
    "positions of a dtype": ("k = np.arange(len(y), dtype=y.dtype)\nreturn y * 1", "y", "table"),
    "positions of an array": ("k = np.arange(y)\nreturn y * 1", "y", "by its size"),
    "positions of half a size": ("k = np.arange(0.5 * len(y))\nreturn y * 1", "y", "by its size"),
    "positions of a size less 1": ("k = np.arange(len(y) - 1)\nreturn y * 1", "y", "by its size"),
    "positions changed": ("k = np.arange(len(v))\nk += v\nreturn v * 1", "v", "labels, not real|real entries"),
    "positions as entries": ("return v * np.arange(len(v))", "v", "labels, not real"),
    "positions chosen": ("return np.where(v > 0, np.arange(len(v)), v)", "v", "labels, not real"),
    "a comparison of positions as entries": ("return y + (np.arange(y.shape[1]) == t[:, None])", "t, y", "conditions"),
    "labels of another axis": ("return x[np.arange(len(t)), t]", "t, x", "labels into"),
    "labels of other rows": ("return J[np.arange(len(t)), t]", "t, J", "rows"),
    "a pick with other positions": ("return y[np.arange(y.shape[1]), t]", "t, y", "positions"),
    "a pick the other way round": ("return y.T[np.arange(len(t)), t]", "t, y", "rows"),
    "a pick by labels alone": ("return y[t]", "t, y", "an index is made of"),
    "a pick with a slice": ("return y[:, t]", "t, y", "an index is made of"),
    "one-hot multiplication": ("u = y * 1\nu[np.arange(len(t)), t] *= 2\nreturn u", "t, y", "statement"),
    "one-hot of a matrix": ("u = y * 1\nu[np.arange(len(t)), t] += y\nreturn u", "t, y", "meets|fit"),
    "an entry": ("return x[0]", "x", "an index is made of"),
    "a slice": ("return x[1:, :]", "x", "an index is made of"),
    "a reversed slice": ("return x[::-1, :]", "x", "an index is made of"),
    "a missing colon": ("return x[None]", "x", "needs a `:`"),
    "an ellipsis": ("return x[..., None]", "x", "an index is made of"),
    "a slice assigned": ("u = x * 1\nu[:, :] = 0\nreturn u", "x", "statement"),
    "an attribute assigned": ("u = x * 1\nu.shape = (6,)\nreturn u", "x", "statement"),
    "a sum over everything": ("return x * x.sum()", "x", "table of operations"),
    "a sum by position": ("return x.sum(0)", "x", "table of operations"),
    "keepdims": ("return x - x.sum(axis=1, keepdims=True)", "x", "table of operations"),
    "an axis that is not there": ("return x.sum(axis=2)", "x", "no axis 2"),
    "an axis twice": ("return x.sum(axis=(0, -2))", "x", "each once"),
    "no axis": ("return x.sum(axis=())", "x", "names its axes"),
    "an axis by name": ("k = 1\nreturn x.sum(axis=k)", "x", "integer constant"),
    "a smallest entry": ("return x - x.min(axis=1)[:, None]", "x", "table of operations"),
    "labels returned": ("return y.argmax(axis=1)", "y", "not an array of real"),
    "a number returned": ("return 1", "x", "not an array of real"),
    "reshape": ("return x.reshape(2, 3)", "x", "table of operations"),
    "astype": ("return x.astype(x.dtype)", "x", "table of operations"),
    "another order of axes": ("return a.transpose(0, 0, 1)", "a", "order of 3"),
    "a function of NumPy not in the table": ("return np.sinc(x)", "x", "table of operations"),
    "NumPy's linear algebra": ("return np.linalg.inv(x)", "x", "table of operations|not bound"),
    "where= of a ufunc": ("return np.exp(x, where=x > 0)", "x", "table of operations"),
    "dtype= of a ufunc": ("return np.add(x, x, dtype=x.dtype)", "x", "table of operations"),
    "casting a sum": ("return x.sum(axis=0, dtype=x.dtype)", "x", "table of operations"),
    "tensordot by number": ("return np.tensordot(x, x.T, axes=1)", "x", "names the axes"),
    "tensordot without axes": ("return np.tensordot(x, x.T)", "x", "table of operations"),
    "dot of three axes": ("return np.dot(a, x)", "x, a", "one or two axes"),
    "dot of a number": ("return np.dot(x, 2)", "x", "not an array"),
    "builtin functions": ("return abs(x)", "x", "table of operations"),
    "a function passed": ("f = np.exp\nreturn f(x)", "x", "not bound|language|array"),
    "keywords from a dict": ("return x.sum(**{'axis': 0})", "x", "Dict"),
    "starred arguments": ("u = (x, x)\nreturn np.add(*u)", "x", "Starred"),
    "a tuple assigned to a name": ("u = (x, x)\nreturn x * 1", "x", "language"),
    "two targets": ("u = w = x * 1\nreturn u", "x", "statement"),
    "starred target": ("u, *w = x.shape\nreturn x * u", "x", "Starred"),
    "too few names": ("(N,) = x.shape\nreturn x * N", "x", "do not fit"),
    "rows unpacked": ("u, w, r = x\nreturn x * 1", "x", "do not fit"),
    "a walrus": ("return (u := x * 1) + u", "x", "NamedExpr"),
    "a conditional expression": ("return x * 1 if b is None else x * 2", "x, b=None", "IfExp"),
    "a lambda": ("f = lambda u: u\nreturn x * 1", "x", "Lambda"),
    "a comprehension": ("u = [w for w in x]\nreturn x * 1", "x", "ListComp"),
    "a nested function": ("def np():\n    return 1\nreturn x * 1", "x", "FunctionDef"),
    "an import inside": ("import math as np\nreturn np.exp(x)", "x", "Import"),
    "global": ("global np\nreturn x * 1", "x", "assign to its names"),
    "np assigned": ("np = x\nreturn x * 1", "x", "np may not be assigned"),
    "np assigned on a branch not taken": (
        "if b is None:\n    np = x\nreturn x * 1",
        "x, b",
        "np may not be assigned",
    ),
    "len as a loop variable": (
        "for len in range(3):\n    u = x\nreturn x * 1",
        "x",
        "len may not be assigned",
    ),
    "a part of NumPy assigned": ("np.exp = np.log\nreturn np.exp(x)", "x", "NumPy may not be changed"),
    "deletion": ("u = x * 1\ndel u\nreturn x * 1", "x", "Delete"),
    "yield on a branch not taken": ("if b is None:\n    yield\nreturn x * 1", "x, b", "Yield"),
    "a string": ("u = 'x'\nreturn x * 1", "x", "language"),
    "a docstring in the middle": ("u = x * 1\n'''u'''\nreturn u", "x", "statement"),
    "a call for its effect": ("x.sum(axis=0)\nreturn x * 1", "x", "statement"),
    "sorting in place": ("u = x * 1\nu.sort(axis=0)\nreturn u", "x", "statement"),
    "a number changed in place": ("u = 2\nu *= 2\nreturn x * u", "x", "not an array"),
    "a single number of NumPy changed in place": (
        "u = v.sum(axis=0)\nw = u\nw += 1\nreturn x * u",
        "x, v",
        "in place",
    ),
    "a copy of a single number of NumPy changed in place": (
        "u = v.sum(axis=0)\nw = u[None]\nw += 1\nreturn x * u",
        "x, v",
        "in place",
    ),
    "None in arithmetic": ("return x + b", "x, b=None", "not an array"),
    "a condition on an array": ("if x > 0:\n    u = x\nreturn x * 1", "x", "single numbers"),
    "truth of an array": ("if x:\n    u = x\nreturn x * 1", "x", "condition"),
    "a loop": ("u = x * 1\nfor r in range(3):\n    u += 1\nreturn u", "x", "loops"),
    "while": ("while b is None:\n    u = 1\nreturn x * 1", "x, b", "While"),
    "an early return": ("if b is None:\n    return x * 2\nreturn x * 1", "x, b", "one return"),
    "no return": ("u = x * 1", "x", "ends with its one return"),
    "an empty return": ("return", "x", "returns its results"),
    "a tuple of one": ("return x * 1,", "x", "returns its results"),
    "saved expressions": ("return x * 1, (x * 2,)", "x", "saved values are names"),
    "three results and saved values": ("u = x * 1\nreturn u * 1, u * 2, (u,)", "x", "language"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_text(case):
    body, parameters, reason = REFUSED[case]
    with pytest.raises(ReadBackError, match=reason) as caught:
        read_function(text(body, parameters), "forward", arguments_of(parameters))
    assert caught.value.function == "forward"
    assert caught.value.line >= 4
    assert caught.value.source in text(body, parameters)


def test_the_error_points_at_the_line():
    source = text("u = x * 2\nw = u + v\nreturn w", "x, v")
    with pytest.raises(ReadBackError) as caught:
        read_function(source, "forward", {"x": X, "v": V})
    assert str(caught.value) == "forward, line 6: an axis of size d meets one of size N\n    w = u + v"


BODY = "    return x * 1\n"
MODULES = {
    "no import of NumPy": "def forward(x):\n    return np.exp(x)\n",
    "another np": "import math as np\ndef forward(x):\n" + BODY,
    "np twice": "import numpy as np\nfrom tools import np\ndef forward(x):\n" + BODY,
    "np by another name": "import numpy as np\nfrom tools import fast as np\ndef forward(x):\n" + BODY,
    "len imported": "import numpy as np\nfrom tools import len\ndef forward(x):\n" + BODY,
    "everything imported": "import numpy as np\nfrom tools import *\ndef forward(x):\n" + BODY,
    "np assigned": "import numpy as np\nnp = None\ndef forward(x):\n" + BODY,
    "np patched": "import numpy as np\nnp.exp = np.log\ndef forward(x):\n" + BODY,
    "np patched in a class": "import numpy as np\nclass A:\n    np.exp = np.log\ndef forward(x):\n" + BODY,
    "np patched in a method": (
        "import numpy as np\ndef forward(x):\n" + BODY + "class A:\n    def f(self):\n        np.exp = np.log\n"
    ),
    "a global elsewhere": "import numpy as np\ndef g():\n    global np\n    np = 1\ndef forward(x):\n" + BODY,
    "two functions of a name": "import numpy as np\ndef forward(x):\n" + BODY + "def forward(x):\n" + BODY,
    "a class of that name": "import numpy as np\ndef forward(x):\n" + BODY + "class forward:\n    pass\n",
    "an import of that name": "import numpy as np\ndef forward(x):\n" + BODY + "from tools import forward\n",
    "assigned later": "import numpy as np\ndef forward(x):\n" + BODY + "forward = None\n",
    "a decorator": "import numpy as np\n@np.vectorize\ndef forward(x):\n" + BODY,
    "an annotation": "import numpy as np\ndef forward(x: int):\n" + BODY,
    "an annotated result": "import numpy as np\ndef forward(x) -> int:\n" + BODY,
    "asynchronous": "import numpy as np\nasync def forward(x):\n" + BODY,
    "a default value": "import numpy as np\ndef forward(x=1):\n" + BODY,
    "more parameters": "import numpy as np\ndef forward(x, u=None):\n" + BODY,
    "starred parameters": "import numpy as np\ndef forward(*x):\n" + BODY,
    "keyword parameters": "import numpy as np\ndef forward(*, x):\n" + BODY,
    "positional parameters": "import numpy as np\ndef forward(x, /):\n" + BODY,
    "no such function": "import numpy as np\ndef forwards(x):\n" + BODY,
    "inside a class": "import numpy as np\nclass A:\n    def forward(x):\n        return x * 1\n",
    "a statement between": "import numpy as np\nif np:\n    pass\ndef forward(x):\n" + BODY,
    "not Python": "import numpy as np\ndef forward(x)\n" + BODY,
    "a null byte": "import numpy as np\ndef forward(x):\n    return x * 1\0\n",
    "a coding line": "# coding: utf-7\nimport numpy as np\ndef forward(x):\n" + BODY,
    "a coding line second": "#!python\n# -*- coding: latin-1 -*-\nimport numpy as np\ndef forward(x):\n" + BODY,
    "nothing": "",
}


@pytest.mark.parametrize("case", MODULES)
def test_refused_module(case):
    with pytest.raises(ReadBackError):
        read_function(MODULES[case], "forward", {"x": X})


def test_the_order_of_parameters_is_the_callers():
    source = text("return np.dot(x, W.T)", "W, x")
    read_function(source, "forward", {"W": WEIGHTS, "x": X})
    with pytest.raises(ReadBackError, match="the parameters are"):
        read_function(source, "forward", {"x": X, "W": WEIGHTS})


def test_saved_values_may_not_change_or_return():
    for body in ("u, = saved\nu += 1\nreturn u * 1", "u, = saved\nreturn u", "u = saved\nreturn u * 1"):
        (forward,) = read_function(text("u = x * 1\nreturn u * 2, (u,)", "x"), "forward", {"x": X})
        with pytest.raises(ReadBackError):
            arguments = {"saved": Saved(forward.saved), "delta": X}
            read_function(text(body, "saved, delta", "backward"), "backward", arguments)


def test_too_many_guards_are_refused():
    body = "m = x.max(axis=(0, 1))\nu = x * 1\n" + "if m > 1:\n    u += 1\n" * 6 + "return u"
    with pytest.raises(ReadBackError, match="guards"):
        read_function(text(body, "x"), "forward", {"x": X})


def test_arguments_need_plain_distinct_indices():
    with pytest.raises(ValueError, match="distinct"):
        read_function(text("return x * 1", "x"), "forward", {"x": ArrayArgument(x[n, n])})
