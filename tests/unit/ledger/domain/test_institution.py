from dataclasses import replace

from ledger.domain.instants import to_text
from ledger.domain.institution import Qualification, fold
from tests.unit.ledger.domain.make import Story, at, leaf


def test_each_persons_latest_qualification_counts() -> None:
    story = Story()
    story.tell("staff.qualified", {"staff": "a", "certificate": "A1", "valid_until": to_text(at(10))})
    story.tell("staff.qualified", {"staff": "b", "certificate": "B1", "valid_until": to_text(at(20))})
    story.tell("staff.qualified", {"staff": "a", "certificate": "A2", "valid_until": to_text(at(30))})
    assert dict(fold(story.events)) == {
        "a": Qualification(leaf(2), "A2", at(30)),
        "b": Qualification(leaf(1), "B1", at(20)),
    }


def test_what_is_withheld_qualifies_nobody() -> None:
    story = Story()
    told = story.tell("staff.qualified", {"staff": "a", "certificate": "A1", "valid_until": to_text(at(10))})
    appointed = story.tell("staff.appointed", {"staff": "b", "role": "sales"})
    assert not fold([replace(told, withheld=True, fields={}), appointed])
