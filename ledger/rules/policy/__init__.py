"""Institution policy: a second layer that may only be stricter than the law."""
