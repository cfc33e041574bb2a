"""Regulation D, rules 501 and 506(c)."""
