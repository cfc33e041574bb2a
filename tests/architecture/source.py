"""The source as the architecture tests see it: modules with their syntax trees, and the files git tracks."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("verifier", "ledger", "api", "scripts")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file. ``name`` is dotted; a package's own file carries the package's name."""

    name: str
    path: Path
    tree: ast.Module


@cache
def modules(root: Path) -> tuple[Module, ...]:
    """Parse every Python file of our packages under ``root``."""
    found = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path))))
    return tuple(found)


def imports(module: Module, root: Path) -> Iterator[tuple[str, int]]:
    """Yield what a module imports, with the line; ``from a import b`` is ``a.b`` when that is a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                inner = root.joinpath(*base.split("."), alias.name)
                is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
                yield (f"{base}.{alias.name}" if is_module else base), node.lineno
        elif isinstance(node, ast.Call) and (name := _loaded_by_name(node)):
            yield name, node.lineno


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    up = node.level - 1 if module.path.name == "__init__.py" else node.level
    return ".".join([*package[: len(package) - up], *([node.module] if node.module else [])])


def _loaded_by_name(call: ast.Call) -> str | None:
    """Return the module of `importlib.import_module("…")` and `__import__("…")`."""
    function = call.func
    name = (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
    if name not in {"import_module", "__import__"} or not call.args:
        return None
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "<computed>"


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files git tracks, without those deleted in the work tree."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())
