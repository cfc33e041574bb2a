import shutil
from pathlib import Path

import pytest

from ledger.errors import ConfigurationError
from ledger.reports import fonts

TRUETYPE = b"\0\1\0\0" + b"\0\1" + bytes(6) + b"glyf" + bytes(12)
OPENTYPE_CFF = b"OTTO" + b"\0\1" + bytes(6) + b"CFF " + bytes(12)


def place(directory: Path, *names: str, content: bytes = TRUETYPE) -> Path:
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    return directory


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout on a machine without fonts."""
    monkeypatch.setattr(fonts, "_SYSTEM", ())
    monkeypatch.setattr(fonts, "_OWN", ())
    return tmp_path


def test_the_order_is_named_directory_cache_npm_system(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
    system = place(bare / "system" / "noto", *pair)
    monkeypatch.setattr(fonts, "_SYSTEM", (str(bare / "system"),))
    assert fonts.find({}, bare).regular.parent == system
    npm = bare / "node_modules/@expo-google-fonts/noto-sans-sc"
    place(npm, "400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf")
    assert fonts.find({}, bare).bold == npm / "700Bold/NotoSansSC_700Bold.ttf"
    cache = place(bare / ".cache/fonts", *pair)
    assert fonts.find({}, bare).regular.parent == cache
    named = place(bare / "named", *pair)
    assert fonts.find({"PFL_FONT_DIR": str(named)}, bare).regular.parent == named


def test_a_font_without_truetype_outlines_is_passed_over(bare: Path) -> None:
    place(bare / ".cache/fonts", "NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", content=OPENTYPE_CFF)
    with pytest.raises(ConfigurationError):
        fonts.find({}, bare)


def test_one_face_is_not_enough(bare: Path) -> None:
    place(bare / ".cache/fonts", "NotoSansSC-Regular.ttf")
    with pytest.raises(ConfigurationError):
        fonts.find({}, bare)


def test_the_error_names_the_fix(bare: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"scripts/setup.*PFL_FONT_DIR") as caught:
        fonts.find({}, bare)
    assert "scripts/setup" in caught.value.zh
    with pytest.raises(ConfigurationError, match="PFL_FONT_DIR holds no"):
        fonts.find({"PFL_FONT_DIR": str(bare)}, bare)


def test_other_faces_in_the_named_directory_are_fallbacks(bare: Path) -> None:
    named = place(bare, "NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "B.ttf", "A.ttf")
    place(named, "C.ttf", content=OPENTYPE_CFF)
    found = fonts.find({"PFL_FONT_DIR": str(named)}, bare)
    assert found.fallbacks == (named / "A.ttf", named / "B.ttf")


def test_rare_name_characters_have_a_face_and_unknown_ones_do_not(faces: fonts.Faces) -> None:
    for character in "䶮㛃张·":
        assert faces.face_for(character, faces.bold) == faces.bold
    assert faces.face_for("\U00020001", faces.regular) is None


def test_a_fallback_face_is_used_for_what_the_first_lacks(files: fonts.FontFiles) -> None:
    dejavu = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not dejavu.is_file():
        pytest.skip("DejaVu Sans is not installed: install fonts-dejavu-core to test the fallback face")
    faces = fonts.load(fonts.FontFiles(files.regular, files.bold, (dejavu,)))
    assert faces.face_for("☑", faces.bold) == "PFL-Fallback1"
    assert faces.face_for("张", faces.bold) == faces.bold


def test_the_cache_may_move(files: fonts.FontFiles, tmp_path: Path) -> None:
    shutil.copy(files.regular, tmp_path / "NotoSansSC-Regular.ttf")
    shutil.copy(files.bold, tmp_path / "NotoSansSC-Bold.ttf")
    assert fonts.find({"PFL_FONT_DIR": str(tmp_path)}).regular.parent == tmp_path
