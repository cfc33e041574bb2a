"""``python -m api > docs/openapi.json`` writes the OpenAPI document."""

import json
import sys
from typing import cast

from api.app import create
from api.settings import Settings
from ledger.services.ledger import Ledger


def document() -> str:
    """Return the document as committed: the development stand-ins' paths too, for they are marked as such."""
    app = create(cast("Ledger", None), settings=Settings(development=True))  # describing needs no ledger
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
