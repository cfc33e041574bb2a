"""反洗钱法 (Anti-Money-Laundering Law)."""
