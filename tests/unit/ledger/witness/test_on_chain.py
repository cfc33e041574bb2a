"""A witness that has an account cosigns for the chain too: what it signs, where that comes from, how it travels."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import to_checksum_address
from typer.testing import CliRunner

from ledger.chain import typed_data
from ledger.cli import app
from ledger.errors import ConfigurationError
from ledger.ports.anchor import WitnessSignature
from ledger.ports.log import Proof
from ledger.ports.witnesses import WitnessError
from ledger.witness import wire
from ledger.witness.book import Book, Page
from ledger.witness.client import open_witnesses
from ledger.witness.directory import CHAIN_KEY, CONFIG, STATE, account, create, open_directory
from ledger.witness.judging import Witness
from ledger.witness.on_chain import LIFETIME, ChainLog
from tests.fakes import PowerCut
from tests.histories import NOW, VKEY, WATCHED, history, serving, witness
from verifier import checkpoint
from verifier.errors import MalformedError

NAME = "custodian.example/witness"
WHERE = ChainLog(31_337, to_checksum_address("0x" + "c0" * 20))
ONE = history()


@pytest.fixture
def custodian(tmp_path: Path) -> Witness:
    return Witness(create(tmp_path / "w", NAME, [replace(WATCHED, chain=WHERE)]), Book(tmp_path / "w" / STATE))


def recovered(signed: WitnessSignature, size: int, where: ChainLog = WHERE) -> str:
    """Return who signed this as the operator's own code and the contract have it."""
    domain = typed_data.Domain(where.chain_id, to_checksum_address(where.contract))
    data = typed_data.cosign(domain, checkpoint.open_note(ONE.note(size), {VKEY}), signed.deadline)
    return str(Account.recover_message(encode_typed_data(full_message=data), signature=signed.signature))


def test_it_signs_what_the_contract_asks_for(custodian: Witness) -> None:
    line, signed = custodian.answer(ONE.submission(0, 5), NOW)
    assert signed is not None
    assert recovered(signed, 5) == signed.witness == custodian.directory.account
    assert recovered(signed, 6) != signed.witness
    assert recovered(signed, 5, replace(WHERE, chain_id=1)) != signed.witness
    assert signed.deadline == datetime.fromtimestamp(NOW, UTC) + timedelta(days=7)
    assert custodian.answer(ONE.submission(5, 5), NOW) == (line, signed)  # whoever asks again gets the same


def test_without_a_contract_or_without_records_there_is_none(custodian: Witness, tmp_path: Path) -> None:
    assert custodian.answer(ONE.submission(0, 0), NOW)[1] is None
    assert witness(tmp_path / "other").answer(ONE.submission(0, 5), NOW)[1] is None


def test_nothing_is_signed_before_the_head_is_on_the_disk(custodian: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[int] = []

    def cut(*_: object) -> None:
        raise PowerCut

    monkeypatch.setattr("ledger.witness.on_chain.cosign", lambda *_: signed.append(1))
    monkeypatch.setattr(Page, "keep", cut)
    with pytest.raises(PowerCut):
        custodian.answer(ONE.submission(0, 5), NOW)
    assert signed == []


def test_it_travels_in_a_header_and_the_body_stays_c2sps(custodian: Witness, tmp_path: Path) -> None:
    told = ONE.submission(0, 5)
    with serving(custodian) as http:
        answer = http.post("/add-checkpoint", content=wire.body(told), headers=wire.headers(told))
        assert answer.text == custodian.add(ONE.submission(5, 5), custodian_time(custodian))
        signed = wire.chain_signature(answer.headers[wire.CHAIN_HEADER])
        assert recovered(signed, 5) == signed.witness
        assert http.get("/health").json()["account"] == signed.witness
        given = asked(str(http.base_url), custodian.directory.vkey, tmp_path)
        assert given is not None
        assert recovered(given, 5) == signed.witness
    with serving(witness(tmp_path / "other")) as http:
        answer = http.post("/add-checkpoint", content=wire.body(told), headers=wire.headers(told))
        assert wire.CHAIN_HEADER not in answer.headers
        assert http.get("/health").json()["account"] is None


def custodian_time(custodian: Witness) -> int:
    with custodian.book.reading() as page:
        head = page.latest(WATCHED.origin)
    assert head is not None
    return head.time


def asked(url: str, vkey: str, root: Path) -> WitnessSignature | None:
    path = root / "witnesses.toml"
    path.write_text(f'[[witness]]\nvkey = "{vkey}"\nurl = "{url}"\n')
    client = open_witnesses(path)
    try:
        return client.cosign(client.all[0], ONE.note(5), 5, Proof((), ()), None).on_chain
    finally:
        client.close()


def test_a_malformed_header_is_the_witnesss_fault(
    custodian: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.witness.server.chain_header", lambda _: "0x00,1,AA==")
    custodian.answer(ONE.submission(0, 5), NOW)
    with serving(custodian) as http, pytest.raises(WitnessError, match="PFL-Chain-Cosignature is not"):
        asked(str(http.base_url), custodian.directory.vkey, tmp_path)


def long(signed: WitnessSignature) -> WitnessSignature:
    return replace(signed, signature=signed.signature + b"\0")


def short(signed: WitnessSignature) -> WitnessSignature:
    return replace(signed, signature=signed.signature[:-1])


@pytest.mark.parametrize("change", [long, short, lambda s: replace(s, witness="0x1"), lambda s: replace(s, witness="")])
def test_only_the_form_is_read(change: Callable[[WitnessSignature], WitnessSignature]) -> None:
    good = WitnessSignature(WHERE.contract, datetime.fromtimestamp(NOW, UTC) + LIFETIME, bytes(range(65)))
    assert wire.chain_signature(wire.chain_header(good)) == good
    with pytest.raises(MalformedError):
        wire.chain_signature(wire.chain_header(change(good)))
    text = f"{good.witness},0,{base64.b64encode(good.signature).decode()}"
    with pytest.raises(MalformedError):
        wire.chain_signature(text)


class TestDirectory:
    def test_the_account_is_made_once_and_kept_like_the_other_key(self, tmp_path: Path) -> None:
        root = tmp_path / "w"
        with pytest.raises(ConfigurationError, match="holds no witness"):
            account(root, "words")
        create(root, NAME, [WATCHED], "words")
        assert open_directory(root, "words").account is None
        made = account(root, "words")
        assert account(root, "words") == made == open_directory(root, "words").account
        assert (root / CHAIN_KEY).stat().st_mode & 0o777 == 0o600
        with pytest.raises(ConfigurationError, match="PFL_WITNESS_PASSPHRASE"):
            account(root, "other")
        (root / CHAIN_KEY).write_bytes((root / "witness.key").read_bytes())
        with pytest.raises(ConfigurationError, match="is not a secp256k1 key"):
            open_directory(root, "words")

    @pytest.mark.parametrize(
        "lines",
        [
            "chain_id = 1",
            f'contract = "{WHERE.contract}"',
            f'chain_id = 0\ncontract = "{WHERE.contract}"',
            f'chain_id = true\ncontract = "{WHERE.contract}"',
            f'chain_id = "1"\ncontract = "{WHERE.contract}"',
            'chain_id = 1\ncontract = "0x00"',
        ],
    )
    def test_where_a_log_is_anchored_is_said_whole(self, tmp_path: Path, lines: str) -> None:
        root = tmp_path / "w"
        create(root, NAME, [WATCHED])
        with (root / CONFIG).open("a") as file:
            file.write(lines + "\n")
        with pytest.raises(ConfigurationError, match="together where a log is anchored"):
            open_directory(root)

    def test_a_contract_without_a_key_is_told(self, tmp_path: Path) -> None:
        root = tmp_path / "w"
        create(root, NAME, [replace(WATCHED, chain=WHERE)])
        (root / CHAIN_KEY).unlink()
        with pytest.raises(ConfigurationError, match="pfl witness account"):
            open_directory(root)
        account(root)
        assert open_directory(root).logs[WATCHED.origin].chain == WHERE

    def test_the_command_makes_both(self, tmp_path: Path) -> None:
        root = str(tmp_path / "w")
        chain = ("--chain-id", "31337", "--contract", WHERE.contract.lower())
        made = CliRunner().invoke(app, ["witness", "init", "--dir", root, "--name", NAME, "--log", VKEY, *chain])
        assert made.exit_code == 0
        told = CliRunner().invoke(app, ["witness", "account", "--dir", root])
        opened = open_directory(tmp_path / "w")
        assert told.stdout.strip() == opened.account
        assert opened.logs[WATCHED.origin].chain == WHERE
