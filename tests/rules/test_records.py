"""The article behind each type of record, as reports cite it."""

from ledger.domain.catalogue import EVENT_TYPES, Stream
from ledger.rules import load
from ledger.rules.catalogue import RECORDS

RULES = load()
ABOUT_SALES = {
    name for name, row in EVENT_TYPES.items() if row.stream in (Stream.INVESTOR, Stream.PRODUCT, Stream.SALE)
}
WITHOUT_ARTICLE = {
    *("certificate.issued", "credential.registered", "credential.withdrawn", "investor.code_rejected", "report.made"),
    *("decision.made", "eligibility.decided"),
    *("authority.refused", "power.granted", "power.revoked", "representative.named"),
    # the finding in it has the article
    *("investor.step_refused", "product.step_refused", "step.refused", "step.refused_before_sale"),
    *("product.closed", "product.introduced", "product.liquidated"),
    *("regime.stated", "regime.told", "regime.withdrawn"),  # as the regime that they name has it
}


def test_every_record_about_a_sale_names_its_article_or_is_known_to_have_none() -> None:
    assert ABOUT_SALES - set(RECORDS) == WITHOUT_ARTICLE
    assert set(RECORDS) <= set(EVENT_TYPES)
    assert all(RULES.article_of(name).startswith("《") for name in RECORDS)


def test_records_name_their_articles() -> None:
    assert RULES.article_of("payment.received") == "《私募投资基金募集行为管理办法》第12条"
    assert RULES.article_of("assessment.notified") == "《基金募集机构投资者适当性管理实施指引（试行）》"
    assert RULES.article_of("clock.advanced") == ""
