"""证券投资基金法 (Securities Investment Fund Law)."""
