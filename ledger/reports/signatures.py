"""The block where a paper is signed: electronically, so it says where the signature is and how to see it."""

from collections.abc import Sequence

from reportlab.platypus import Flowable, KeepTogether

from ledger.reports import house as h
from ledger.reports import parts
from ledger.reports.house import House
from ledger.reports.text import Shape


def signature_block(house: House, zh: str, en: str, rows: Sequence[tuple[str, str]]) -> list[Flowable]:
    """Close a paper."""
    note = [
        house.text(
            "本文件以电子签名签署（《电子签名法》第十三条、第十四条）。签名、证书与可信时间戳嵌于本 PDF 文件之中，"
            "可用任何支持 PAdES 的阅读器查验；签署后任何改动都会使签名失效。",
            h.SMALL,
            Shape(after=2),
        ),
        house.gloss(
            "Signed electronically: signature, certificate and timestamp are inside this PDF file and show in any"
            " reader that supports PAdES.",
            after=0,
        ),
    ]
    return [
        KeepTogether(
            [
                *parts.section(house, "签署", "Signature"),
                house.body(zh, after=2),
                house.gloss(en),
                parts.pairs(house, list(rows)),
                parts.box(note),
            ]
        )
    ]
