"""Room in a frozen state for what follows from it, which is then computed once (`functools.cached_property`)."""


class Keeping:
    """The fields stay in slots; only what was asked for is kept beside them, and takes no part in equality."""

    __slots__ = ("__dict__",)
