"""Rules of Singapore, by norm and article."""
