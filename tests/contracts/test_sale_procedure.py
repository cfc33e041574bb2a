"""The order of a sale on the chain: what the contract takes, what it refuses, and what it proves."""

from datetime import datetime, timedelta

import pytest

from ledger.chain.sale_procedure import sale_step
from ledger.ports.anchor import ChainWrites, Exempt, SaleStep, SaleStepWrite, SaleTerms
from tests.contracts.world import SECOND, START, World, digest, refused
from verifier.checkpoint import Checkpoint

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECURITIES = SaleTerms(24, "signed_and_paid", visit_due=True)
ORDER = tuple(SaleStep)[:8]  # opened to paid by two, then the visit
LATE = START + 30 * DAY


class Sale:
    """A sale told to the chain step by step, an hour apart unless said otherwise."""

    def __init__(self, world: World, name: str, terms: SaleTerms = SECURITIES, *, opened: datetime = START) -> None:
        self.world, self.stream, self.terms = world, digest(name), terms
        self.count, self.clock = 0, opened

    def write(
        self, step: SaleStep, at: datetime | None = None, exempt: Exempt = Exempt.NOTHING, number: int = 0
    ) -> SaleStepWrite:
        self.clock += HOUR
        self.count += 1
        return SaleStepWrite(
            sale=self.stream,
            leaf=digest(f"{self.stream} {self.count}"),
            step=step,
            number=number or self.count,
            at=at or self.clock,
            terms=self.terms if step is SaleStep.OPENED else None,
            exempt=exempt,
        )

    def take(self, *steps: SaleStep, at: datetime | None = None, exempt: Exempt = Exempt.NOTHING) -> None:
        """Have the chain take these steps in one transaction; a refused one was none."""
        count = self.count
        try:
            self.world.log.record_ahead(ChainWrites(sale_steps=tuple(self.write(s, at, exempt) for s in steps)))
        except BaseException:
            self.count = count
            raise

    def until(self, last: SaleStep) -> "Sale":
        """Take all steps of the order up to this one."""
        self.take(*ORDER[: ORDER.index(last) + 1])
        return self

    @property
    def name(self) -> str:
        return f"0x{self.stream}"

    def ends(self) -> datetime:
        """When cooling-off ends, as the chain says."""
        held = self.world.sales.sale(self.stream)
        assert held is not None
        assert held.cooling_off_ends is not None
        return held.cooling_off_ends


@pytest.fixture(scope="module")
def late(shared_world: World) -> World:
    """A chain whose blocks are later than every time claimed below."""
    shared_world.at(LATE)
    shared_world.log.record_ahead(ChainWrites())
    return shared_world


def test_a_sale_in_order_is_proven_with_all_times(late: World) -> None:
    sale = Sale(late, "in order").until(SaleStep.PAID)
    visited = sale.ends()
    sale.take(SaleStep.VISITED, at=visited)
    held = late.sales.sale(sale.stream)
    assert held is not None
    hours = {step: START + n * HOUR for n, step in enumerate(ORDER[:7], 1)}
    assert dict(held.done) == {**hours, SaleStep.VISITED: visited}
    assert visited == hours[SaleStep.PAID] + DAY
    assert (held.ended, held.steps, held.terms) == (SaleStep.VISITED, 8, SECURITIES)
    assert (held.reopened, held.qualification_skipped, held.cooling_off_skipped) == (False, False, False)
    assert late.sales.sales([digest("nobody's"), sale.stream]) == (None, held)
    assert late.sales.sale(digest("nobody's")) is None
    with refused("UnknownSale", sale=f"0x{digest('nobody')}"):
        late.sales._read("proofOfOrder", bytes.fromhex(digest("nobody")))


@pytest.mark.parametrize("done", range(7))
def test_no_step_comes_before_the_one_it_needs(late: World, done: int) -> None:
    """After every lawful beginning, every step that the law does not allow next is refused by name."""
    sale = Sale(late, f"beginning of {done}").until(ORDER[done])
    missing = {
        SaleStep.DISCLOSED: SaleStep.MATCHED,
        SaleStep.QUALIFIED: SaleStep.DISCLOSED,
        SaleStep.SIGNED: SaleStep.QUALIFIED,
        SaleStep.COMPLETED: SaleStep.SIGNED,
        SaleStep.PAID: SaleStep.SIGNED,
        SaleStep.VISITED: SaleStep.COMPLETED,
        SaleStep.EFFECTIVE: SaleStep.COMPLETED,
        SaleStep.REOPENED: SaleStep.MATCHED,
    }
    reached = set(ORDER[: done + 1])
    for step in SaleStep:
        at = LATE - DAY
        if step in reached:
            with refused("StepDone", index=0, sale=sale.name, step=tuple(SaleStep).index(step)):
                sale.take(step, at=at)
        elif step in missing and missing[step] not in reached:
            needed = tuple(SaleStep).index(missing[step])
            with refused("StepOutOfOrder", index=0, sale=sale.name, step=tuple(SaleStep).index(step), missing=needed):
                sale.take(step, at=at)


def test_a_visit_needs_the_payment_too(late: World) -> None:
    sale = Sale(late, "not paid").until(SaleStep.COMPLETED)
    for step in (SaleStep.VISITED, SaleStep.EFFECTIVE):
        with refused("StepOutOfOrder", step=tuple(SaleStep).index(step), missing=tuple(SaleStep).index(SaleStep.PAID)):
            sale.take(step, at=LATE - DAY)


def test_payment_may_come_before_the_institution_seals(late: World) -> None:
    sale = Sale(late, "paid first").until(SaleStep.SIGNED)
    sale.take(SaleStep.PAID)
    paid = sale.clock
    sale.take(SaleStep.COMPLETED)
    assert sale.ends() == paid + HOUR + DAY


@pytest.mark.parametrize("step", [SaleStep.VISITED, SaleStep.EFFECTIVE])
def test_cooling_off_is_kept_to_the_second(late: World, step: SaleStep) -> None:
    sale = Sale(late, f"impatient {step}", SaleTerms(24, "signed_and_paid", visit_due=step is SaleStep.VISITED))
    sale.until(SaleStep.PAID)
    ends = sale.ends()
    with refused("InsideCoolingOff", index=0, sale=sale.name, ends=int(ends.timestamp())):
        sale.take(step, at=ends - SECOND)
    sale.take(step, at=ends)


@pytest.mark.parametrize(
    ("start", "hours", "ends"),
    [
        ("signed_and_paid", 24, 7 * HOUR + DAY),
        ("signed", 24, 6 * HOUR + DAY),
        ("paid", 24, 7 * HOUR + DAY),
        ("signed", 72, 6 * HOUR + 3 * DAY),
        ("signed_and_paid", 1023, 7 * HOUR + 1023 * HOUR),
    ],
)
def test_the_contract_may_agree_on_start_and_more_hours(late: World, start: str, hours: int, ends: timedelta) -> None:
    sale = Sale(late, f"{start} {hours}", SaleTerms(hours, start, visit_due=True)).until(SaleStep.PAID)
    assert sale.ends() == START + ends


@pytest.mark.parametrize("start", ["signed_and_paid", "signed", "paid"])
def test_cooling_off_has_no_end_before_it_begins(late: World, start: str) -> None:
    sale = Sale(late, f"not begun {start}", SaleTerms(24, start, visit_due=True)).until(SaleStep.SIGNED)
    held = late.sales.sale(sale.stream)
    assert held is not None
    assert held.cooling_off_ends is None


@pytest.mark.parametrize("hours", [0, 23, 1024, 65_535])
def test_hours_below_the_law_are_refused(late: World, hours: int) -> None:
    sale = Sale(late, f"{hours} hours", SaleTerms(hours, "paid", visit_due=True))
    with refused("CoolingOffOutOfRange", index=0, sale=sale.name, coolingOffHours=hours):
        sale.take(SaleStep.OPENED)


@pytest.mark.parametrize("done", range(7))
def test_the_investor_may_rescind_until_the_visit_succeeds(late: World, done: int) -> None:
    sale = Sale(late, f"regret after {done}").until(ORDER[done])
    sale.take(SaleStep.RESCINDED)
    held = late.sales.sale(sale.stream)
    assert held is not None
    assert (held.ended, held.done[SaleStep.RESCINDED]) == (SaleStep.RESCINDED, sale.clock)
    for step in SaleStep:
        with refused("SaleEnded", index=0, sale=sale.name, outcome=3):
            sale.take(step)


def test_after_a_successful_visit_nothing_more_is_taken(late: World) -> None:
    sale = Sale(late, "visited").until(SaleStep.PAID)
    sale.take(SaleStep.VISITED, at=sale.ends())
    for step in SaleStep:
        with refused("SaleEnded", index=0, sale=sale.name, step=tuple(SaleStep).index(step), outcome=1):
            sale.take(step, at=LATE - DAY)


def test_a_visit_that_is_due_cannot_be_left_out(late: World) -> None:
    sale = Sale(late, "not visited").until(SaleStep.PAID)
    with refused("VisitDue", index=0, sale=sale.name):
        sale.take(SaleStep.EFFECTIVE, at=LATE - DAY)
    sale.take(SaleStep.EFFECTIVE, at=LATE - DAY, exempt=Exempt.VISIT)
    held = late.sales.sale(sale.stream)
    assert held is not None
    assert (held.ended, held.cooling_off_skipped) == (SaleStep.EFFECTIVE, False)


def test_who_is_exempt_skips_what_the_exemption_says_and_the_chain_tells(late: World) -> None:
    sale = Sale(late, "exempt").until(SaleStep.DISCLOSED)
    with refused("StepOutOfOrder", missing=tuple(SaleStep).index(SaleStep.QUALIFIED)):
        sale.take(SaleStep.SIGNED, exempt=Exempt.VISIT)
    sale.take(SaleStep.SIGNED, exempt=Exempt.QUALIFICATION)
    sale.take(SaleStep.COMPLETED, SaleStep.PAID, SaleStep.EFFECTIVE, exempt=Exempt.QUALIFICATION)
    held = late.sales.sale(sale.stream)
    assert held is not None
    assert (held.ended, held.qualification_skipped, held.cooling_off_skipped) == (SaleStep.EFFECTIVE, True, True)
    assert SaleStep.QUALIFIED not in held.done


def test_qualification_does_not_follow_the_signature(late: World) -> None:
    """Found by the Solidity invariants: an exempt investor's contract is signed, and then comes a qualification."""
    sale = Sale(late, "qualified too late").until(SaleStep.DISCLOSED)
    sale.take(SaleStep.SIGNED, exempt=Exempt.QUALIFICATION)
    with refused("StepDone", step=tuple(SaleStep).index(SaleStep.SIGNED)):
        sale.take(SaleStep.QUALIFIED)


def test_an_exemption_that_was_not_needed_leaves_no_mark(late: World) -> None:
    sale = Sale(late, "exempt for nothing").until(SaleStep.QUALIFIED)
    sale.take(SaleStep.SIGNED, SaleStep.COMPLETED, SaleStep.PAID, exempt=Exempt.QUALIFICATION)
    sale.take(SaleStep.VISITED, at=sale.ends(), exempt=Exempt.VISIT)
    held = late.sales.sale(sale.stream)
    assert held is not None
    assert (held.qualification_skipped, held.cooling_off_skipped) == (False, False)


def test_a_match_that_fell_blocks_the_contract_until_it_is_made_again(late: World) -> None:
    sale = Sale(late, "matched again").until(SaleStep.MATCHED)
    first = sale.clock
    sale.take(SaleStep.REOPENED, SaleStep.DISCLOSED, SaleStep.QUALIFIED)
    with refused("StepDone", step=tuple(SaleStep).index(SaleStep.REOPENED)):
        sale.take(SaleStep.REOPENED)
    with refused("StepOutOfOrder", sale=sale.name, missing=tuple(SaleStep).index(SaleStep.MATCHED)):
        sale.take(SaleStep.SIGNED)
    sale.take(SaleStep.MATCHED, SaleStep.SIGNED, SaleStep.REOPENED)
    held = late.sales.sale(sale.stream)
    assert held is not None
    assert (held.reopened, held.done[SaleStep.MATCHED], held.steps) == (True, first, 8)
    for step in (SaleStep.COMPLETED, SaleStep.PAID):
        with refused("StepOutOfOrder", missing=tuple(SaleStep).index(SaleStep.MATCHED)):
            sale.take(step)
    sale.take(SaleStep.MATCHED, SaleStep.COMPLETED, SaleStep.PAID)
    sale.take(SaleStep.REOPENED)
    for step in (SaleStep.VISITED, SaleStep.EFFECTIVE):
        with refused("StepOutOfOrder", missing=tuple(SaleStep).index(SaleStep.MATCHED)):
            sale.take(step, at=LATE - DAY)
    sale.take(SaleStep.RESCINDED)


def test_claimed_times_keep_the_order_too(late: World) -> None:
    """However late a batch is anchored, a step cannot claim to have been before the one it follows."""
    sale = Sale(late, "backdated")
    with refused("StepBackdated", index=0, earliest=1):
        sale.take(SaleStep.OPENED, at=START - timedelta(seconds=int(START.timestamp())))
    sale.take(SaleStep.OPENED, at=START)
    for step in (SaleStep.MATCHED, SaleStep.DISCLOSED, SaleStep.QUALIFIED, SaleStep.SIGNED, SaleStep.COMPLETED):
        with refused("StepBackdated", sale=sale.name, step=tuple(SaleStep).index(step), at=int(START.timestamp()) - 1):
            sale.take(step, at=START - SECOND)
        sale.take(step, at=START)
    sale.take(SaleStep.REOPENED, at=START)
    for step in (SaleStep.MATCHED, SaleStep.RESCINDED):
        with refused("StepBackdated", earliest=int(START.timestamp())):
            sale.take(step, at=START - SECOND)
    sale.take(SaleStep.MATCHED, at=START)
    with refused("StepBackdated"):
        sale.take(SaleStep.REOPENED, at=START - SECOND)
    sale.take(SaleStep.PAID, at=START + HOUR)
    with refused("StepBackdated", earliest=int(START.timestamp()) + 3600):
        sale.take(SaleStep.VISITED, at=START, exempt=Exempt.VISIT)
    with refused("StepBackdated", earliest=int(START.timestamp()) + 3600):
        sale.take(SaleStep.RESCINDED, at=START)


def test_no_step_lies_in_the_future(world: World) -> None:
    sale = Sale(world, "ahead")
    world.at(START + HOUR)
    with refused("StepInFuture", index=0, sale=sale.name, step=0, at=int((START + HOUR + SECOND).timestamp())):
        sale.take(SaleStep.OPENED, at=START + HOUR + SECOND)
    world.at(START + HOUR)
    sale.take(SaleStep.OPENED, at=START + HOUR)


def test_a_slot_holds_four_years(world: World) -> None:
    sale, longest = Sale(world, "long"), timedelta(seconds=(1 << 27) - 2)
    world.at(START + 2 * longest)
    sale.take(SaleStep.OPENED, at=START)
    with refused("StepTooLate", index=0, sale=sale.name, step=1):
        sale.take(SaleStep.MATCHED, at=START + longest + SECOND)
    sale.take(SaleStep.MATCHED, SaleStep.DISCLOSED, SaleStep.QUALIFIED, SaleStep.SIGNED, at=START + longest)
    sale.take(SaleStep.COMPLETED, SaleStep.PAID, at=START + longest)
    held = world.sales.sale(sale.stream)
    assert held is not None
    assert {at for step, at in held.done.items() if step is not SaleStep.OPENED} == {START + longest}
    with refused("StepTooLate"):
        sale.take(SaleStep.RESCINDED, at=START + longest + SECOND)


def test_steps_are_numbered(late: World) -> None:
    sale = Sale(late, "numbered").until(SaleStep.MATCHED)
    for wrong in (1, 2, 4, 65_535):
        write = sale.write(SaleStep.DISCLOSED, number=wrong)
        with refused("NotNextStep", index=0, sale=sale.name, step=2, number=wrong, next=3):
            late.log.record_ahead(ChainWrites(sale_steps=(write,)))


def test_a_batch_says_which_item_is_bad_and_keeps_nothing(late: World) -> None:
    one, other = Sale(late, "batch one"), Sale(late, "batch other")
    items = (one.write(SaleStep.OPENED), other.write(SaleStep.OPENED), one.write(SaleStep.DISCLOSED))
    with refused("StepOutOfOrder", index=2, sale=one.name, step=2, missing=1):
        late.log.record_ahead(ChainWrites(sale_steps=items))
    assert late.sales.sales([one.stream, other.stream]) == (None, None)
    with refused("StepOutOfOrder", index=0, step=1, missing=0):
        Sale(late, "not opened").take(SaleStep.MATCHED)
    for item in (1, 0):
        write = list(sale_step(Sale(late, "nameless").write(SaleStep.OPENED)))
        write[item] = bytes(32)
        with refused("MissingName", index=0):
            late.log._write("recordAhead", ([], [], [], [], [], [tuple(write)]))


def test_steps_and_head_are_all_or_nothing(late: World) -> None:
    sale = Sale(late, "with its head")
    head = Checkpoint("x", 1, *(bytes.fromhex(digest(mark)) for mark in "abc"))
    bad = (sale.write(SaleStep.OPENED), sale.write(SaleStep.SIGNED))
    with refused("StepOutOfOrder", index=1):
        late.log.anchor(head, ChainWrites(sale_steps=bad))
    assert late.log.head() == (0, 0)
    late.log.anchor(head, ChainWrites(sale_steps=bad[:1]))
    assert late.log.head() == (1, 1)
    assert late.sales.sale(sale.stream) is not None


def test_only_the_log_writes(late: World) -> None:
    with refused("NotLog", caller=late.address):
        late.sales._write("record", [])


def test_a_sale_cannot_be_matched_for_ever(late: World) -> None:
    sale = Sale(late, "restless").until(SaleStep.MATCHED)
    again = [SaleStep.REOPENED, SaleStep.MATCHED] * 254
    sale.take(*again, SaleStep.DISCLOSED, at=LATE - DAY)
    held = late.sales.sale(sale.stream)
    assert held is not None
    assert held.steps == 511
    with refused("TooManySteps", index=0, sale=sale.name):
        sale.take(SaleStep.RESCINDED)


def test_a_sale_is_opened_on_terms(late: World) -> None:
    write = SaleStepWrite(digest("s"), digest("l"), SaleStep.OPENED, 1, START)
    with pytest.raises(ValueError, match="on terms"):
        late.log.record_ahead(ChainWrites(sale_steps=(write,)))
