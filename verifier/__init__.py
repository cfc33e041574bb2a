"""Formats and the offline check: standard library and `cryptography` only; imports nothing else of this project."""
