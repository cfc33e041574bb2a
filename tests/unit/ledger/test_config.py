"""Settings: what is known, what is read, what is refused with its name."""

from pathlib import Path

import pytest

from ledger.config import from_environment
from ledger.errors import ConfigurationError


def test_defaults_are_development_ones_and_say_so() -> None:
    config = from_environment({})
    assert config.data == Path("pfl-data")
    assert config.stand_ins == (
        "ca:development",
        "chain:embedded",
        "identity:one-time-code-outbox",
        "keys:development-passphrase",
        "tsa:development",
    )


def test_every_setting_is_read() -> None:
    config = from_environment(
        {
            "PFL_DATA": "somewhere",
            "PFL_PASSPHRASE": "long and secret",
            "PFL_INSTITUTION": "某机构",
            "PFL_ORIGIN": "example.org/log",
            "PFL_CHAIN_URL": "http://127.0.0.1:8545",
            "PFL_DEPLOYMENT": "chain.json",
            "PFL_SIMULATED_CLOCK": "yes",
            "PFL_DEVELOPMENT": "on",
            "PFL_ALLOW_UNCONFIRMED": "no",
            "PFL_POLICY": "policy",
            "PFL_INTERVAL_MS": "250",
            "PFL_RETURN_TO": "https://app.example fundapp:",
            "PFL_LOG_LEVEL": "error",
            "HOME": "ignored",
        }
    )
    assert (config.data, config.passphrase, config.institution) == (Path("somewhere"), "long and secret", "某机构")
    assert (config.chain_url, config.deployment) == ("http://127.0.0.1:8545", Path("chain.json"))
    assert (config.simulated_clock, config.development, config.allow_unconfirmed) == (True, True, False)
    assert (config.policy, config.interval_ms, config.origin) == (Path("policy"), 250, "example.org/log")
    assert config.log_level == "error"
    assert config.returns == ("https://app.example", "fundapp:")
    assert "clock:simulated" in config.stand_ins
    assert not {"chain:embedded", "keys:development-passphrase"} & set(config.stand_ins)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PFL_DTAA", "x", "unknown setting PFL_DTAA"),
        ("PFL_RETURN_TO", "https://app.example/path", "PFL_RETURN_TO is 'https://app.example/path': write an origin"),
        ("PFL_RETURN_TO", "fundapp: javascript:", "PFL_RETURN_TO has 'javascript:'"),
        ("PFL_RETURN_TO", "Fund-App:", "PFL_RETURN_TO has 'Fund-App:'"),
        ("PFL_LOG_LEVEL", "INFO", "write one of debug, info, warning, error"),
        ("PFL_SIMULATED_CLOCK", "perhaps", "write true or false"),
        ("PFL_INTERVAL_MS", "9", "from 10 to 60000"),
        ("PFL_INTERVAL_MS", "60001", "from 10 to 60000"),
        ("PFL_INTERVAL_MS", "1e3", "from 10 to 60000"),
        ("PFL_INTERVAL_MS", "١٠٠", "from 10 to 60000"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        from_environment({name: value})
