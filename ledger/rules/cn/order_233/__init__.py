"""私募投资基金信息披露监督管理办法 (CSRC order 233, in force since 2026-09-01)."""
