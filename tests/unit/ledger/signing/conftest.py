"""An authority, a timestamp authority, a device with a certificate and a small PDF, all at one instant."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ledger.signing import DevelopmentCA, DevelopmentTSA, PadesSigning, open_ca, open_pdf_signing, open_tsa
from ledger.signing.client import Device

AT = datetime(2026, 11, 22, 3, 4, 5, 678900, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentCA:
    return open_ca(tmp_path_factory.mktemp("keys") / "ca", "a passphrase", AT)


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentTSA:
    return open_tsa(tmp_path_factory.mktemp("keys") / "tsa", "a passphrase", AT)


@pytest.fixture(scope="session")
def signing(ca: DevelopmentCA, tsa: DevelopmentTSA) -> PadesSigning:
    return open_pdf_signing(ca, tsa)


@pytest.fixture(scope="session")
def device() -> Device:
    return Device()


@pytest.fixture(scope="session")
def chain(ca: DevelopmentCA, device: Device) -> tuple[str, ...]:
    return ca.issue(device.csr_pem(), subject="ab" * 32, common_name="张䶮", at=AT)


@pytest.fixture(scope="session")
def pdf() -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output, invariant=1)
    canvas.drawString(100, 700, "what was shown")
    canvas.save()
    return output.getvalue()


@pytest.fixture
def roots(tmp_path: Path, ca: DevelopmentCA, tsa: DevelopmentTSA) -> tuple[Path, Path]:
    """Write the trust anchors to files: (certificates, timestamps)."""
    files = tmp_path / "roots.pem", tmp_path / "timestamp-roots.pem"
    for file, anchors in zip(files, (ca.roots_pem(), tsa.roots_pem()), strict=True):
        file.write_text("".join(anchors))
    return files
