"""Securities and Futures Act 2001, section 4A."""
