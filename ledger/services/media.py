"""What a file is, read from its bytes and never believed; and the text that a person would read in it."""

from html.parser import HTMLParser

MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_MARKUP = ("<!doctype html", "<html")


def media_type_of(content: bytes) -> str | None:
    """Return the media type of a PDF, PNG, JPEG, HTML or plain UTF-8 text; ``None`` for anything else."""
    known = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)
    if known is not None:
        return known
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if any(ord(char) < ord(" ") and char not in "\t\r\n\f" for char in text):
        return None
    return "text/html" if text.lstrip("\ufeff \t\r\n").lower().startswith(_MARKUP) else "text/plain"


def text_of(content: bytes) -> str | None:
    """Return the words of a text or an HTML page, tags left out; ``None`` for what only a person can read."""
    match media_type_of(content):
        case "text/plain":
            return content.decode("utf-8")
        case "text/html":
            reader = _Words()
            reader.feed(content.decode("utf-8"))
            reader.close()
            return "".join(reader.words)
        case _:
            return None


class _Words(HTMLParser):
    """Collects what is written between tags, and in attributes that people see or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep words; those of scripts and styles too, for a script can write them."""
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the words of attributes."""
        del tag
        self.words.extend(f"\n{value}\n" for name, value in attrs if name in {"alt", "title", "content"} and value)
