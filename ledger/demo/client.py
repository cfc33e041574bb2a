"""A caller of the API: one bearer, an idempotency key on every write, problems as exceptions."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx


class ProblemError(Exception):
    """The service answered with a problem document (RFC 9457)."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        """``problem`` is the parsed document."""
        super().__init__(f"{problem.get('status')} {problem.get('code')}: {problem.get('detail')}")
        self.problem = problem

    @property
    def reason(self) -> str:
        """The first finding's article and reason, or the detail."""
        findings = self.problem.get("findings") or []
        if not findings:
            return f"{self.problem.get('code')}: {self.problem.get('detail')}"
        first = findings[0]
        return f"{first['citation']['title']} {first['citation']['article']} — {first['reason']['en']}"


class Client:
    """One caller with one credential."""

    def __init__(self, base: str, bearer: str) -> None:
        """``base`` is the service's address; ``bearer`` an API key or an investor link token."""
        self._http = httpx.Client(base_url=base, headers={"Authorization": f"Bearer {bearer}"}, timeout=60)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read."""
        return self._answer(self._http.get(path, params=query))

    def content(self, path: str, **query: str) -> bytes:
        """Read bytes."""
        response = self._http.get(path, params=query)
        if response.is_error:
            self._answer(response)
        return response.content

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write once."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return self._answer(self._http.post(path, json=dict(body or {}), headers=headers))

    def upload(
        self, path: str, name: str, content: bytes, media_type: str, fields: Mapping[str, str]
    ) -> dict[str, Any]:
        """Upload one file with its form fields."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        files = {"file": (name, content, media_type)}
        return self._answer(self._http.post(path, files=files, data=dict(fields), headers=headers))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    @staticmethod
    def _answer(response: httpx.Response) -> dict[str, Any]:
        answer: dict[str, Any] = response.json()
        if response.is_error:
            raise ProblemError(answer)
        return answer
