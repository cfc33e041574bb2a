"""Securities and Futures (Professional Investor) Rules (Cap. 571D)."""
