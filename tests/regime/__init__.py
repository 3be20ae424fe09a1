"""The numeric regime: what the tests of the emitted functions share. It never looks at a derivation."""
