"""The documentation as one page, made from the OpenAPI document: no script, no third-party origin."""

import base64
import json
from hashlib import sha256
from typing import Any

from jinja2 import Environment

from api import problems

STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882}
body{font:16px/1.5 system-ui,"Noto Sans SC",sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:var(--soft);padding:.7rem;overflow:auto;border-radius:6px}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.5rem .8rem}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.2rem;font-family:ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.3rem;text-align:left}
nav a{margin-right:1rem}.quiet{opacity:.7}
"""
_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
CSP = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title><style>{{ style|safe }}</style></head><body>
<h1>{{ title }} <span class="quiet">{{ version }}</span></h1>
{% for line in description %}<p>{{ line }}</p>
{% endfor %}
<p><a href="/openapi.json">openapi.json</a></p>
<nav>{% for tag in tags %}<a href="#{{ tag.name }}">{{ tag.name }}</a>{% endfor %}<a href="#problems">problems</a></nav>
{% for tag in tags %}
<h2 id="{{ tag.name }}">{{ tag.name }} <span class="quiet">{{ tag.description }}</span></h2>
{% for call in tag.calls %}
<details id="{{ call.id }}"><summary><b>{{ call.method }}</b> <code>{{ call.path }}</code> {{ call.summary }}</summary>
{% if call.duties %}<p>Duties: {{ call.duties|join(", ") }}</p>{% else %}<p>No key needed.</p>{% endif %}
{% if call.parameters %}<table>{% for p in call.parameters %}
<tr><td><code>{{ p.name }}</code></td><td>{{ p.in }}{{ ", required" if p.required }}</td>
<td>{{ p.description }}</td></tr>
{% endfor %}</table>{% endif %}
{% if call.request %}<p>Request</p><pre>{{ call.request }}</pre>{% endif %}
{% if call.answer %}<p>Answer {{ call.status }}</p><pre>{{ call.answer }}</pre>{% endif %}
</details>
{% endfor %}{% endfor %}
<h2 id="problems">problems</h2><table><tr><th>status</th><th>code</th><th>title</th><th>标题</th></tr>
{% for code, row in problems %}<tr id="{{ code }}"><td>{{ row.status }}</td><td><code>{{ code }}</code></td>
<td>{{ row.title }}</td><td>{{ row.zh }}</td></tr>{% endfor %}</table>
</body></html>
"""
)


def page(document: dict[str, Any]) -> str:
    """Return the page for an OpenAPI document."""
    calls = [
        (operation["tags"][0], _call(document, method, path, operation))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    tags = [{**tag, "calls": [call for name, call in calls if name == tag["name"]]} for tag in document["tags"]]
    return _PAGE.render(
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"]["description"].splitlines(),
        style=STYLE,
        tags=[tag for tag in tags if tag["calls"]],
        problems=sorted(((cls.code, row) for cls, row in problems.TABLE.items()), key=lambda p: (p[1].status, p[0])),
    )


def _call(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    status, answer = next((s, r) for s, r in operation["responses"].items() if s.startswith("2"))
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("description", ""),
        "duties": operation.get("x-duties"),
        "parameters": operation.get("parameters", []),
        "request": _example(document, operation.get("requestBody", {})),
        "status": status,
        "answer": _example(document, answer),
    }


def _example(document: dict[str, Any], part: dict[str, Any]) -> str:
    """Write the example of a request or an answer."""
    for media in part.get("content", {}).values():
        if "example" in media:
            return str(media["example"])
        name = media["schema"].get("$ref", "").rpartition("/")[2]
        examples = document["components"]["schemas"].get(name, {}).get("examples")
        if examples:
            return json.dumps(examples[0], ensure_ascii=False, indent=2)
    return ""
