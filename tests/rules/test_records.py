"""The article behind each type of record, as reports cite it."""

from ledger.domain.catalogue import EVENT_TYPES
from ledger.rules import load
from ledger.rules.catalogue import RECORDS

RULES = load()
WITHOUT_ARTICLE = {
    *("access.logged", "certificate.issued", "clock.advanced", "credential.registered", "credential.withdrawn"),
    *("decision.made", "eligibility.decided", "institution.registered", "investor.code_rejected", "report.made"),
    *(
        "investor.step_refused",
        "product.step_refused",
        "step.refused",
        "step.refused_before_sale",
    ),  # the finding has it
    *("product.closed", "product.introduced", "product.liquidated", "ruleset.adopted", "staff.appointed"),
    *("regime.stated", "regime.told", "regime.withdrawn"),  # as the regime that they name has it
}


def test_every_record_type_names_its_article_or_is_known_to_have_none() -> None:
    assert set(EVENT_TYPES) - set(RECORDS) == WITHOUT_ARTICLE
    assert set(RECORDS) <= set(EVENT_TYPES)
    assert all(RULES.article_of(name).startswith("《") for name in RECORDS)


def test_records_name_their_articles() -> None:
    assert RULES.article_of("payment.received") == "《私募投资基金募集行为管理办法》第12条"
    assert RULES.article_of("assessment.notified") == "《基金募集机构投资者适当性管理实施指引（试行）》"
    assert RULES.article_of("clock.advanced") == ""
