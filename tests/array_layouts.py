"""Arrays in other memory."""

import numpy as np
from hypothesis import strategies as st


def layouts(array):
    """The same array in other memory: Fortran order, reversed, every second of a larger one, read-only."""
    wide = np.zeros((2 * array.shape[0], array.shape[1]), array.dtype)
    wide[::2] = array
    frozen = array.copy()
    frozen.flags.writeable = False
    reverse = array[::-1, ::-1].copy()[::-1, ::-1]
    return st.sampled_from([array, np.asfortranarray(array), reverse, wide[::2], frozen])
