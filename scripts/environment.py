"""Install the locked packages into `.venv`, the project itself and the report font; called by `scripts/setup`.

Standard library only. Nothing is done twice: a stamp in `.venv` holds the digest of what was installed.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
LOCKS = ROOT / "requirements"
PROFILES = ("runtime", "dev")  # each holds all of the one before
# pip's settings and what uv calls them; uv reads neither pip's files nor its variables
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


def say(text: str) -> None:
    """Tell progress at once, also through a pipe."""
    print(f"setup: {text}", flush=True)


def run(command: list[str | Path], env: dict[str, str] | None = None) -> None:
    """Run a program that speaks for itself; `SetupError` when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SetupError(f"`{' '.join(str(part) for part in command)}` failed; see the lines above")


def make_venv() -> None:
    """Create `.venv`, or again when its Python is gone or the checkout has moved."""
    pip_script = BIN / "pip"  # its first line names the folder it was made in
    if pip_script.is_file() and str(BIN).encode() in pip_script.read_bytes() and works(PYTHON, "import pip"):
        return
    say(f"making .venv with Python {sys.version.split()[0]}")
    if not works(Path(sys.executable), "import ensurepip, venv"):
        raise SetupError(
            f"{sys.executable} cannot make virtual environments; install its venv package"
            " (Debian, Ubuntu: apt-get install python3-venv python3-pip), or set PYTHON to another Python"
        )
    run([sys.executable, "-m", "venv", "--clear", VENV])


def works(python: Path, code: str) -> bool:
    """Tell whether a Python runs this code."""
    return subprocess.run([str(python), "-c", code], capture_output=True, check=False).returncode == 0


def pip(*arguments: str | Path) -> None:
    """Run pip with hashes required."""
    run([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *arguments])


def environment() -> dict[str, str]:
    """Return the environment for the tools of `.venv`: they come first, and have a cache even without a home."""
    env = dict(os.environ, PATH=f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}")
    env.setdefault("NODE_USE_SYSTEM_CA", "1")  # npm and uv trust whom this machine trusts, as pip does
    env.setdefault("UV_SYSTEM_CERTS", "1")
    home = Path(os.environ.get("HOME") or ROOT)
    if not os.access(home, os.W_OK):
        env.setdefault("UV_CACHE_DIR", str(ROOT / ".cache" / "uv"))
        env.setdefault("npm_config_cache", str(ROOT / ".cache" / "npm"))
    return env


def uv_environment() -> dict[str, str]:
    """Return the environment with pip's settings said in uv's words; what is already set for uv stays."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    found: dict[str, tuple[bool, str]] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        from_variable = section == ":env:"
        if section in {":env:", "global", "install"} and (from_variable or not found.get(key, (False, ""))[0]):
            found[key] = (from_variable, value.strip("'\""))
    env = environment()
    for key, name in SETTINGS.items():
        if key in found:
            words = found[key][1].replace("\\n", " ").split()
            if key == "find-links":  # pip passes over a folder that is not there, uv fails
                words = [word for word in words if "://" in word or Path(word).exists()]
            env.setdefault(name, ("," if name == "UV_FIND_LINKS" else " ").join(words))
    if "extra-index-url" in found:
        env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # what pip does; the hashes make it safe
    return env


def install(locks: list[Path]) -> None:
    """Install what the locks name, with uv, or with pip when uv cannot be had or fails."""
    named = [part for lock in locks for part in ("-r", lock)]
    project: list[str | Path] = ["--no-deps", "--no-build-isolation", "-e", ROOT]
    try:
        if not works(PYTHON, "import uv"):
            say("fetching uv, the fast installer")
            pip("--require-hashes", "--only-binary", ":all:", "-r", LOCKS / "bootstrap.txt")
        env = uv_environment()
        uv: list[str | Path] = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON]
        run([*uv, "--require-hashes", *named], env)
        run([*uv, *project], env)
    except SetupError as error:
        say(f"{error}; going on with pip, which is slower")
        pip("--require-hashes", *named)
        pip(*project)


def digest(locks: list[Path]) -> str:
    """Return the digest of everything an installation depends on."""
    parts = [lock.read_bytes() for lock in [*locks, ROOT / "pyproject.toml"]]
    return hashlib.sha256(b"\0".join([str(VENV).encode(), sys.version.encode(), *parts])).hexdigest()


def packages(profile: str) -> None:
    """Install the profile unless it, or one that holds it, is installed already."""
    locks = {name: [LOCKS / "setup.txt", LOCKS / f"{name}.txt"] for name in PROFILES}
    stamp = VENV / ".installed"
    done = stamp.read_text() if stamp.is_file() else ""
    if done in {digest(locks[name]) for name in PROFILES[PROFILES.index(profile) :]}:
        return
    say(f"installing the {profile} packages (a minute or two the first time)")
    stamp.unlink(missing_ok=True)
    install(locks[profile])
    stamp.write_text(digest(locks[profile]))


def fonts() -> None:
    """Fetch the report font; without it papers look for one on the system, and say so when there is none."""
    script = ROOT / "scripts" / "setup_fonts.py"
    if script.is_file():
        try:
            run([PYTHON, script], environment())
        except SetupError:
            say("going on without the report font")


def main() -> int:
    """Set up; exit status 1 and one clear sentence when something is missing."""
    parser = argparse.ArgumentParser(
        prog="scripts/setup", description="Make .venv ready to run or to work on the ledger."
    )
    parser.add_argument("profile", nargs="?", choices=PROFILES, default=PROFILES[0])
    profile = parser.parse_args().profile
    begun = time.monotonic()
    try:
        make_venv()
        packages(profile)
        fonts()
    except (SetupError, OSError) as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    say(f"{profile} ready after {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
