"""Marketing material: checked for wording, period, audience and filing before anybody may use it."""

from ledger.domain.actors import Actor
from ledger.domain.decision import Finding
from ledger.domain.events import Draft, Value
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.errors import CallerError, ConflictError
from ledger.ports.store import Transaction
from ledger.services.guard import product_of, require_product
from ledger.services.ledger import Ledger
from ledger.services.media import media_type_of, text_of
from verifier.digests import digests

MAX_CHARACTERS = 200_000
"""Nobody reads a longer text to an investor, and the filter reads each character."""


def check(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    content: bytes,
    title: str,
    audience: str,
    fields: tuple[str, ...] = (),
    performance: tuple[tuple[str, str], ...] = (),
    transcript: str | None = None,
) -> dict[str, Value]:
    """Judge a material and store it when it passes; what is refused is recorded with every finding and its digest.

    ``transcript`` names a text of this product that passed the check and says what a PDF or picture says.
    """
    now = ledger.clock.now()
    product = product_of(tx, stream)
    media_type = media_type_of(content)
    if media_type is None:
        raise CallerError(
            "the file is neither UTF-8 text, HTML, PDF, PNG nor JPEG: send one of these",
            "文件格式不支持，请上传 UTF-8 文本、HTML、PDF、PNG 或 JPEG",
        )
    shown: list[Value] = list(fields)
    periods: list[Value] = [{"from": start, "to": end} for start, end in performance]
    inputs: dict[str, Value] = {
        "sha256": digests(content).sha256,
        "audience": audience,
        "fields": shown,
        "performance": periods,
    }
    words = text_of(content) if transcript is None else _transcript(ledger, product, transcript)
    if words is not None and len(words) > MAX_CHARACTERS:
        raise CallerError(
            f"the text has more than {MAX_CHARACTERS} characters: have it checked in parts",
            f"文本超过 {MAX_CHARACTERS} 字，请分部分提交审查",
        )
    if words is not None:
        inputs["text"] = words
    findings = require_product(ledger, tx, product, Step.PUBLISH, actor, now, inputs)
    document = ledger.documents.put(content, subject=stream, media_type=media_type, role="material")
    recorded: dict[str, Value] = {
        "title": title,
        "audience": audience,
        "wording": ledger.rules.wording_digest(now),
    }
    if shown:
        recorded["fields"] = shown
    if periods:
        recorded["performance"] = periods
    if transcript is not None:
        recorded["transcript"] = transcript
    (event,) = tx.append(
        [Draft("product.material_checked", stream, stream, actor, now, recorded, documents=(document,))], now
    )
    return {"product": stream, "record": event.leaf, "sha256": document.sha256, "findings": _wire(findings)}


def withdraw(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, sha256: str, reason: str
) -> dict[str, Value]:
    """Take a material out of use from now on."""
    now = ledger.clock.now()
    known = product_of(tx, stream).materials.get(sha256)
    if known is None:
        raise CallerError("this product has no such material", "该产品没有此宣传材料")
    if known.withdrawn_at is not None:
        raise ConflictError("the material is already withdrawn", "该宣传材料已撤回")
    fields: dict[str, Value] = {"sha256": sha256, "reason": reason}
    ref = tx.event(known.leaf).ref("supersedes")
    (event,) = tx.append([Draft("product.material_withdrawn", stream, stream, actor, now, fields, (ref,))], now)
    return {"product": stream, "record": event.leaf}


def _transcript(ledger: Ledger, product: ProductState, sha256: str) -> str | None:
    known = product.materials.get(sha256)
    if known is None or known.withdrawn_at is not None:
        raise CallerError(
            "transcript names no checked text of this product: have the text checked first",
            "transcript 未指向该产品已审查的文本，请先提交文本审查",
        )
    return text_of(ledger.documents.get(sha256, subject=product.stream))


def _wire(findings: tuple[Finding, ...]) -> list[Value]:
    return [finding.as_json() for finding in findings]
