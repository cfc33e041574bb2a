"""Write docs/openapi.json from the application: ``python -m scripts.make_openapi``."""

import json
from pathlib import Path
from typing import cast

from api.app import create
from api.settings import Settings
from ledger.services.ledger import Ledger

OUTPUT = Path(__file__).parents[1] / "docs" / "openapi.json"


def document() -> str:
    """Return the document as committed: the development stand-ins' paths too, for they are marked as such."""
    app = create(cast("Ledger", None), settings=Settings(development=True))  # describing needs no ledger
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    OUTPUT.write_text(document(), encoding="utf-8")
