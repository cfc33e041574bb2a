"""Securities and Futures (Classes of Investors) Regulations 2018: opt-in."""
