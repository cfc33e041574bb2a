"""What can be said of the consortium's configuration without running it."""

import json
import re
import tomllib
from pathlib import Path

from scripts.edge_network import CHAIN_ID, Network, Validator
from verifier import trust

BESU = Path(__file__).parents[3] / "docs" / "deploy" / "besu"


def test_the_pins_of_a_network_are_a_trust_file() -> None:
    validators = [Validator(Path("edge"), Path(f"v{n}"), f"{n:040x}", "id", (n, n, n)) for n in range(1, 5)]
    pins = Network(Path("genesis.json"), validators).pins("0x" + "Ab" * 20)
    parsed = trust.parse(json.dumps(pins).encode())
    assert parsed.contracts == frozenset({"ab" * 20})
    assert parsed.validators_at(CHAIN_ID, 7) == {n.to_bytes(20, "big") for n in range(1, 5)}


def test_no_validator_listens_but_on_loopback() -> None:
    one = Validator(Path("edge"), Path("v1"), "00" * 20, "id", (1, 2, 3))
    assert one.url == "http://127.0.0.1:2"
    assert not one.running


def test_besus_genesis_is_london_without_fees_and_has_four_validators() -> None:
    body = json.loads((BESU / "qbft-config.json").read_text("utf-8"))
    config = body["genesis"]["config"]
    assert config["londonBlock"] == 0
    assert config["zeroBaseFee"] is True
    assert not {"shanghaiTime", "cancunTime"} & config.keys()
    assert body["genesis"]["mixHash"].removeprefix("0x") == b"ctical byzantine fault tolerance".hex()
    assert body["blockchain"]["nodes"]["count"] == 4


def test_besus_peers_are_those_of_the_compose_file_and_rpc_is_on_loopback() -> None:
    compose = (BESU / "compose.yaml").read_text("utf-8")
    peers = tomllib.loads((BESU / "permissions_config.toml").read_text("utf-8"))["nodes-allowlist"]
    addresses = re.findall(r"ipv4_address: (\S+)", compose)
    assert len(set(addresses)) == len(re.findall(r"^  validator\d:$", compose, re.MULTILINE)) == 4
    assert [re.sub(r".*@|:30303", "", peer) for peer in peers] == addresses
    assert re.findall(r"ports: \[(.*)\]", compose) == ['"127.0.0.1:8545:8545"']
    config = tomllib.loads((BESU / "config.toml").read_text("utf-8"))
    assert config["permissions-nodes-config-file-enabled"] is True
