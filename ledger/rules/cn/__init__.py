"""Rules of mainland China, by norm and article."""
