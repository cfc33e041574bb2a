"""One file per version of the database; a released one is never edited."""
