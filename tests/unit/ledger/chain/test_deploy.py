"""The deployment file, and units between ledger and EVM."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from eth_utils import to_checksum_address

from ledger.chain import deploy, open_rpc
from ledger.chain.artifacts import CONTRACTS
from ledger.chain.units import instant, seconds, seconds_up, text, untext, word
from ledger.errors import ChainError, ConfigurationError

HERE = deploy.Deployment(
    4242,
    MappingProxyType(
        {
            name: deploy.Deployed(to_checksum_address(bytes([number + 1]) * 20), number, f"{number:064x}", "ab" * 32)
            for number, name in enumerate(CONTRACTS)
        }
    ),
)


def test_a_deployment_comes_back_as_written_and_keeps_other_chains(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    other = replace(HERE, chain_id=7)
    deploy.write(path, HERE)
    deploy.write(path, other)
    assert deploy.read(path, 4242) == HERE
    assert deploy.read(path, 7) == other
    assert [each.name for each in tmp_path.iterdir()] == ["deployment.json"], "no temporary file stays"


def test_the_only_chain_of_a_file_is_known_without_a_node(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    deploy.write(path, HERE)
    assert deploy.only_chain(path) == 4242
    deploy.write(path, replace(HERE, chain_id=7))
    assert deploy.only_chain(path) is None


@pytest.mark.parametrize("content", ['{"chains": {}}', '{"chains": {"here": {}}}', '{"chains": {"²": {}}}'])
def test_a_file_that_names_no_chain_has_no_only_one(tmp_path: Path, content: str) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(content)
    assert deploy.only_chain(path) is None


def test_a_chain_that_the_file_does_not_know_is_named(tmp_path: Path) -> None:
    deploy.write(tmp_path / "deployment.json", HERE)
    with pytest.raises(ConfigurationError, match="no contracts on chain 1; run"):
        deploy.read(tmp_path / "deployment.json", 1)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"v": 1}', '{"chains": 3}', '{"chains": {"4242": {}}}'])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="run `pfl chain deploy`"):
        deploy.read(path, 4242)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.json is not a deployment file"):
        deploy.read(tmp_path / "nowhere.json", 4242)


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    path.write_text("{")
    with pytest.raises(ConfigurationError):
        deploy.write(path, HERE)
    assert path.read_text() == "{"


def test_an_entry_with_unknown_members_is_refused() -> None:
    body = json.loads(json.dumps(deploy.to_json(HERE)))
    body["EvidenceLog"]["proxy"] = "0x"
    with pytest.raises(ConfigurationError, match="incomplete"):
        deploy.from_json(4242, body)


def test_nobody_at_the_address_is_a_chain_error(tmp_path: Path) -> None:
    deploy.write(tmp_path / "deployment.json", HERE)
    with pytest.raises(ChainError, match="records are safe"):
        open_rpc("http://127.0.0.1:9", operator_key=b"\1" * 32, deployment=tmp_path / "deployment.json")


def test_beginnings_round_up_and_ends_round_down() -> None:
    whole = datetime(2026, 5, 1, tzinfo=UTC)
    part = whole + timedelta(microseconds=1)
    assert seconds(whole) == seconds_up(whole) == int(whole.timestamp())
    assert (seconds(part), seconds_up(part)) == (int(whole.timestamp()), int(whole.timestamp()) + 1)
    assert instant(seconds(part)) == whole


def test_names_fit_or_are_refused() -> None:
    assert untext(text("cn_private_fund")) == "cn_private_fund"
    assert text("eip712-secp256k1", 16) == b"eip712-secp256k1"
    for bad in ("", "x" * 17):
        with pytest.raises(ValueError, match="does not fit"):
            text(bad, 16)
    for short in ("", "ab", "ab" * 33):
        with pytest.raises(ValueError, match="not 64 hex digits"):
            word(short)
