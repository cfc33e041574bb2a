"""What the workers' threads have in common: each is waited for when it ends, for a bounded time."""

import threading


def join(thread: threading.Thread | None, seconds: float, who: str) -> None:
    """Wait for a thread that was told to stop; ``TimeoutError`` names ``who`` does not end within ``seconds``."""
    if thread is None:
        return
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"the {who} did not end within {seconds:.0f} seconds")
