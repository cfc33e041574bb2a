"""备案指引2号 art. 3: the promotion material used is, byte for byte, the one submitted on filing."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, not_applicable, passed

KEY = "cn/amac_filing_guide_2/art3_material_filed"
FILED = "filed_material"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Before filing there is nothing to compare with; afterwards the digest is one of those filed."""
    del at
    by, used = parameters.duties[KEY], text_in(facts.inputs, "sha256")
    filed = {paper.sha256: paper.leaf for paper in facts.product.documents if paper.kind == FILED}
    if not filed:
        return not_applicable(KEY, by, "no material is filed yet", "尚无已报送备案的宣传推介材料")
    if used not in filed:
        return failed(
            KEY,
            by,
            "the material is not the one that was filed",
            "宣传推介材料与备案报送材料不一致",
            rests_on=tuple(filed.values()),
            condition=("use the filed material, or file this one first", "请使用已备案的材料，或先将本材料报送备案"),
        )
    return passed(KEY, by, "the material is the one that was filed", "与备案报送材料一致", (filed[used],))


RULE = Rule(KEY, "material_filed", (KEY,), judge, steps=frozenset({Step.PUBLISH}), reads_inputs=True)
