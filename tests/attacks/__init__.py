"""Attacks on what proves: true rewrites to be recognised, mutants and false claims to be refused."""
