"""The second opinion: evaluation in a finite field, sharing no code with the normal form."""

from derivations.fingerprint.opinion import Opinion, agree

__all__ = ["Opinion", "agree"]
