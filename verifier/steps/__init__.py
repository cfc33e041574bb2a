"""The steps of the recipe in `verifier.verify`, by what they look at."""
