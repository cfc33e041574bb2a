"""``pfl chain members, admit, confirm, …`` on real EVMs: each member with its own key file, nobody alone."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from eth_account import Account
from typer.testing import CliRunner
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from ledger.bootstrap import close_ledger, open_governance, open_ledger
from ledger.chain import EvmGovernance
from ledger.chain.errors import ChainPausedError, ContractRefusedError
from ledger.cli import app
from ledger.cli.common import config_of
from ledger.domain.instants import from_text
from ledger.errors import CallerError, ChainError, ConfigurationError, ConflictError, ForbiddenError, NotFoundError
from ledger.ports.governance import Foreign
from ledger.services import governance
from tests.nodes import json_rpc_node

PASSPHRASE = "correct horse battery staple"
NOBODY = "0x" + "ab" * 32


def pfl(*arguments: object) -> str:
    """Run a command under ``pfl chain``; return what it prints."""
    done = CliRunner().invoke(app, ["chain", *map(str, arguments)])
    if done.exception is not None:
        raise done.exception
    return done.stdout


@dataclass
class Consortium:
    """Operator, custodian and regulator govern, two of three, behind one node; the operator has a data directory."""

    node: HTTPProvider
    root: Path
    accounts: dict[str, str]

    def __call__(self, *arguments: object, by: str = "regulator") -> dict[str, Any]:
        """Act as a member, the operator by its own account, or look with ``--json``."""
        alone = "--json" in arguments or by == "operator"
        key = () if alone else ("--key", self.root / f"{by}.key")
        told: dict[str, Any] = json.loads(pfl(*arguments, *key, "--data", self.root / "data"))
        return told

    def ask(self, method: str, *parameters: object) -> Any:
        return self.node.make_request(RPCEndpoint(method), list(parameters))["result"]

    def account(self, name: str, money: int = 10**20) -> str:
        """Make a key file for somebody."""
        self.accounts[name] = pfl("key", self.root / f"{name}.key").strip()
        self.ask("anvil_setBalance", self.accounts[name], hex(money))
        return self.accounts[name]

    def roles(self, name: str, *at: object) -> list[str]:
        told = {each["address"]: each["roles"] for each in self("members", "--json", *at)["members"]}
        found: list[str] = told[self.accounts[name]]
        return found

    def decided(self, *arguments: object) -> dict[str, Any]:
        """Propose by the custodian, confirm and execute by the regulator."""
        proposal = self(*arguments, by="custodian")["proposal"]
        self("confirm", proposal)
        return self("execute", proposal)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    root = tmp_path_factory.mktemp("consortium")
    with json_rpc_node("--hardfork", "london", "--gas-limit", "60000000") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PFL_CHAIN_URL", url)
        patch.setenv("PFL_DEPLOYMENT", str(root / "deployment.json"))
        patch.setenv("PFL_MEMBER_PASSPHRASE", PASSPHRASE)
        made = Consortium(HTTPProvider(url), root, {})
        made.accounts["operator"] = pfl("account", "--data", root / "data").strip()
        made.ask("anvil_setBalance", made.accounts["operator"], hex(10**24))
        members = [
            f"--member={made.account('custodian')}=witness,governor",
            f"--member={made.account('regulator')}=governor",
        ]
        made("deploy", *members, "--threshold", 2, by="operator")
        yield made


@pytest.fixture
def consortium(deployed: Consortium) -> Iterator[Consortium]:
    snapshot = deployed.ask("evm_snapshot")
    yield deployed
    deployed.ask("evm_revert", snapshot)


def test_members_roles_and_quorum_are_shown(consortium: Consortium) -> None:
    told = consortium("members", "--json")
    assert (told["threshold"], told["governors"], told["paused"]) == (2, 3, False)
    assert [(each["address"], each["roles"]) for each in told["members"]] == [
        (consortium.accounts["operator"], ["operator", "certifier", "assessor", "governor"]),
        (consortium.accounts["custodian"], ["witness", "governor"]),
        (consortium.accounts["regulator"], ["governor"]),
    ]
    shown = pfl("members", "--data", consortium.root / "elsewhere")
    assert consortium.accounts["custodian"] in shown
    assert "2 of 3 governors decide" in shown
    assert not (consortium.root / "elsewhere").exists(), "who only looks needs neither key nor directory"
    early = consortium("members", "--json", "--at", "2020-01-01")
    assert all(each["roles"] == [] for each in early["members"]), "nobody was allowed anything before"


def test_two_of_three_admit_a_member(consortium: Consortium) -> None:
    seller = consortium.account("seller")
    made = consortium("admit", seller, "--role", "seller", "--role", "auditor", by="custodian")
    assert (made["state"], made["counting"], made["needed"], made["ready"]) == ("open", 1, 2, False)
    (act,) = made["acts"]
    assert (act["act"], act["member"], act["roles"], len(act["stream"])) == ("admit", seller, ["seller", "auditor"], 64)
    (listed,) = consortium("proposals", "--json")["proposals"]
    assert listed == made
    shown = pfl("proposals", "--data", consortium.root / "data")
    assert "1 of 2 confirmed it" in shown
    assert f"admit  {seller}  seller, auditor" in shown
    proposal = made["proposal"]
    with pytest.raises(ContractRefusedError, match="1 of the present governors confirmed, 2 must"):
        consortium("execute", proposal)
    with pytest.raises(ContractRefusedError, match="this governor confirmed the proposal already"):
        consortium("confirm", proposal, by="custodian")
    confirmed = consortium("confirm", proposal, by="operator")
    assert (confirmed["counting"], confirmed["ready"]) == (2, True)
    assert confirmed["confirmed_by"] == [consortium.accounts["custodian"], consortium.accounts["operator"]]
    assert consortium("execute", proposal)["state"] == "executed"
    assert consortium.roles("seller") == ["seller", "auditor"]
    with pytest.raises(ContractRefusedError, match="the proposal is done"):
        consortium("execute", proposal)
    assert consortium("proposals", "--json")["proposals"] == []
    assert "nothing is proposed" in pfl("proposals", "--data", consortium.root / "data")
    (ended,) = consortium("proposals", "--json", "--all")["proposals"]
    assert ended["state"] == "executed"
    with pytest.raises(ConflictError, match="a member already: grant it"):
        consortium("admit", seller, "--role", "witness")
    with pytest.raises(ForbiddenError, match=r"a member but no governor \(seller, auditor\)"):
        consortium("threshold", 1, by="seller")


def test_roles_are_granted_and_withdrawn_and_the_past_stays(consortium: Consortium) -> None:
    regulator = consortium.accounts["regulator"]
    before = consortium("members", "--json")["at"]
    consortium.ask("evm_increaseTime", 60)
    consortium.decided("grant", regulator, "--role", "auditor")
    assert consortium.roles("regulator") == ["auditor", "governor"]
    with pytest.raises(ConflictError, match="has that already: auditor, governor"):
        consortium("grant", regulator, "--role", "auditor")
    with pytest.raises(ConflictError, match="does not have that"):
        consortium("revoke", regulator, "--role", "seller")
    (act,) = consortium.decided("revoke", regulator, "--role", "governor", "--role", "seller")["acts"]
    assert act == {"act": "assign", "member": regulator, "roles": ["auditor"]}
    with pytest.raises(ForbiddenError, match="no governor"):
        consortium("pause")
    proposal = consortium("revoke", regulator, by="custodian")["proposal"]
    consortium("confirm", proposal, by="operator")
    consortium("execute", proposal, by="custodian")
    assert consortium.roles("regulator") == []
    assert consortium.roles("regulator", "--at", before.removesuffix("Z").partition(".")[0]) == ["governor"]
    assert f"{regulator}  no role" in pfl("members", "--data", consortium.root / "data")


def test_a_decision_estimated_in_the_second_of_another_has_gas_for_the_next_second(consortium: Consortium) -> None:
    """What the contract keeps of roles takes a slot more in a new second; nodes estimate on the newest block."""
    regulator = consortium.accounts["regulator"]
    consortium.ask("anvil_setBlockTimestampInterval", 0)
    consortium.decided("grant", regulator, "--role", "auditor")
    proposal = consortium("grant", regulator, "--role", "seller", by="custodian")["proposal"]
    consortium("confirm", proposal)
    consortium.ask("anvil_setBlockTimestampInterval", 1)
    assert consortium("execute", proposal)["state"] == "executed"
    consortium.ask("anvil_removeBlockTimestampInterval")


def test_a_key_is_changed_in_one_decision(consortium: Consortium) -> None:
    old, new = consortium.accounts["custodian"], consortium.account("custodian-2")
    streams = {each["address"]: each["stream"] for each in consortium("members", "--json")["members"]}
    consortium.decided("rekey", old, new)
    told = {each["address"]: each for each in consortium("members", "--json")["members"]}
    assert (told[new]["roles"], told[new]["stream"]) == (["witness", "governor"], streams[old])
    assert told[old]["roles"] == []
    with pytest.raises(ForbiddenError, match="no governor"):
        consortium("threshold", 1, by="custodian")
    assert consortium("threshold", 1, by="custodian-2")["state"] == "open"
    with pytest.raises(ConflictError, match="suspended: it has nothing to hand on"):
        consortium("rekey", old, consortium.account("third"))
    with pytest.raises(ConflictError, match="a key that nobody used"):
        consortium("rekey", new, old)


def test_any_governor_pauses_and_only_governance_resumes(consortium: Consortium) -> None:
    with pytest.raises(ConflictError, match="writes are not stopped"):
        consortium("resume")
    assert consortium("pause") == {"paused": True, "by": consortium.accounts["regulator"]}
    with pytest.raises(ChainPausedError):
        consortium("pause", by="custodian")
    assert "WRITES ARE STOPPED" in pfl("members", "--data", consortium.root / "data")
    assert consortium.decided("resume")["acts"] == [{"act": "resume"}]
    assert consortium("members", "--json")["paused"] is False


def test_k_is_changed_but_never_beyond_the_governors(consortium: Consortium) -> None:
    with pytest.raises(ConflictError, match="2 of 3 governors decide already"):
        consortium("threshold", 2)
    with pytest.raises(ContractRefusedError, match="4 of 3 governors could never decide again"):
        consortium.decided("threshold", 4)
    consortium.decided("threshold", 1)
    assert consortium("members", "--json")["threshold"] == 1
    assert consortium("threshold", 3)["state"] == "executed", "one decides: at once"


def test_a_confirmation_is_taken_back(consortium: Consortium) -> None:
    proposal = consortium("threshold", 3, by="custodian")["proposal"]
    consortium("confirm", proposal)
    assert consortium("withdraw", proposal)["confirmed_by"] == [consortium.accounts["custodian"]]
    with pytest.raises(ContractRefusedError, match="no confirmation to take back"):
        consortium("withdraw", proposal)
    with pytest.raises(ContractRefusedError, match="1 of the present governors confirmed"):
        consortium("execute", proposal)


def test_what_expired_is_said_to_have(consortium: Consortium) -> None:
    made = consortium("threshold", 3, by="custodian")
    late = int((from_text(made["expires_at"]) + timedelta(seconds=1)).timestamp())
    consortium.ask("evm_setNextBlockTimestamp", late)
    consortium.ask("evm_mine")
    for act in ("confirm", "execute"):
        with pytest.raises(ContractRefusedError, match="the proposal expired; propose it again"):
            consortium(act, made["proposal"])
    assert consortium("proposals", "--json")["proposals"] == []
    (ended,) = consortium("proposals", "--json", "--all")["proposals"]
    assert (ended["state"], ended["ready"]) == ("expired", False)


def test_who_is_nobody_does_nothing(consortium: Consortium) -> None:
    proposal = consortium("threshold", 3)["proposal"]
    stranger = consortium.account("stranger")
    for act in (("confirm", proposal), ("execute", proposal), ("pause",), ("admit", stranger, "--role", "governor")):
        with pytest.raises(ForbiddenError, match=f"{stranger} is no member"):
            consortium(*act, by="stranger")


@pytest.mark.parametrize("act", ["confirm", "withdraw", "execute"])
def test_a_wrong_proposal_is_named(consortium: Consortium, act: str) -> None:
    with pytest.raises(NotFoundError, match="nobody proposed 0xabab"):
        consortium(act, NOBODY)
    with pytest.raises(CallerError, match="write 0x and 64 hex digits"):
        consortium(act, NOBODY[:-1])


def test_slips_are_caught_before_anything_is_sent(consortium: Consortium) -> None:
    block = consortium.ask("eth_blockNumber")
    proper = consortium.accounts["regulator"]
    slip = proper[:-1] + ("1" if proper[-1] != "1" else "2")
    assert governance.checked(proper.lower()) == proper
    for address, why in ((slip, "has a slip"), (proper[:-1], "is no address"), (proper[2:], "is no address")):
        with pytest.raises(CallerError, match=why):
            consortium("admit", address, "--role", "seller")
    with pytest.raises(CallerError, match="'king' is no role: choose among operator"):
        consortium("grant", proper, "--role", "king")
    with pytest.raises(NotFoundError, match="is no member: have it admitted first"):
        consortium("grant", Account.create().address, "--role", "seller")
    with pytest.raises(CallerError, match="64 lower-case hex digits"):
        consortium("admit", Account.create().address, "--role", "seller", "--stream", "12")
    with pytest.raises(CallerError, match="name a role"):
        consortium("deploy", f"--member={proper}", by="operator")
    assert consortium.ask("eth_blockNumber") == block


def test_a_call_that_we_do_not_know_is_shown_as_it_is(consortium: Consortium) -> None:
    with open_governance(config_of(consortium.root / "data"), acts=True) as found:
        assert isinstance(found, EvmGovernance)
        known = found._contract.set_threshold_call(3)
        found.propose([Foreign(b"\xde\xad\xbe\xef"), Foreign(known), Foreign(known + b"\0")], bytes(32))
    (told,) = consortium("proposals", "--json")["proposals"]
    assert [act["act"] for act in told["acts"]] == ["unknown", "threshold", "unknown"]
    assert told["acts"][0]["call"] == "0xdeadbeef"


def test_an_account_without_money_says_so(consortium: Consortium) -> None:
    poor = consortium.account("poor", money=0)
    consortium.decided("admit", poor, "--role", "governor")
    with pytest.raises(ConfigurationError, match=f"{poor} has no money for gas"):
        consortium("pause", by="poor")


def test_the_operator_acts_in_turn_with_a_service(consortium: Consortium, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = open_ledger(config_of(consortium.root / "data"))
    monkeypatch.setattr(governance, "_PATIENCE_SECONDS", 0.1)
    try:
        now = ledger.clock.now()
        with ledger.log.lease("the service", now, now + timedelta(minutes=1)):
            with pytest.raises(ChainError, match="uses the operator's account"):
                consortium("pause", by="operator")
            assert consortium("pause", by="custodian")["paused"] is True, "a member does not wait for it"
        assert consortium("threshold", 1, by="operator")["state"] == "open"
        with ledger.log.lease("the service", now, now) as mine:
            assert mine, "the turn was given back"
    finally:
        close_ledger(ledger)


def test_without_a_chain_it_says_what_to_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PFL_CHAIN_URL", raising=False)
    monkeypatch.delenv("PFL_DEPLOYMENT", raising=False)
    with pytest.raises(ConfigurationError, match="no embedded chain yet"):
        pfl("members", "--data", tmp_path / "data")
    monkeypatch.setenv("PFL_CHAIN_URL", "http://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match="PFL_DEPLOYMENT"):
        pfl("members", "--data", tmp_path / "data")
    monkeypatch.setenv("PFL_DEPLOYMENT", str(tmp_path / "deployment.json"))
    with pytest.raises(ChainError):
        pfl("members", "--data", tmp_path / "data")


def test_on_the_embedded_chain_the_operator_decides_until_it_shares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process writes that chain: acts wait for the service to stop, looking does not."""
    monkeypatch.delenv("PFL_CHAIN_URL", raising=False)
    data = tmp_path / "data"
    ledger = open_ledger(config_of(data))
    try:
        alone = json.loads(pfl("members", "--json", "--data", data))
        assert (alone["threshold"], alone["governors"], len(alone["members"])) == (1, 1, 1)
        with pytest.raises(ChainError, match="another process uses the chain file"):
            pfl("pause", "--data", data)
    finally:
        close_ledger(ledger)
    custodian = pfl("key", tmp_path / "custodian.key").strip()
    before = datetime.now(UTC) - timedelta(seconds=2)
    admitted = json.loads(pfl("admit", custodian, "--role", "governor", "--data", data))
    assert (admitted["state"], admitted["needed"]) == ("executed", 1)
    assert json.loads(pfl("threshold", 2, "--data", data))["state"] == "executed"
    mine = ("--key", tmp_path / "custodian.key", "--data", data)
    proposal = json.loads(pfl("grant", custodian, "--role", "witness", *mine))["proposal"]
    json.loads(pfl("confirm", proposal, "--data", data))
    assert json.loads(pfl("execute", proposal, *mine))["state"] == "executed"
    told = json.loads(pfl("members", "--json", "--data", data))
    (own,) = (each for each in told["members"] if each["address"] == custodian)
    assert own["roles"] == ["witness", "governor"]
    assert from_text(own["since"]) > before, "blocks are dated when they are made"


class TestKeyFiles:
    def test_a_key_is_made_once_and_for_its_owner(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PFL_MEMBER_PASSPHRASE", raising=False)
        path = tmp_path / "a.key"
        assert governance.checked(pfl("key", path).strip())
        assert (path.stat().st_mode & 0o777, b"BEGIN PRIVATE KEY" in path.read_bytes()) == (0o600, True)
        with pytest.raises(ConfigurationError, match="is there already"):
            pfl("key", path)
        with pytest.raises(ConfigurationError, match="cannot write"):
            pfl("key", tmp_path / "no" / "a.key")

    def test_a_keystore_of_ethereum_serves_too(self, consortium: Consortium) -> None:
        account = Account.from_key(os.urandom(32))
        kept = Account.encrypt(account.key, PASSPHRASE, kdf="pbkdf2", iterations=1000)
        (consortium.root / "keystore.key").write_text(json.dumps(kept))
        with pytest.raises(ForbiddenError, match=f"{account.address} is no member"):
            consortium("pause", by="keystore")

    def test_what_is_no_key_is_named_and_never_shown(
        self, consortium: Consortium, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = consortium.root / "odd.key"
        consortium.account("locked")
        monkeypatch.setenv("PFL_MEMBER_PASSPHRASE", "wrong")
        with pytest.raises(ConfigurationError, match="set PFL_MEMBER_PASSPHRASE"):
            consortium("pause", by="locked")
        kept = Account.encrypt(os.urandom(32), PASSPHRASE, kdf="pbkdf2", iterations=1000)
        for content in ("", "5" * 64, "{", "{}", json.dumps(kept)):
            path.write_text(content)
            with pytest.raises(ConfigurationError, match="cannot be opened"):
                consortium("pause", by="odd")
        path.write_bytes(_p256())
        monkeypatch.delenv("PFL_MEMBER_PASSPHRASE")
        with pytest.raises(ConfigurationError, match="not a key on secp256k1"):
            consortium("pause", by="odd")
        with pytest.raises(ConfigurationError, match="make one with `pfl chain key`"):
            consortium("pause", by="nobody")


def _p256() -> bytes:
    made = ec.generate_private_key(ec.SECP256R1())
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
