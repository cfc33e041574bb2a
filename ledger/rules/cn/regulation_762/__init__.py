"""私募投资基金监督管理条例 (State Council order 762)."""
