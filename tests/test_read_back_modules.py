"""The reader of emitted text: modules, lines and calls that it refuses."""

from __future__ import annotations

import pytest

from codegen.read_back import ArrayArgument, ReadBackError, Saved, read_function
from tests.reader_cases import WEIGHTS, V, X, n, text, x


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
