"""A draft laid over the law: which sales flip, why, and every mistake a draft can hold."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.instants import day_of
from ledger.errors import CallerError
from ledger.rules.drafts import lay_over
from ledger.rules.errors import RulesetError
from ledger.rules.loader import DRAFTS, PACKAGED, parse
from ledger.services.backtests import Backtest, backtest
from tests.deciding import RULES, World, open_world

ASSETS = "cn/order_105/art12_financial_assets.toml"
RULE = "cn/order_105/art12_qualified_investor"
LAW = RULES.files()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    yield opened
    opened.parts.store.close()


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The draft that asks for financial assets of five million."""
    folder = tmp_path / "draft_5m"
    write(folder, ASSETS, raised(LAW[ASSETS]))
    return folder


def raised(text: str, amount: str = "5000000", start: str = "2014-08-21") -> str:
    """Make the law's file a draft with another amount."""
    assert text.count("[[value]]") == 1
    text = text.replace('"confirmed"', '"draft"').replace('"unconfirmed"', '"draft"')
    return text.replace('"3000000"', f'"{amount}"').replace("from = 2014-08-21", f"from = {start}")


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def buy(world: World, assets: str) -> str:
    return world.sale(world.investor(tolerance="C4", certified=False), assets=assets)


def run(world: World, draft: Path, **other: Any) -> Backtest:
    with world.reading() as reader:
        return backtest(world.ledger, reader, draft, **other)


def test_the_sales_below_the_drafts_threshold_flip_and_no_others(world: World, draft: Path) -> None:
    low, below, at = buy(world, "3000000.00"), buy(world, "4999999.99"), buy(world, "5000000.00")
    found = run(world, draft)
    assert {f.sale for f in found.flips} == {low, below}
    assert at not in {f.sale for f in found.flips}
    assert (found.sales, sum(found.answers.values()), found.undecided) == (3, 3, ())
    for flip in found.flips:
        assert flip.draft == "ineligible" != flip.law
        (reason,) = flip.reasons
        assert (reason.before, reason.finding.rule, reason.finding.outcome.value) == ("PASS", RULE, "FAIL")
        assert "5000000" in reason.finding.reason_en
        assert reason.finding.reason_zh
        assert reason.finding.citation.status == "draft"
        assert flip.recorded == flip.law


def test_progress_is_told_for_every_sale(world: World, draft: Path) -> None:
    for _ in range(3):
        buy(world, "3500000.00")
    told: list[tuple[int, int]] = []
    with world.reading() as reader:
        backtest(world.ledger, reader, draft, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_only_sales_of_the_days_asked_for(world: World, draft: Path) -> None:
    first = day_of(world.parts.clock.now())
    buy(world, "3500000.00")
    world.parts.clock.advance(days=2)
    later = buy(world, "3500000.00")
    second = day_of(world.parts.clock.now())
    assert run(world, draft).sales == 2
    assert [f.sale for f in run(world, draft, first=second).flips] == [later]
    assert run(world, draft, until=first).sales == 0
    assert run(world, draft, first=first, until=second).sales == 1
    with pytest.raises(CallerError, match="`until` must be later than `from`"):
        run(world, draft, first=second, until=second)


def test_a_draft_that_begins_later_is_tried_as_if_it_were_law_on_that_day(world: World, tmp_path: Path) -> None:
    sale = buy(world, "3500000.00")
    old, _, rest = LAW[ASSETS].partition("from = 2014-08-21")
    value = f"from = 2014-08-21\nuntil = 2031-01-01{rest}"
    head, _, law = (old + value).partition("[[value]]")
    write(tmp_path / "later", ASSETS, f"{head}[[value]]{law}\n[[value]]{raised_value()}")
    found = run(world, tmp_path / "later")
    assert found.since == date(2031, 1, 1)
    assert [f.sale for f in found.flips] == [sale]


def raised_value() -> str:
    return raised(LAW[ASSETS], start="2031-01-01").partition("[[value]]")[2]


def test_whoever_is_forgotten_cannot_be_decided_about(world: World, draft: Path) -> None:
    person = world.investor(tolerance="C4", certified=False)
    sale = world.sale(person)
    world.parts.store.destroy_subject_key(person)
    found = run(world, draft)
    assert found.undecided == ((sale, "the investor's key was destroyed: what the sale was about is no longer known"),)
    assert (found.sales, found.flips) == (1, ())


def test_nothing_is_recorded_and_the_law_stays_the_law(world: World, draft: Path) -> None:
    sale = buy(world, "3500000.00")
    digest = world.ledger.rules.digest
    with world.reading() as reader:
        before = reader.size()
    found = run(world, draft)
    with world.reading() as reader:
        assert reader.size() == before
    assert world.ledger.rules.digest == digest == found.law_digest != found.draft_digest
    assert found.files == (ASSETS,)
    assert json.loads(json.dumps(found.as_json()))["flips"][0]["sale"] == sale


def test_a_draft_may_add_norms_and_stands_nowhere_else(tmp_path: Path) -> None:
    text = raised(LAW[ASSETS]).replace('norm = "order_105"', 'norm = "order_105_draft"')
    name = ASSETS.replace("order_105", "order_105_draft")
    write(tmp_path / "d", name, text)
    write(
        tmp_path / "d",
        "sources.toml",
        '[order_105_draft]\ntitle = "草案"\ntitle_en = "Draft"\nnumber = ""\nfrom = 2014-08-21\n'
        'url = "https://example.org/draft"\nstatus = "draft"\n',
    )
    laid = lay_over(LAW, tmp_path / "d")
    assert laid.files == (name, "drafts/d/sources.toml")
    assert laid.rules.digest != RULES.digest


def test_a_draft_that_comes_with_the_program_is_found_by_its_name() -> None:
    packaged = sorted(p.name for p in (PACKAGED / DRAFTS).iterdir())
    assert packaged
    for name in packaged:
        assert lay_over(LAW, Path(name)).name == name
    with pytest.raises(RulesetError, match=packaged[0]):
        lay_over(LAW, Path("rumour"))


def spoil(change: Callable[[str], str], name: str = ASSETS) -> Callable[[Path], None]:
    return lambda folder: write(folder, name, change(raised(LAW[ASSETS])))


def second(start: str) -> str:
    return "\n[[value]]" + raised(LAW[ASSETS], start=start).partition("[[value]]")[2]


def ended(text: str, day: str) -> str:
    return text.replace("from = 2014-08-21", f"from = 2014-08-21\nuntil = {day}")


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        (lambda _folder: None, "is not a folder"),
        (lambda folder: folder.mkdir(), "holds no TOML file"),
        (
            spoil(lambda text: text + "colour = 1\n"),
            f"{ASSETS}, value.citation.colour, value from 2014-08-21: is not a known key here",
        ),
        (
            spoil(lambda text: ended(text, "2024-01-01") + second("2024-01-02")),
            f"{ASSETS}, from, value from 2024-01-02: leaves a gap since 2024-01-01",
        ),
        (
            spoil(lambda text: ended(text, "2024-01-01") + second("2023-12-31")),
            f"{ASSETS}, from, value from 2023-12-31: overlaps the value before it",
        ),
        (spoil(lambda text: text.replace('"draft"', '"rumoured"')), "value.status, value from 2014-08-21: must be"),
        (spoil(lambda text: text.replace('"draft"', '"unconfirmed"')), 'has no value with status = "draft"'),
        (spoil(lambda text: text, "cn/art12.toml"), "cn/art12.toml: is not an address"),
        (spoil(lambda text: text.replace('unit = "CNY"', 'unit = "day"')), f"{ASSETS}, unit: must be in CNY"),
        (lambda folder: write(folder, ASSETS, "x = ["), f"{ASSETS}: is not valid TOML"),
        (
            lambda folder: write(folder, "sources.toml", LAW["sources.toml"]),
            "is a norm of the law already",
        ),
    ],
)
def test_a_drafts_mistake_is_named_with_file_key_and_day(
    tmp_path: Path, spoiled: Callable[[Path], None], says: str
) -> None:
    spoiled(tmp_path / "d")
    with pytest.raises(RulesetError) as caught:
        lay_over(LAW, tmp_path / "d")
    assert says in caught.value.message


def test_a_policy_that_would_be_looser_than_the_draft_is_named(tmp_path: Path) -> None:
    law = dict(LAW)
    policy = "policy/default/assets.toml"
    law[policy] = (
        'description = "Our own threshold"\nunit = "CNY"\nterm = "金融资产"\nstricter = "higher"\n'
        'restricts = "cn/order_105/art12_financial_assets"\n[[value]]\nfrom = 2024-01-01\namount = "4000000"\n'
        'force = "binding"\nstatus = "unconfirmed"\nchecked_on = 2026-01-01\n[value.citation]\n'
        'norm = "institution_policy"\narticle = "assets"\nurl = ""\n'
    )
    norm = next(line for line in LAW["policy/default/proof_age.toml"].splitlines() if line.startswith("norm"))
    law[policy] = law[policy].replace('norm = "institution_policy"', norm)
    write(tmp_path / "d", ASSETS, raised(LAW[ASSETS]))
    with pytest.raises(RulesetError, match=r"assets\.toml, value, value from 2024-01-01: is looser than cn/order_105"):
        lay_over(law, tmp_path / "d")
    shutil.rmtree(tmp_path / "d")
    write(tmp_path / "d", ASSETS, raised(LAW[ASSETS], "3500000"))
    assert lay_over(law, tmp_path / "d").since == date(2014, 8, 21)


def test_draft_text_is_refused_in_the_law_itself() -> None:
    with pytest.raises(RulesetError, match=r"value\.status, value from 2014-08-21: must be confirmed or unconfirmed"):
        parse({**LAW, ASSETS: raised(LAW[ASSETS])})
