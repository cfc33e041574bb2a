"""The composition root wires what the configuration names."""

import json
import socket
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.bootstrap import close_ledger, open_ledger
from ledger.chain.artifacts import CONTRACTS
from ledger.config import from_environment
from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Value
from ledger.errors import ChainError, ConfigurationError
from ledger.services import credentials
from ledger.services.ledger import Ledger
from tests.authority import authority
from tests.devices import SoftWallet
from tests.fakes import SYSTEM, registered

FILE = '[[authority]]\nname = "national-time"\nurl = "{url}"\nroots = "root.pem"\ninterval_seconds = 60\n'


def test_authorities_are_those_of_the_file_and_a_former_stand_in_stays_declared(tmp_path: Path) -> None:
    with authority(tmp_path / "authority") as answering:
        (tmp_path / "root.pem").write_text(answering.roots[0])
        (tmp_path / "authorities.toml").write_text(
            FILE.format(url=answering.url) + "[[authority]]\ndevelopment = true\n"
        )
        named = {"PFL_DATA": str(tmp_path / "data"), "PFL_AUTHORITIES": str(tmp_path / "authorities.toml")}
        both = open_ledger(from_environment(named))
        try:
            assert (both.tsa.name, [each.stand_in for each in both.authorities]) == ("national-time", [True])
            assert "tsa:development" in both.stand_ins
            assert len(both.log.kept_roots()) == 2
        finally:
            close_ledger(both)
        (tmp_path / "authorities.toml").write_text(FILE.format(url=answering.url))
        one = open_ledger(from_environment(named))
        try:
            assert one.authorities == ()
            assert "tsa:development" in one.stand_ins, "its tokens are still in bundles"
            root = x509.load_pem_x509_certificate(answering.roots[0].encode()).public_bytes(Encoding.DER)
            assert root in one.log.kept_roots()
        finally:
            close_ledger(one)
        fresh = open_ledger(from_environment({**named, "PFL_DATA": str(tmp_path / "fresh")}))
        try:
            assert "tsa:development" not in fresh.stand_ins
        finally:
            close_ledger(fresh)


@pytest.mark.parametrize("name", ["PFL_CONFIRMATIONS", "PFL_MAX_GWEI"])
def test_limits_of_the_chain_are_whole_numbers(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is '-1'"):
        from_environment({name: "-1"})


def test_a_wallet_is_registered_while_the_chain_is_away(tmp_path: Path) -> None:
    addresses = {
        name: {"address": "0x" + "1" * 40, "block": 1, "transaction": "", "artifact": ""} for name in CONTRACTS
    }
    deployment = tmp_path / "deployment.json"
    deployment.write_text(json.dumps({"v": 1, "chains": {"4242": addresses}}))
    with socket.socket() as taken:  # bound, and never listening: nobody answers here
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        named = {"PFL_DATA": str(tmp_path / "data"), "PFL_CHAIN_URL": url, "PFL_DEPLOYMENT": str(deployment)}
        ledger = open_ledger(from_environment(named))
        try:
            with pytest.raises(ChainError):
                ledger.anchor.status()
            with ledger.store.transaction() as tx:
                stream, now = tx.create(Stream.INVESTOR), ledger.clock.now()
                verified = Draft("investor.identity_verified", stream, stream, SYSTEM, now, {"method": "mobile_code"})
                tx.append([registered(stream, now), verified], now)
            wallet = SoftWallet()
            done = _registered(ledger, stream, wallet)
            assert done["key"] == wallet.account.address.lower().removeprefix("0x")
            with ledger.store.snapshot() as reader:
                held = credentials.find(reader, stream, str(done["record"])).fields["credential"]
            assert isinstance(held, dict)
            assert held["chain_id"] == 4242
            deployment.write_text(json.dumps({"v": 1, "chains": {"4242": addresses, "7": addresses}}))
            with pytest.raises(ChainError, match="does not answer"):
                _registered(ledger, stream, SoftWallet())
        finally:
            close_ledger(ledger)


def _registered(ledger: Ledger, stream: str, wallet: SoftWallet) -> dict[str, Value]:
    actor = Actor(stream, Role.INVESTOR)
    with ledger.store.transaction() as tx:
        asked = credentials.challenge(ledger, tx, actor, stream=stream, suite=wallet.suite)
        request = asked["request"]
        assert isinstance(request, dict)
        name, answer = str(asked["challenge"]), wallet.register(request)
        return credentials.register(ledger, tx, actor, stream=stream, challenge=name, answer=answer)
