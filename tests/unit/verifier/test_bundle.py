"""The form of a bundle: exactly one, within bounds."""

import json
from typing import Any

import pytest

from tests.retelling import at, changed, told
from tests.vector_source.recipe import SHORT
from verifier import bundle, canonical
from verifier.errors import MalformedError


class TestForm:
    @pytest.mark.parametrize(
        ("path", "value", "code"),
        [
            ("subject.kind", "product", "bad_member"),
            ("subject", {}, "bad_members"),
            ("created_at", "now", "bad_instant"),
            ("timestamps.0.over", "record", "bad_member"),
            ("timestamps.0.token", "0", "bad_member"),
            ("records", {}, "bad_member"),
            ("records.0.index", -1, "bad_member"),
            ("records.0.index", True, "bad_member"),
            ("records.0.record", [], "bad_member"),
            ("records.0.inclusion.sha256", "00", "bad_member"),
            ("records.0.inclusion.sm3", ["00" * 32] * 66, "bad_member"),
            ("stand_ins", ["Clock"], "bad_member"),
            ("documents.0.content", "AAA", "bad_base64"),
            ("documents.0.content", "AAB=", "bad_base64"),
            ("documents.0.media_type", "pdf", "bad_member"),
            ("rulesets.0.files", {"a": 1}, "bad_member"),
            ("keys.seal", "00", "bad_member"),
            ("head", None, "bad_member"),
        ],
    )
    def test_a_bundle_has_exactly_one_form(self, path: str, value: Any, code: str) -> None:
        assert changed(at(path, value)) == ("file", code)

    def test_size_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bundle, "MAX_BYTES", 1000)
        assert changed(lambda _: None) == ("file", "too_large")

    def test_the_seal_itself_is_not_under_the_seal(self) -> None:
        body = json.loads(told(SHORT)[1])
        assert bundle.seal_digest(body) == bundle.seal_digest(body | {"seal": "x"})
        with pytest.raises(MalformedError):
            bundle.parse(canonical.encode(body))
