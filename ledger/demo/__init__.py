"""The demonstration: a client that knows nothing but HTTP, a device with its own key, and the verifier."""
