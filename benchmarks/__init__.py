"""How fast the emitted functions are, beside NumPy as notes and courses write it. No timing is a test."""
