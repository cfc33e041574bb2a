"""Papers that a delegated sale must hold: one check for the two norms that list them."""

from ledger.domain.decision import Facts, Finding
from ledger.rules.law import Parameters, once_per_law
from ledger.rules.rule import missing, not_applicable, passed
from ledger.rules.values import text

AGENCY = "agency"


def attached(key: str, facts: Facts, parameters: Parameters, en: str, zh: str) -> Finding:
    """Pass when every kind of the listing ``key`` is attached; what is absent is named."""
    by, mandate = parameters.lists[key], facts.product.mandate
    if mandate is None or mandate.basis != AGENCY:
        return not_applicable(key, by, "the sale is not delegated", "不属于代销")
    held, kinds = facts.product.papers, _kinds(parameters, key)
    if not held.keys() >= kinds.keys():
        absent = [item for item in by.items if text(item, "kind") not in held]
        lacking = ", ".join(text(item, "en") for item in absent)
        named = "、".join(text(item, "zh") for item in absent)
        wanted = ", ".join(text(item, "kind") for item in absent)
        return missing(
            key,
            by,
            f"papers of the delegated sale are missing: {lacking}",
            f"代销资料不齐：{named}",
            condition=(f"attach documents of the kinds {wanted}", f"请上传以下资料：{named}"),
        )
    return passed(key, by, en, zh, tuple([held[kind] for kind in kinds]))


@once_per_law
def _kinds(parameters: Parameters, key: str) -> dict[str, None]:
    return dict.fromkeys(text(item, "kind") for item in parameters.lists[key].items)
