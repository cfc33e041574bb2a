"""The timestamp authorities of an installation, from a TOML file; without one, the development authority alone.

[[authority]]            # the first one also stamps the signatures in PDFs
name = "national-time"
url = "https://tsa.example/tsr"
roots = "national-time.pem"      # trust anchors, beside this file
policy = "1.2.156.1.2.3"         # optional: ask for this one, and take no other
interval_seconds = 3600          # optional: the newest checkpoint, at most this often; 0: every checkpoint

[[authority]]
development = true
"""

import re
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.errors import ConfigurationError
from ledger.ports.outside import TimestampAuthority
from ledger.signing.http_tsa import HttpTSA

_MEMBERS: Final = frozenset({"name", "url", "roots", "policy", "interval_seconds"})
_NEEDED: Final = frozenset({"name", "url", "roots"})
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_LONGEST_NAME: Final = 255


def open_authorities(path: Path, development: Callable[[], TimestampAuthority]) -> tuple[TimestampAuthority, ...]:
    """Read the file; `ConfigurationError` names what to correct."""
    try:
        body = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path.name} cannot be read ({error}): name a TOML file of authorities") from error
    listed = body.get("authority")
    if body.keys() != {"authority"} or not isinstance(listed, list) or not listed:
        raise ConfigurationError(f"{path.name} has to hold one or more tables [[authority]] and nothing else")
    found = tuple(_authority(entry, path, development) for entry in listed)
    if len({each.name for each in found}) != len(found):
        raise ConfigurationError(f"{path.name} names an authority twice")
    return found


def _authority(entry: dict[str, Any], path: Path, development: Callable[[], TimestampAuthority]) -> TimestampAuthority:
    if entry == {"development": True}:
        return development()
    name = entry.get("name", "without a name")
    if entry.keys() - _MEMBERS or _NEEDED - entry.keys():
        raise ConfigurationError(
            f"authority {name}: it has name, url and roots, may have policy and interval_seconds; or development = true"
        )
    interval = entry.get("interval_seconds", 0)
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise ConfigurationError(f"{path.name}: an authority's name has 1 to {_LONGEST_NAME} characters")
    if not isinstance(entry["url"], str) or not entry["url"].startswith(("https://", "http://")):
        raise ConfigurationError(f"authority {name}: its url begins with https:// or http://")
    if type(interval) is not int or interval < 0:
        raise ConfigurationError(f"authority {name}: interval_seconds is a whole number of seconds from 0")
    policy = entry.get("policy")
    if policy is not None and not (isinstance(policy, str) and _OID.fullmatch(policy)):
        raise ConfigurationError(f"authority {name}: its policy is an object identifier such as 1.2.3")
    roots = _roots(path.parent / str(entry["roots"]), name)
    return HttpTSA(name, entry["url"], roots, policy, timedelta(seconds=interval))


def _roots(path: Path, name: str) -> tuple[str, ...]:
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"authority {name}: {path.name} holds no PEM certificates ({error})") from error
    return tuple(each.public_bytes(Encoding.PEM).decode("ascii") for each in found)
