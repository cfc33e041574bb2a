"""``pfl chain account`` and ``deploy``: from an empty directory to contracts that the ledger takes for its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from ledger.bootstrap import close_ledger, open_ledger
from ledger.cli import app
from ledger.cli.common import config_of
from ledger.errors import ChainError, ConfigurationError
from tests.nodes import json_rpc_node


@pytest.fixture(scope="module")
def node() -> Iterator[str]:
    with json_rpc_node("--hardfork", "london", "--gas-limit", "60000000") as url:
        yield url


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PFL_DEPLOYMENT", str(tmp_path / "deployment.json"))
    return tmp_path / "data"


def pfl(*arguments: object) -> Result:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception is not None:
        raise done.exception
    return done


def test_the_account_is_there_before_any_chain_and_stays(data: Path) -> None:
    first = pfl("chain", "account", "--data", data).stdout.strip()
    assert Web3.is_checksum_address(first)
    assert pfl("chain", "account", "--data", data).stdout.strip() == first


def test_contracts_are_deployed_and_the_ledger_opens_on_them(
    data: Path, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PFL_CHAIN_URL", node)
    account = pfl("chain", "account", "--data", data).stdout.strip()
    HTTPProvider(node).make_request(RPCEndpoint("anvil_setBalance"), [account, hex(10**24)])
    deployed = json.loads(pfl("chain", "deploy", "--data", data).stdout)
    assert {"Institutions", "EvidenceLog"} <= deployed.keys()
    ledger = open_ledger(config_of(data))
    try:
        status = ledger.anchor.status()
        assert (status.kind, status.contracts["EvidenceLog"], status.trust) == (
            "json-rpc",
            deployed["EvidenceLog"],
            "self-asserted",
        )
        assert "chain:embedded" not in ledger.stand_ins
    finally:
        close_ledger(ledger)


def test_without_a_chain_it_says_what_to_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PFL_CHAIN_URL", raising=False)
    with pytest.raises(ConfigurationError, match="PFL_CHAIN_URL"):
        pfl("chain", "deploy", "--data", data)
    monkeypatch.setenv("PFL_CHAIN_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("PFL_DEPLOYMENT")
    with pytest.raises(ConfigurationError, match="PFL_DEPLOYMENT"):
        pfl("chain", "deploy", "--data", data)


def test_a_chain_that_is_away_is_named_and_nothing_is_written(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PFL_CHAIN_URL", "http://127.0.0.1:9")
    with pytest.raises(ChainError):
        pfl("chain", "deploy", "--data", data)
    assert not (tmp_path / "deployment.json").exists()
