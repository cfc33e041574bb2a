"""Find and load the font that every paper embeds: Noto Sans SC (SIL OFL 1.1), regular and bold.

Looked for in this order, first complete pair wins:

1. the directory named by ``PFL_FONT_DIR``;
2. ``.cache/fonts`` of the checkout, which ``scripts/setup`` fills;
3. the npm package ``@expo-google-fonts/noto-sans-sc`` under the checkout's ``node_modules``;
4. the system's font directories.

Any other ``.ttf`` in the directory serves as fallback, in order of name; set-up puts Noto Sans there for names in
Latin, Greek and Cyrillic letters that the first face lacks. reportlab embeds TrueType outlines only, so a file without
a ``glyf`` table is passed over.
"""

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from ledger.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
REGULAR, BOLD = "PFL-Regular", "PFL-Bold"
"""Names under which reportlab knows the two faces."""
_REGULAR = ("NotoSansSC-Regular.ttf", "NotoSansSC_400Regular.ttf", "400Regular/NotoSansSC_400Regular.ttf")
_BOLD = ("NotoSansSC-Bold.ttf", "NotoSansSC_700Bold.ttf", "700Bold/NotoSansSC_700Bold.ttf")
_SYSTEM = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
_OWN = ("~/.local/share/fonts", "~/.fonts", "~/Library/Fonts")
_MOST_TABLES = 64


@dataclass(frozen=True, slots=True)
class FontFiles:
    """Where the faces are; ``fallbacks`` are asked in order for characters that the first two lack."""

    regular: Path
    bold: Path
    fallbacks: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Faces:
    """Names under which reportlab knows the loaded faces, and which characters each one has."""

    regular: str
    bold: str
    fallbacks: tuple[str, ...]
    covers: Mapping[str, frozenset[int]]

    def face_for(self, character: str, wanted: str) -> str | None:
        """Return the face that can draw this character, ``wanted`` if it can; ``None`` if nobody can."""
        code = ord(character)
        return next((f for f in (wanted, *self.fallbacks) if code in self.covers[f]), None)


def find(environment: Mapping[str, str] | None = None, root: Path = ROOT) -> FontFiles:
    """Find the font files; `ConfigurationError` names the fix when there are none."""
    env = os.environ if environment is None else environment
    named = env.get("PFL_FONT_DIR", "")
    if named:
        directory = Path(named)
        if (pair := _pair(directory)) is None:
            raise ConfigurationError(
                f"PFL_FONT_DIR holds no Noto Sans SC with TrueType outlines: put {_REGULAR[0]} and {_BOLD[0]} there"
                " or unset it",
                f"PFL_FONT_DIR 中没有 TrueType 轮廓的思源黑体：请放入 {_REGULAR[0]} 和 {_BOLD[0]}，或取消该设置",
            )
        return _files(directory, pair)
    for directory in _directories(root):
        if (pair := _pair(directory)) is not None:
            return _files(directory, pair)
    raise ConfigurationError(
        "no Noto Sans SC font with TrueType outlines was found: run scripts/setup, which fetches it,"
        f" or set PFL_FONT_DIR to a directory with {_REGULAR[0]} and {_BOLD[0]}",
        f"未找到 TrueType 轮廓的思源黑体：请运行 scripts/setup 获取，"
        f"或将 PFL_FONT_DIR 指向含 {_REGULAR[0]} 和 {_BOLD[0]} 的目录",
    )


@lru_cache(maxsize=4)
def load(files: FontFiles) -> Faces:
    """Register the faces with reportlab, once for a process."""
    named = {REGULAR: files.regular, BOLD: files.bold}
    named |= {f"PFL-Fallback{n}": path for n, path in enumerate(files.fallbacks, 1)}
    covers = {}
    for name, path in named.items():
        font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        covers[name] = frozenset(font.face.charToGlyph)
    return Faces(REGULAR, BOLD, tuple(name for name in named if name not in {REGULAR, BOLD}), covers)


def _directories(root: Path) -> Iterator[Path]:
    yield root / ".cache" / "fonts"
    for modules in (root / "fonts" / "node_modules", root / "node_modules"):
        yield modules / "@expo-google-fonts" / "noto-sans-sc"
    for top in (*map(Path, _SYSTEM), *(Path(own).expanduser() for own in _OWN)):
        if top.is_dir():
            yield from sorted({p.parent for p in top.rglob("NotoSansSC*.ttf")})


def _files(directory: Path, pair: tuple[Path, Path]) -> FontFiles:
    """Add the fallbacks: in a directory of the system, only Noto Sans, so that papers differ as little as may be."""
    names = "NotoSans-Regular.ttf" if str(directory).startswith(_SYSTEM) else "*.ttf"
    others = (p for p in sorted(directory.glob(names)) if p not in pair and _is_truetype(p))
    return FontFiles(*pair, tuple(others))


def _pair(directory: Path) -> tuple[Path, Path] | None:
    regular, bold = (
        next((p for p in (directory / name for name in names) if _is_truetype(p)), None) for names in (_REGULAR, _BOLD)
    )
    return None if regular is None or bold is None else (regular, bold)


def _is_truetype(path: Path) -> bool:
    """Tell whether the file is a font with a ``glyf`` table (OpenType §Organization of an OpenType font)."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(12 + 16 * _MOST_TABLES)
    if head[:4] not in {b"\0\1\0\0", b"true"}:
        return False
    (tables,) = struct.unpack(">H", head[4:6])
    return b"glyf" in {head[12 + 16 * n : 16 + 16 * n] for n in range(min(tables, _MOST_TABLES))}
