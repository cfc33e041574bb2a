import inspect

import pytest

from ledger import errors
from ledger.errors import CallerError, IntegrityError, LedgerError, OperatorError, RefusedError

FAMILY = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, LedgerError)]


@pytest.mark.parametrize("kind", FAMILY)
def test_every_error_has_its_own_code_and_belongs_to_someone(kind: type[LedgerError]) -> None:
    assert [other for other in FAMILY if other.code == kind.code] == [kind]
    assert kind.__name__.endswith("Error")
    assert kind is LedgerError or issubclass(kind, CallerError | OperatorError | IntegrityError)


@pytest.mark.parametrize("kind", [kind for kind in FAMILY if not issubclass(kind, RefusedError)])
def test_an_error_carries_both_sentences_and_its_evidence(kind: type[LedgerError]) -> None:
    error = kind("send it again", "请重新发送", size=3)
    assert (str(error), error.message, error.zh) == ("send it again", "send it again", "请重新发送")
    assert error.evidence == {"size": 3}


def test_without_a_chinese_sentence_the_english_one_stands() -> None:
    assert LedgerError("send it again").zh == "send it again"


def test_a_refusal_carries_its_findings() -> None:
    error = RefusedError("not yet", "还不行", findings=("a", "b"), step="visit")
    assert (error.findings, error.evidence, error.code) == (("a", "b"), {"step": "visit"}, "refused_by_rule")
