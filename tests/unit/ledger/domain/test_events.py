import pytest

from ledger.domain.events import Event, Ref, Value
from tests.unit.ledger.domain.make import Story, leaf


def event(value: Value) -> Event:
    return Story().tell("consent.given", {"x": value})


def test_an_event_names_itself_by_its_leaf() -> None:
    assert event(1).ref("proof") == Ref("proof", leaf(0))


def test_a_field_is_read_as_what_it_is() -> None:
    assert event("C3").text("x") == "C3"
    assert event(7).integer("x") == 7
    assert event(value=True).flag("x") is True
    assert event(value=False).flag("x") is False
    assert event(["a", "b"]).texts("x") == ("a", "b")
    assert event([]).texts("x") == ()


@pytest.mark.parametrize(
    ("reader", "form", "values"),
    [
        ("text", "a string", [None, True, 1, [], {}]),
        ("integer", "an integer", [None, True, "1", [], {}]),
        ("flag", "true or false", [None, 1, 0, "true", [], {}]),
        ("texts", "a list of strings", [None, True, 1, "a", {}, [1], ["a", None]]),
    ],
)
def test_a_field_of_another_form_is_named_with_its_record(reader: str, form: str, values: list[Value]) -> None:
    for value in values:
        with pytest.raises(TypeError, match=rf"^consent\.given at abababab…/0: field x is not {form}$"):
            getattr(event(value), reader)("x")


@pytest.mark.parametrize("reader", ["text", "integer", "flag", "texts"])
def test_an_absent_field_is_an_error(reader: str) -> None:
    with pytest.raises(KeyError, match="absent"):
        getattr(event(1), reader)("absent")
