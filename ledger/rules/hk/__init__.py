"""Rules of Hong Kong, by norm and article."""
