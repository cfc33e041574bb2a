"""Read a ruleset: files in, checked parameters out. Strict, without defaults; the digest covers every byte."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from ledger.rules import layers, parsing
from ledger.rules.canonical import text_files
from ledger.rules.errors import RulesetError
from ledger.rules.values import Parameter, Source

PACKAGED = Path(__file__).parent.parent / "rulesets"
POLICY = "policy"
DRAFTS = "drafts"
ADDRESS = re.compile(
    r"(?P<jurisdiction>[a-z]+)/(?P<norm>[a-z0-9_]+)/(?P<article>art[0-9]+[a-z]?|unnumbered)_[a-z0-9_]+\.toml"
)
ARTICLE = re.compile(r"[0-9]+[A-Z]?")
MORE_SOURCES = re.compile(r"(policy|drafts)/[^/]+/sources\.toml")
POLICY_ADDRESS = re.compile(r"policy/[a-z0-9_]+/(?P<rest>[a-z0-9_/]+)\.toml")


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All files with their digest, what they say, and which policy file restricts which law file."""

    files: Mapping[str, str]
    digest: str
    sources: Mapping[str, Source]
    parameters: Mapping[str, Parameter]
    overlays: Mapping[str, Parameter]


def read(path: Path | None = None, *, policy: Path | None = None) -> dict[str, str]:
    """Read the law under ``path`` (default: packaged) and one policy folder (default: ``policy/default`` in it)."""
    root = PACKAGED if path is None else path
    folder = root / POLICY / "default" if policy is None else policy
    if not folder.is_dir():
        raise RulesetError("is not a folder: name the institution's policy folder", file=str(folder))
    files = {name: text for name, text in texts(root) if not name.startswith((f"{POLICY}/", f"{DRAFTS}/"))}
    return files | {f"{POLICY}/{folder.name}/{name}": text for name, text in texts(folder)}


def parse(files: Mapping[str, str], *, drafts: Collection[str] = ()) -> Ruleset:
    """Check files that are already text, such as those of an evidence bundle; ``drafts`` names those not law yet."""
    for name in ("units.toml", "sources.toml"):
        if name not in files:
            raise RulesetError("is missing", file=name)
    units = parsing.units("units.toml", files["units.toml"])
    sources: dict[str, Source] = {}
    for name in ["sources.toml", *sorted(n for n in files if MORE_SOURCES.fullmatch(n))]:
        found = parsing.sources(name, files[name], _statuses(name, drafts))
        if twice := sorted(set(found) & set(sources)):
            raise RulesetError("is a norm of the law already", file=name, key=twice[0])
        sources |= found
    parameters: dict[str, Parameter] = {}
    for name in sorted(files):
        if name == "units.toml" or name.split("/")[-1] == "sources.toml":
            continue
        key = _key(name)
        if key in parameters:
            raise RulesetError(f"{parameters[key].file} says the same", file=name)
        parameters[key] = parsing.parameter(key, name, files[name], units, sources, _statuses(name, drafts))
        _check_address(parameters[key])
    return Ruleset(
        MappingProxyType(dict(files)),
        sha256(text_files(files)).hexdigest(),
        MappingProxyType(sources),
        MappingProxyType(parameters),
        MappingProxyType(_overlays(parameters)),
    )


def _statuses(name: str, drafts: Collection[str]) -> tuple[str, ...]:
    return (*parsing.STATUSES, parsing.DRAFT) if name in drafts else parsing.STATUSES


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Read every TOML file under a folder as (path in it, text); `RulesetError` for one that is not UTF-8."""
    for file in sorted(root.rglob("*.toml")):
        name = file.relative_to(root).as_posix()
        try:
            yield name, file.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise RulesetError("is not UTF-8 text", file=name) from error


def _key(name: str) -> str:
    if match := POLICY_ADDRESS.fullmatch(name):
        return f"{POLICY}/{match['rest']}"
    if ADDRESS.fullmatch(name):
        return name.removesuffix(".toml")
    raise RulesetError(
        "is not an address: write jurisdiction/norm/artNN_topic.toml or policy/name/topic.toml", file=name
    )


def _check_address(parameter: Parameter) -> None:
    match = ADDRESS.fullmatch(parameter.file)
    if match is None or parameter.file.startswith(f"{POLICY}/"):
        return
    if parameter.restricts is not None:
        raise RulesetError("only policy restricts the law", file=parameter.file, key="restricts")
    for value in parameter.values:
        said = value.citation.article
        article = f"art{said.lower()}" if ARTICLE.fullmatch(said) else said
        if (value.citation.norm, article) != (match["norm"], match["article"]):
            raise RulesetError(
                f"cites {value.citation.norm} {said}, but the path says {match['norm']} {match['article']}",
                file=parameter.file,
                key="value.citation",
                day=value.start,
            )


def _overlays(parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for parameter in parameters.values():
        if parameter.restricts is None:
            continue
        law = parameters.get(parameter.restricts)
        if law is None or law.key.startswith(f"{POLICY}/"):
            raise RulesetError("names no law file", file=parameter.file, key="restricts")
        if law.key in found:
            raise RulesetError(f"{found[law.key].file} restricts it already", file=parameter.file, key="restricts")
        layers.check(law, parameter)
        found[law.key] = parameter
    return found
