"""MiFID II, annex II."""
