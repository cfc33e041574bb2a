"""私募投资基金备案指引第2号 (AMAC, 2023): equity and venture funds."""
