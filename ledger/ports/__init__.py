"""Protocols that services need and adapters provide. One conformance suite per port runs on every adapter."""
