"""What an operator may tune about the HTTP face; everything has a working value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits are bytes. ``development`` opens the simulated clock and the code outbox (never in production)."""

    body_limit: int = 64 * 1024
    question_limit: int = 256 * 1024  # a question about 1,000 investors has 67 kB
    upload_limit: int = 20 * 1024 * 1024
    development: bool = False
    embedders: tuple[str, ...] = ()
    """Origins whose pages may show ours in a frame (a firm's own app); none by default."""

    returns: tuple[str, ...] = ()
    """Origins and app schemes to which a page may lead back besides ``embedders``; none by default."""

    @property
    def ways_back(self) -> tuple[str, ...]:
        """Where a link may lead back to."""
        return (*self.embedders, *self.returns)
