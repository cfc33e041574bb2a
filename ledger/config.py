"""Settings: environment variables ``PFL_*`` over defaults that just work; those are development ones and say so."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ledger.errors import ConfigurationError

DEFAULT_INSTITUTION = "示范基金销售有限公司（开发环境）"
_BROWSERS = frozenset(
    f"{scheme}:"
    for scheme in "about blob chrome data file filesystem ftp http https intent javascript mailto sms tel vbscript"
    " view-source ws wss".split()
)
_LEVELS = ("debug", "info", "warning", "error")
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the service may be told from outside."""

    data: Path
    passphrase: str | None = None
    institution: str = DEFAULT_INSTITUTION
    origin: str = "pfl.development/log"
    chain_url: str | None = None
    deployment: Path | None = None
    simulated_clock: bool = False
    development: bool = False
    allow_unconfirmed: bool = True
    policy: Path | None = None
    interval_ms: int = 1000
    witnesses: Path | None = None
    confirmations: int = 0
    max_gwei: int = 1000
    authorities: Path | None = None
    site: str = "http://localhost:8000"
    embedders: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    log_level: str = "info"

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """Name the development parts in use; every report lists them."""
        names = ["identity:one-time-code-outbox", "ca:development"]
        if self.authorities is None:
            names.append("tsa:development")
        if self.chain_url is None:
            names.append("chain:embedded")
        if self.simulated_clock:
            names.append("clock:simulated")
        if self.passphrase is None:
            names.append("keys:development-passphrase")
        return tuple(sorted(names))


def from_environment(environ: Mapping[str, str] | None = None) -> Config:
    """Read ``PFL_*``; `ConfigurationError` names a variable that is unknown or cannot be read."""
    env = os.environ if environ is None else environ
    known = {
        "PFL_DATA",
        "PFL_PASSPHRASE",
        "PFL_INSTITUTION",
        "PFL_ORIGIN",
        "PFL_CHAIN_URL",
        "PFL_DEPLOYMENT",
        "PFL_SIMULATED_CLOCK",
        "PFL_DEVELOPMENT",
        "PFL_ALLOW_UNCONFIRMED",
        "PFL_POLICY",
        "PFL_INTERVAL_MS",
        "PFL_CONFIRMATIONS",
        "PFL_MAX_GWEI",
        "PFL_AUTHORITIES",
        "PFL_SITE",
        "PFL_EMBEDDERS",
        "PFL_RETURN_TO",
        "PFL_FONT_DIR",
        "PFL_LOG_LEVEL",
        "PFL_WITNESSES",
        "PFL_WITNESS_PASSPHRASE",
        "PFL_MEMBER_PASSPHRASE",
    }
    if unknown := sorted(name for name in env if name.startswith("PFL_") and name not in known):
        raise ConfigurationError(f"unknown setting {unknown[0]}: known are {', '.join(sorted(known))}")
    default = Config(Path(env.get("PFL_DATA", "pfl-data")))
    return Config(
        data=default.data,
        passphrase=env.get("PFL_PASSPHRASE") or None,
        institution=env.get("PFL_INSTITUTION", default.institution),
        origin=env.get("PFL_ORIGIN", default.origin),
        chain_url=env.get("PFL_CHAIN_URL") or None,
        deployment=_path(env, "PFL_DEPLOYMENT"),
        simulated_clock=_flag(env, "PFL_SIMULATED_CLOCK", default=False),
        development=_flag(env, "PFL_DEVELOPMENT", default=False),
        allow_unconfirmed=_flag(env, "PFL_ALLOW_UNCONFIRMED", default=True),
        policy=_path(env, "PFL_POLICY"),
        witnesses=_path(env, "PFL_WITNESSES"),
        interval_ms=_whole(env, "PFL_INTERVAL_MS", default.interval_ms, 10, 60_000),
        confirmations=_whole(env, "PFL_CONFIRMATIONS", default.confirmations, 0, 10_000),
        max_gwei=_whole(env, "PFL_MAX_GWEI", default.max_gwei, 0, 10**9),
        authorities=_path(env, "PFL_AUTHORITIES"),
        site=_site(env.get("PFL_SITE") or default.site),
        embedders=tuple(_site(origin, "PFL_EMBEDDERS") for origin in env.get("PFL_EMBEDDERS", "").split()),
        returns=tuple(_way_back(place) for place in env.get("PFL_RETURN_TO", "").split()),
        log_level=_level(env.get("PFL_LOG_LEVEL") or default.log_level),
    )


def _level(name: str) -> str:
    if name not in _LEVELS:
        raise ConfigurationError(f"PFL_LOG_LEVEL is {name!r}: write one of {', '.join(_LEVELS)}")
    return name


def _site(origin: str, name: str = "PFL_SITE") -> str:
    """Return the public origin of the pages: HTTPS, or HTTP on this machine, without a path."""
    parts = urlsplit(origin)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
    if not secure or f"{parts.scheme}://{parts.netloc}" != origin or "@" in parts.netloc:
        raise ConfigurationError(f"{name} is {origin!r}: write an origin such as https://fund.example, without a path")
    return origin


def _way_back(place: str) -> str:
    """Return an origin, or an app's own scheme such as ``fundapp:``; a scheme that browsers act on is none."""
    if not place.endswith(":"):
        return _site(place, "PFL_RETURN_TO")
    if not re.fullmatch(r"[a-z][a-z0-9+.-]{2,31}:", place) or place in _BROWSERS:
        raise ConfigurationError(
            f"PFL_RETURN_TO has {place!r}: write an origin such as https://app.example, or an app's scheme (fundapp:)"
        )
    return place


def _path(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    return Path(value) if value else None


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = env.get(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ConfigurationError(f"{name} is {value!r}: write true or false")


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = env.get(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdecimal() or not low <= int(value) <= high:
        raise ConfigurationError(f"{name} is {value!r}: write a whole number from {low} to {high}")
    return int(value)
