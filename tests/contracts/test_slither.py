"""The analyser finds nothing that is not explained."""

import subprocess
import sys

import pytest

from scripts import slither
from tests.nodes import ROOT, require_node_packages


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_every_finding_of_slither_is_explained() -> None:
    """In a process of its own: the first run installs the analyser from its lock."""
    require_node_packages()
    command = [sys.executable, "-m", "scripts.slither"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_explanations_name_members_that_exist() -> None:
    for check, where in slither.explained():
        contract, _, member = where.partition(".")
        source = (ROOT / "contracts" / f"{contract}.sol").read_text("utf-8")
        assert f"{member}(" in source or f"{member};" in source, (check, where)
