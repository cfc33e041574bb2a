"""Rules of the United States, by norm and article."""
