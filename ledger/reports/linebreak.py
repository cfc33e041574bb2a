"""Break Chinese text with Latin words in it into lines (CLREQ §3: 行首行尾禁则, 标点挤压, 中西文间距).

Closing marks never start a line and opening marks never end one; Latin words stay whole; a string longer than a line,
such as a digest, breaks anywhere. Two neighbouring full-width marks share their empty halves, and a full-width mark at
a line's end counts half.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CLOSING = frozenset("，。、；：？！）》〉」』】〕”’…—")
OPENING = frozenset("（《〈「『【〔“‘")
_HALF = frozenset("，。、；：？！）》〉」』】〕")  # ink in the left half only
_LATIN_CLOSING, _LATIN_OPENING = frozenset(",.;:!?)]}%"), frozenset("([{")
_SPACE_BETWEEN_SCRIPTS = 0.18
_FIRST_WIDE = 0x2E80
_FEW = 8


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as it will be drawn. ``advance`` and ``size`` in points; ``style`` is the caller's."""

    character: str
    advance: float
    size: float
    style: object


@dataclass(frozen=True, slots=True)
class Atom:
    """What no line break may part. ``lead`` is the space before it, dropped at a line's start."""

    glyphs: tuple[Glyph, ...]
    lead: float = 0.0
    forced: bool = False

    @property
    def width(self) -> float:
        """Width without the lead."""
        return sum(glyph.advance for glyph in self.glyphs)

    @property
    def alone(self) -> bool:
        """Tell whether this is one ideograph, perhaps with marks, that should not be a line of its own."""
        return bool(self.glyphs) and sum(glyph.character not in CLOSING for glyph in self.glyphs) == 1

    @property
    def trim(self) -> float:
        """What the last mark may lose at a line's end."""
        last = self.glyphs[-1] if self.glyphs else None
        return last.size / 2 if last and last.character in _HALF and last.advance > last.size / 2 else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """Atoms on one line, their natural width, and whether the paragraph or a forced break ends here."""

    atoms: tuple[Atom, ...]
    width: float
    last: bool


def is_wide(character: str) -> bool:
    """Tell whether a character belongs to Chinese typesetting (ideographs and full-width marks)."""
    return ord(character) >= _FIRST_WIDE or character in CLOSING or character in OPENING


def break_lines(glyphs: Sequence[Glyph], width: float, first_indent: float = 0.0) -> tuple[Line, ...]:
    """Fill lines greedily; a newline forces a break. Always at least one line."""
    lines: list[Line] = []
    current: list[Atom] = []
    used, room = 0.0, width - first_indent
    for atom in _fitting(_atoms(_squeeze(glyphs)), width):
        step = atom.width + (atom.lead if current else 0.0)
        if current and used + step - atom.trim > room and not atom.forced:
            lines.append(_line(current, used, last=False))
            current, used, room = [], 0.0, width
            step = atom.width
        if atom.forced:
            lines.append(_line(current, used, last=True))
            current, used, room = [], 0.0, width
            continue
        current.append(atom)
        used += step
    if current or not lines:
        if len(current) == 1 and current[0].alone and lines and len(lines[-1].atoms) > _FEW and not lines[-1].last:
            current.insert(0, _pull(lines))
            used = sum(atom.width + atom.lead for atom in current) - current[0].lead
        lines.append(_line(current, used, last=True))
    return tuple(lines)


def _pull(lines: list[Line]) -> Atom:
    """Take the last atom off the last line, so that a paragraph does not end in a lone character (单字不成行)."""
    *rest, atom = lines.pop().atoms
    lines.append(_line(rest, sum(a.width + a.lead for a in rest) - rest[0].lead, last=False))
    return atom


def _line(atoms: list[Atom], used: float, *, last: bool) -> Line:
    trim = atoms[-1].trim if atoms else 0.0
    return Line(tuple(atoms), used - trim, last)


def _squeeze(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Let neighbouring full-width marks share their empty halves."""
    out: list[Glyph] = []
    for position, glyph in enumerate(glyphs):
        following = glyphs[position + 1].character if position + 1 < len(glyphs) else ""
        shares = (glyph.character in _HALF and (following in _HALF or following in OPENING)) or (
            glyph.character in OPENING and following in OPENING
        )
        advance = glyph.advance - glyph.size / 2 if shares and glyph.advance > glyph.size / 2 else glyph.advance
        out.append(Glyph(glyph.character, advance, glyph.size, glyph.style))
    return out


def _atoms(glyphs: Iterable[Glyph]) -> list[Atom]:
    atoms: list[Atom] = []
    pending: list[Glyph] = []
    lead, spaced = 0.0, False

    def close() -> None:
        nonlocal lead
        if pending:
            atoms.append(Atom(tuple(pending), lead))
            pending.clear()
            lead = 0.0

    before = ""
    for glyph in glyphs:
        character = glyph.character
        if character == "\n":
            close()
            atoms.append(Atom((), forced=True))
            before, lead, spaced = "", 0.0, False
            continue
        if character == " ":
            close()
            lead, spaced = lead + glyph.advance, True
            before = " "
            continue
        if pending and not _joins(before, character):
            close()
            if not spaced and _scripts_meet(before, character):
                lead = glyph.size * _SPACE_BETWEEN_SCRIPTS
        pending.append(glyph)
        before, spaced = character, False
    close()
    return atoms


def _joins(before: str, character: str) -> bool:
    """Tell whether no break may come between two neighbours."""
    if character in CLOSING or before in OPENING or character in _LATIN_CLOSING or before in _LATIN_OPENING:
        return True
    return not is_wide(before) and not is_wide(character)


def _scripts_meet(before: str, character: str) -> bool:
    """Tell whether an ideograph meets a Latin letter or digit."""
    if before in CLOSING or character in OPENING:
        return False
    return (is_wide(before) and character.isalnum()) != (is_wide(character) and before.isalnum()) and (
        is_wide(before) != is_wide(character)
    )


def _fitting(atoms: Iterable[Atom], width: float) -> Iterable[Atom]:
    """Part atoms that are wider than a whole line."""
    for atom in atoms:
        if atom.width <= width:
            yield atom
            continue
        for position, glyph in enumerate(atom.glyphs):
            yield Atom((glyph,), atom.lead if position == 0 else 0.0)
