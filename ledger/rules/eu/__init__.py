"""Rules of the European Union, by norm and article."""
