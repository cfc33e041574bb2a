"""What `forge coverage` does not tell, and how its report is read."""

from pathlib import Path

from scripts import contract_coverage
from scripts.contract_coverage import Reached

_PATH = "contracts/Some.sol"
_SOURCE = """contract Some {
    /// 合格投资者
    function f(uint256 a, bool b) external pure returns (uint256) {
        if (a > 1 && b) return 2;
        return a == 0 ? 7 : a;
    }
}
"""


def _place(text: str) -> tuple[int, int]:
    return len(_SOURCE[: _SOURCE.index(text)].encode()), len(text.encode())


def _name(name: str) -> dict[str, object]:
    offset, length = _place(name)
    return {"nodeType": "Identifier", "src": f"{offset}:{length}:0"}


def test_each_side_of_a_condition_is_asked_by_itself() -> None:
    both = {"nodeType": "BinaryOperation", "operator": "||", "leftExpression": _name("a > 1"), "rightExpression": {}}
    both["rightExpression"] = {"nodeType": "TupleExpression", "components": [_name("b)")]}
    tree = {"nodes": [{"nodeType": "IfStatement", "condition": both}, {"nodeType": "ForStatement", "condition": None}]}
    assert list(contract_coverage._asked(tree)) == [_place("a > 1"), _place("b)")]
    alone = {"nodeType": "IfStatement", "condition": _name("a > 1")}
    assert list(contract_coverage._asked(alone)) == [], "forge tells both ways of an `if` by itself"
    assert list(contract_coverage._asked({**alone, "nodeType": "WhileStatement"})) == [_place("a > 1")]


def test_the_marked_copy_keeps_its_lines_and_the_report_is_told_in_their_words(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / _PATH).write_text(_SOURCE, "utf-8")
    places = contract_coverage._marked(tmp_path, _PATH, [_place("a > 1"), _place("a == 0")])
    marked = (tmp_path / _PATH).read_text("utf-8").splitlines()
    assert marked[3] == "        if (HeldSome._2(a > 1) && b) return 2;"
    assert marked[4] == "        return HeldSome._3(a == 0) ? 7 : a;"
    first, second = places
    assert [marked[line - 1].split("(")[0] for line in places] == ["function _2", "function _3"]
    report = tmp_path / "lcov.info"
    rows = [
        f"BRDA:{first},0,0,4",
        f"BRDA:{first},0,1,-",
        f"BRDA:{second},1,0,0",
        f"BRDA:{second},1,1,2",
        f"DA:{first},0",
    ]
    rows = ["SF:contracts/Other.sol", "DA:4,0", f"SF:{_PATH}", "DA:4,3", "DA:5,0", "BRDA:4,2,0,0", *rows]
    report.write_text("\n".join(rows), "utf-8")
    missed = [
        f"{_PATH}:5 is not reached",
        f"{_PATH}:4 way 0 of the branch is not taken",
        f"{_PATH}:4 `a > 1` is never false",
        f"{_PATH}:5 `a == 0` is never true",
    ]
    assert dict(contract_coverage._read(report, {_PATH: places})) == {_PATH: Reached(2, 5, missed)}
