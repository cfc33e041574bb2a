"""Keys of subjects: whoever destroys one has forgotten the person (`design.md` §10)."""

from typing import Protocol


class SubjectKeys(Protocol):
    """One 256-bit key per stream."""

    def subject_key(self, stream: str) -> bytes:
        """Return the key (32 bytes); `NotFoundError` for an unknown stream or a destroyed key."""
        ...

    def destroy_subject_key(self, stream: str) -> None:
        """Make everything under this key unreadable for ever; records and proofs stay. `NotFoundError`."""
        ...
