"""The recipe: what is checked of an evidence bundle, in which order, and what each step rests on.

 1. **File** - `evidence.json` (taken out of `report.pdf` if that is given) is canonical JSON within bounds, with
    exactly the members of the format.
 2. **Seal** - the operator's signature over all other members: any changed byte fails here or at step 1.
 3. **Records** - each is canonical and of the format; both leaf hashes are computed from its bytes.
 4. **Streams** - the sale's, the investor's and the product's stream start at 0 and have no gap; each record names its
    predecessor's leaf hash; recorded times never go back; references point back.
 5. **Disclosures** - each disclosed value opens the commitment that its record holds.
 6. **Head** - the checkpoint that all proofs lead to is signed by the log's key.
 7. **Inclusion** - each record is in the head's tree, under SHA-256 and under SM3.
 8. **Checkpoints** - each earlier checkpoint is signed and is a prefix of the head, in both trees.
 9. **Completeness** - of each whole stream, and of the streams that the sale's opening names, the last record here is
    the newest under the head, by the stream map whose root the head holds.
10. **Anchors** - each anchor's block header, receipt proof and event hold exactly its checkpoint, or what a witness
    or a contract wallet signed; a block of a BFT chain carries the seals of two thirds of its validators; each record
    is under an anchor; none is dated after a block that already holds it. Each anchor's level is told: self-asserted,
    or n of m validators that you pinned.
11. **Witnesses** - who besides the operator cosigned the head, and when; enough of those whom the reader
    pinned, if any; and how many cosigned on chain.
12. **Timestamps** - each RFC 3161 token is over its checkpoint and its authority's chain ends in a timestamp root.
13. **Documents** - each document fits both digests in the records that name it.
14. **Statements** - each signature statement is signed by a key certified then, and binds parties, document, items and
    identity as the records have them; an approval with a registered credential verifies, or, of a contract wallet, is
    what an anchor holds.
15. **PDFs** - in each signed PDF every byte is under a certified signature with a timestamp, and it begins with the
    bytes that were shown.
16. **Order** - the sale's steps stand in the law's order; cooling-off was kept; who sold neither certified nor visited.
17. **Rulesets** - each fits its digest, and every decision names one that is here.
18. **Stand-ins** - every development part that took part is declared.
19. **Pins** - keys, roots, contracts, blocks and validators are those that the reader holds, if the reader pinned any.
20. **Authority** - each act for an institution names the authority of the person who acted, which stood then and
    covered it; its papers are sealed by that institution and signed by that person.
21. **Report** - only for `report.pdf`: every byte of it is under the institution's signature with a timestamp.

A step whose basis does not hold is not guessed at: it is undecided and says on which step it rests. No clock, network,
file or randomness takes part; the same bytes give the same report.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from verifier import pdf
from verifier.errors import UndecidedError, VerificationError
from verifier.fork import is_fork
from verifier.report import Basis, Outcome, Report, Step
from verifier.steps import anchors as chain
from verifier.steps import authority, completeness, fork, log, papers, sale
from verifier.steps import witnesses as seen
from verifier.steps.case import Case, Found
from verifier.trust import Trust

__all__ = ["RECIPE", "Basis", "Outcome", "Report", "Step", "verify"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of the recipe; ``needs`` are the steps without which it means nothing."""

    number: int
    key: str
    title_en: str
    title_zh: str
    check: Callable[[Case], Found]
    basis: Basis
    needs: tuple[int, ...] = (1,)


RECIPE: Final = (
    Instruction(1, "file", "File: canonical and complete", "文件:规范且完整", log.read, Basis.BYTES, ()),
    Instruction(2, "seal", "Seal over every byte", "封印:覆盖全部字节", log.seal, Basis.OPERATOR),
    Instruction(3, "records", "Records: well formed, hashed", "记录:格式正确并重算哈希", log.records, Basis.BYTES),
    Instruction(
        4, "streams", "Streams: no gap, no way back", "记录流:连续无缺、时间不倒退", log.streams, Basis.BYTES, (3,)
    ),
    Instruction(
        5, "disclosures", "Disclosures fit commitments", "披露值与承诺一致", log.disclosures, Basis.BYTES, (3,)
    ),
    Instruction(6, "head", "Head: signed by the log", "日志头:签名有效", log.head, Basis.OPERATOR),
    Instruction(
        7, "inclusion", "Every record is in both trees", "每条记录均在两棵树中", log.inclusion, Basis.BYTES, (3, 6)
    ),
    Instruction(
        8,
        "checkpoints",
        "Earlier checkpoints are prefixes",
        "历次检查点前后一致",
        log.checkpoints,
        Basis.OPERATOR,
        (6,),
    ),
    Instruction(
        9,
        "completeness",
        "Streams are whole to their end",
        "记录流末尾无遗漏",
        completeness.completeness,
        Basis.OPERATOR,
        (4, 5, 6),
    ),
    Instruction(
        10,
        "anchors",
        "Anchors hold the checkpoints",
        "上链锚定与检查点一致",
        chain.anchors,
        Basis.SELF_ASSERTED,
        (3, 8),
    ),
    Instruction(11, "witnesses", "Witnesses of the head", "见证人联署日志头", seen.witnesses, Basis.OPERATOR, (3, 6)),
    Instruction(12, "timestamps", "Timestamps over checkpoints", "检查点时间戳", log.timestamps, Basis.AUTHORITY, (8,)),
    Instruction(13, "documents", "Documents fit both digests", "文件与双摘要一致", papers.documents, Basis.BYTES, (3,)),
    Instruction(14, "statements", "Signature statements", "签署声明", papers.statements, Basis.AUTHORITY, (4, 5)),
    Instruction(15, "pdfs", "Signed PDFs", "已签署的 PDF", papers.pdfs, Basis.AUTHORITY, (5, 13)),
    Instruction(16, "order", "Order of the sale", "认购程序的顺序", sale.order, Basis.OPERATOR, (4, 5)),
    Instruction(17, "rulesets", "Rulesets fit their digests", "规则集与摘要一致", sale.rulesets, Basis.BYTES, (5,)),
    Instruction(18, "stand_ins", "Stand-ins are declared", "开发替身均已声明", sale.stand_ins, Basis.OPERATOR, (3,)),
    Instruction(19, "pins", "Keys and roots you pinned", "您所固定的密钥与根证书", sale.pins, Basis.OPERATOR),
    Instruction(
        20,
        "authority",
        "Who acted for the institution",
        "机构代表的权限",
        authority.authority,
        Basis.AUTHORITY,
        (4, 5, 14),
    ),
)
REPORT: Final = Instruction(
    21, "report", "The report itself is signed", "报告本身的签名", papers.report, Basis.AUTHORITY
)
FORK: Final = (
    Instruction(1, "file", "File: canonical and complete", "文件:规范且完整", fork.read, Basis.BYTES, ()),
    Instruction(2, "key", "The key of the log", "日志密钥", fork.key, Basis.OPERATOR),
    Instruction(
        3, "notes", "Both notes are signed by the log", "两份检查点均由日志签署", fork.notes, Basis.BYTES, (2,)
    ),
    Instruction(4, "histories", "One history holds both", "两者同属一段历史", fork.histories, Basis.BYTES, (3,)),
    Instruction(5, "witnesses", "Who saw which", "见证人所见", fork.witnesses, Basis.BYTES, (3,)),
)
"""The recipe of a fork proof (`docs/format.md` §13): step 4 fails when the fork is proven, and never holds."""


def verify(data: bytes, *, trust: Trust | None = None) -> Report:
    """Walk the recipe over ``evidence.json``, ``report.pdf`` or a fork proof; never raises for what is in them."""
    case = Case(data, trust)
    if is_fork(data):
        return Report(_walked(FORK, case))
    steps = _walked((*RECIPE, REPORT) if pdf.is_pdf(data) else RECIPE, case)
    return Report(steps, case.bundle.sha256 if steps[0].outcome is Outcome.HOLDS else None)


def _walked(recipe: tuple[Instruction, ...], case: Case) -> tuple[Step, ...]:
    steps: dict[int, Step] = {}
    for instruction in recipe:
        steps[instruction.number] = _walk(instruction, case, steps)
    return tuple(steps.values())


def _walk(instruction: Instruction, case: Case, steps: dict[int, Step]) -> Step:
    def step(outcome: Outcome, detail: str, code: str = "", evidence: dict[str, object] | None = None) -> Step:
        pinned = instruction.key == "pins" and case.trust is not None
        basis = Basis.PINNED if pinned else case.basis.get(instruction.key, instruction.basis)
        titles = instruction.title_en, instruction.title_zh
        return Step(instruction.number, instruction.key, *titles, outcome, basis, detail, code, evidence or {})

    lacking = [number for number in instruction.needs if steps[number].outcome is not Outcome.HOLDS]
    if lacking:
        return step(
            Outcome.UNDECIDED, f"rests on step {lacking[0]}, which does not hold", "rests_on", {"steps": lacking}
        )
    try:
        detail, evidence = instruction.check(case)
    except VerificationError as error:
        return step(Outcome.FAILS, error.message, error.code, dict(error.evidence))
    except UndecidedError as error:
        return step(Outcome.UNDECIDED, error.message, error.code, dict(error.evidence))
    return step(Outcome.HOLDS, detail, "", evidence)
