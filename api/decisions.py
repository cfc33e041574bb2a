"""A decision's wire form, of which nearly all are findings that the next question gets too: each is written once."""

import json
from functools import lru_cache

from starlette.responses import Response

from ledger.domain.decision import Decision, Finding
from ledger.domain.events import Value

FINDINGS = 32_768
"""How many written findings are kept, of about 500 bytes each."""


def respond(decision: Decision) -> Response:
    """Answer with `Decision.as_json`, byte for byte what `api.deps.as_json` makes of it."""
    before, after = _text(decision._replace(findings=()).as_json()).split('"findings":[]', 1)
    content = f'{before}"findings":[{",".join(map(_finding, decision.findings))}]{after}'
    return Response(content.encode(), media_type="application/json")


@lru_cache(FINDINGS)
def _finding(finding: Finding) -> str:
    return _text(finding.as_json())


def _text(value: dict[str, Value]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
