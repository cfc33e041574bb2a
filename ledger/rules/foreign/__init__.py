"""What the foreign regimes of qualification share; each regime's own words and numbers are at its legal address."""
