from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ledger.reports.linebreak import CLOSING, OPENING, Glyph, Line, break_lines, is_wide

SIZE = 10.0


def glyphs(text: str) -> list[Glyph]:
    """Set text in a made-up face: wide characters a full em, the others half."""
    return [Glyph(c, 0.0 if c == "\n" else SIZE if is_wide(c) else SIZE / 2, SIZE, "face") for c in text]


def lines(text: str, width: float, first_indent: float = 0.0) -> list[str]:
    return [words(line) for line in break_lines(glyphs(text), width, first_indent)]


def words(line: Line) -> str:
    return "".join(g.character for atom in line.atoms for g in atom.glyphs)


def test_chinese_breaks_anywhere_between_characters() -> None:
    assert lines("私募投资基金风险揭示书", 40) == ["私募投资", "基金风险", "揭示书"]


def test_a_closing_mark_never_starts_a_line() -> None:
    assert lines("本基金风险，很高。", 50) == ["本基金风", "险，很高。"]


def test_an_opening_mark_never_ends_a_line() -> None:
    assert lines("签署基金（合同）", 50) == ["签署基金", "（合同）"]


def test_a_closing_mark_at_a_lines_end_counts_half() -> None:
    assert lines("一二三四，五六七八", 45) == ["一二三四，", "五六七八"]


def test_it_does_so_at_the_end_of_the_last_line_too() -> None:
    (line,) = break_lines(glyphs("一二三四，"), 45)
    assert line.width == 45


def test_neighbouring_marks_share_their_empty_halves() -> None:
    (line,) = break_lines(glyphs("（一）、二"), 100)
    assert line.width == 45


def test_latin_marks_hold_on_to_their_neighbours() -> None:
    assert lines("开发时间戳,O=X", 50) == ["开发时间", "戳,O=X"]
    assert lines("开发时间(x)戳", 50) == ["开发时间", "(x)戳"]


def test_latin_words_stay_whole() -> None:
    assert lines("证书 certificate 有效", 60) == ["证书", "certificate", "有效"]


def test_a_digest_longer_than_a_line_breaks_anywhere() -> None:
    assert lines("5e" * 10, 30) == ["5e5e5e", "5e5e5e", "5e5e5e", "5e"]


def test_an_ideograph_beside_a_digit_gets_a_little_space() -> None:
    (line,) = break_lines(glyphs("共13项"), 100)
    assert 30 < line.width < 34


def test_a_newline_forces_a_break() -> None:
    found = break_lines(glyphs("甲\n\n乙"), 100)
    assert [words(line) for line in found] == ["甲", "", "乙"]
    assert all(line.last for line in found)


def test_a_paragraph_does_not_end_in_a_lone_character() -> None:
    assert lines("一二三四五六七八九十末", 100) == ["一二三四五六七八九", "十末"]
    assert lines("一二三四五六七八九十末。", 100) == ["一二三四五六七八九", "十末。"]


def test_the_first_line_may_be_indented() -> None:
    assert lines("一二三四五六", 40, 20) == ["一二", "三四五六"]


def test_nothing_is_one_empty_line() -> None:
    assert lines("", 40) == [""]


@given(st.text(st.sampled_from("私募基金，。：（）《》“”ab 12-/\n"), max_size=120), st.integers(30, 200))
def test_nothing_is_lost_and_nothing_overflows(text: str, width: int) -> None:
    found = break_lines(glyphs(text), float(width))
    assert "".join(words(line) for line in found) == text.replace(" ", "").replace("\n", "")
    for line in found:
        assert line.width <= width + 1e-6 or len(line.atoms) == 1


@given(st.text(st.sampled_from("私募基金风险揭示书，。）《"), max_size=80), st.integers(8, 20))
def test_marks_keep_their_place(text: str, ems: int) -> None:
    found = break_lines(glyphs(text), ems * SIZE)
    for before, after in pairwise(found):
        atom_fits = all(atom.width <= ems * SIZE for atom in (*before.atoms, *after.atoms))
        if atom_fits and not _one_run(text, ems):
            assert words(after)[0] not in CLOSING
            assert words(before)[-1] not in OPENING


def _one_run(text: str, ems: int) -> bool:
    """Tell whether some run of marks is too long for a line, so that it must be parted."""
    run = longest = 0
    for character in text:
        run = run + 1 if character in CLOSING or character in OPENING else 0
        longest = max(longest, run)
    return longest + 2 > ems
