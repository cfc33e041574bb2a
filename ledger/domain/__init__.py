"""Frozen values and pure folds. Standard library only; no clock, no float, no randomness."""
