import json
import runpy
import sys
from pathlib import Path

import pytest

from verifier import trust
from verifier.__main__ import main
from verifier.errors import MalformedError
from verifier.verify import RECIPE

VECTORS = Path(__file__).parents[2] / "vectors"
WHOLE = VECTORS / "good" / "whole_sale" / "evidence.json"


def test_a_good_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(WHOLE)]) == 0
    out = capsys.readouterr().out
    assert "✓  7. Every record is in both trees · 每条记录均在两棵树中: holds" in out
    assert out.endswith("verdict: holds\n")


def test_a_bad_one_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(VECTORS / "bad_inclusion_sm3" / "evidence.json")]) == 1
    out = capsys.readouterr().out
    assert "✗  7." in out
    assert "[root_mismatch]" in out
    assert out.endswith("verdict: fails, first at step 7\n")


def test_an_undecided_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(VECTORS / "undecided_no_anchor" / "evidence.json"), "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["exit_code"]) == ("undecided", 2)
    assert {step["key"]: step for step in report["steps"]}["anchors"]["evidence"]["indexes"]


def test_a_report_is_one_step_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(VECTORS / "good" / "report" / "report.pdf"), "--json", "--record", "a"]) == 0
    assert [s["number"] for s in json.loads(capsys.readouterr().out)["steps"]] == list(range(1, len(RECIPE) + 2))


def test_pins(capsys: pytest.CaptureFixture[str]) -> None:
    folder = VECTORS / "good" / "pinned"
    assert main([str(folder / "evidence.json"), "--trust", str(folder / "trust.json")]) == 0
    assert "pinned and found: log, contracts" in capsys.readouterr().out
    folder = VECTORS / "bad_pin"
    assert main([str(folder / "evidence.json"), "--trust", str(folder / "trust.json")]) == 1


def test_one_record_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(WHOLE), "--json", "--record", ""]) == 0
    everything = json.loads(capsys.readouterr().out)["records"]
    leaf = everything[0]["leaf"]
    assert main([str(WHOLE), "--record", leaf[:20]]) == 0
    shown = capsys.readouterr().out
    assert f'"leaf": "{leaf}"' in shown
    assert everything[0]["disclosed"]["name"] in shown


def test_what_does_not_hold_is_not_shown_as_if_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(VECTORS / "bad_disclosure_value" / "evidence.json"), "--json", "--record", ""])
    shown = json.loads(capsys.readouterr().out)["records"]
    assert sum(str(found["disclosed"]).startswith("not shown") for found in shown) == 1
    main([str(VECTORS / "bad_record_member" / "evidence.json"), "--json", "--record", ""])
    assert len(json.loads(capsys.readouterr().out)["records"]) == len(shown) - 1
    main([str(VECTORS / "bad_truncated" / "evidence.json"), "--json", "--record", ""])
    assert json.loads(capsys.readouterr().out)["records"] == []


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "absent.json")]) == 3
    assert "No such file" in capsys.readouterr().err
    bad = tmp_path / "trust.json"
    bad.write_text("[]")
    assert main([str(WHOLE), "--trust", str(bad)]) == 3
    assert "a trust file has some of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        b"[]",
        b"\xff",
        b'{"keys":[]}',
        b'{"log":"x"}',
        b'{"log":[]}',
        b'{"log":[1]}',
        b'{"seal":["0x00"]}',
        b"[" * 100_000,
        b" " * 1_100_000,
    ],
)
def test_a_trust_file_has_one_form(data: bytes) -> None:
    with pytest.raises(MalformedError):
        trust.parse(data)


def test_it_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["verifier", str(WHOLE)])
    monkeypatch.delitem(sys.modules, "verifier.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("verifier", run_name="__main__")
    assert caught.value.code == 0
    assert "verdict: holds" in capsys.readouterr().out
