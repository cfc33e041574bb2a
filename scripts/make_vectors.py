"""Write `tests/vectors`: good and bad evidence with what must be said of it. Same program, same bytes.

`.venv/bin/python -m scripts.make_vectors [FOLDER]` writes into FOLDER (default `tests/vectors`), which must be empty or
hold vectors only.
"""

import json
import sys
from pathlib import Path

from tests.vector_source import consortium_defects, defects

ROOT = Path(__file__).resolve().parent.parent


def main(folder: Path) -> None:
    """Write every vector as a folder of its own, with `expected.json`."""
    for vector in (*defects.vectors(), *consortium_defects.vectors()):
        target = folder / vector.name
        target.mkdir(parents=True, exist_ok=True)
        expected = {"verdict": vector.verdict, "step": vector.step, "code": vector.code}
        files = vector.files | {"expected.json": json.dumps(expected, indent=1).encode() + b"\n"}
        for name, content in files.items():
            (target / name).write_bytes(content)
        print(vector.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests" / "vectors")
