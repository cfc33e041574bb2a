"""Wire models: what goes in (strict, bounded, unknown fields refused) and what comes out (documentation)."""
