"""Every rule there is, in the order in which findings are listed. Nothing is found by magic."""

from collections.abc import Mapping

from ledger.rules import exempting
from ledger.rules.cn.am_plan_rules import (
    unnumbered_deemed,
    unnumbered_experience,
    unnumbered_head_count,
    unnumbered_look_through,
    unnumbered_minimum,
    unnumbered_own_money,
    unnumbered_qualified_investor,
    unnumbered_year_end,
)
from ledger.rules.cn.amac_filing_guide_2 import art3_material_filed
from ledger.rules.cn.amac_operation import unnumbered_size_floor
from ledger.rules.cn.amac_raising import (
    art2_seller,
    art4_staff,
    art7_sales_agreement,
    art12_raising_account,
    art15_order,
    art16_public_fields,
    art18_assessment_validity,
    art20_online_gate,
    art24_performance_period,
    art24_promotion_words,
    art26_statement_items,
    art27_certification_standing,
    art27_proof,
    art29_contact_ban,
    art29_cooling_off,
    art30_visit_items,
    art30_visitor,
    art31_rescission,
    art32_exemptions,
)
from ledger.rules.cn.amac_suitability import unnumbered_rating_floor, unnumbered_result_notice
from ledger.rules.cn.aml_law import art29_due_diligence
from ledger.rules.cn.fund_law import art87_holders
from ledger.rules.cn.network_marketing import art10_inducing_words
from ledger.rules.cn.nfra_suitability import unnumbered_higher_rating, unnumbered_validity
from ledger.rules.cn.order_105 import (
    art11_seats,
    art12_experience,
    art12_minimum,
    art12_paid_amount,
    art12_qualified_investor,
    art12_remaining,
    art13_deemed,
    art13_look_through,
    art17_risk_rating,
)
from ledger.rules.cn.order_130 import (
    art8_professional,
    art11_conversion,
    art11_renunciation,
    art12_decision,
    art12_order,
    art12_test,
    art13_material_changes,
    art16_rating_factors,
    art19_over_tolerance,
    art19_own_request,
    art20_high_risk_care,
    art21_rematch,
    art22_active_promotion,
    art22_lowest_class,
    art27_manager_data,
    art29_separation,
)
from ledger.rules.cn.order_175 import unnumbered_four_eyes, unnumbered_own_funds, unnumbered_sales_list
from ledger.rules.cn.order_233 import unnumbered_promise_words
from ledger.rules.cn.pipl import art29_separate_consent, art47_freeze
from ledger.rules.cn.regulation_762 import art20_nominee, art20_payer, art20_promise_words, art32_forecast_words
from ledger.rules.eu.mifid2 import unnumbered_certification_standing as eu_certification_standing
from ledger.rules.eu.mifid2 import unnumbered_procedure, unnumbered_professional_client
from ledger.rules.eu.mifid2 import unnumbered_proof as eu_proof
from ledger.rules.hk.cap_571d import (
    unnumbered_certification_standing,
    unnumbered_professional_investor,
    unnumbered_proof,
)
from ledger.rules.policy import checked_material, duties, life_cycle, no_pending_sales, plan_procedure, reading_time
from ledger.rules.rule import Rule
from ledger.rules.sg.sfa import art4a_accredited_investor, art4a_certification_standing, art4a_proof
from ledger.rules.sg.sfa_opt_in import unnumbered_opt_in
from ledger.rules.us.reg_d import art501_accredited_investor, art506_certification_standing, art506_proof
from ledger.rules.us.staff_letter_2025 import unnumbered_statements

_OF_FUNDS: tuple[Rule, ...] = (
    # who may do it, and whether its turn has come
    art29_separation.RULE,
    art30_visitor.RULE,
    duties.RULE,
    art4_staff.RULE,
    art21_rematch.RULE,  # before the order: it says why a step that was done counts no longer
    art15_order.RULE,
    # the product
    life_cycle.RULE,
    unnumbered_four_eyes.RULE,
    no_pending_sales.RULE,
    art2_seller.RULE,
    art7_sales_agreement.RULE,
    art27_manager_data.RULE,
    art16_rating_factors.RULE,
    unnumbered_sales_list.RULE,
    unnumbered_size_floor.RULE,
    art17_risk_rating.RULE,
    unnumbered_rating_floor.RULE,
    # the investor
    art20_online_gate.RULE,
    art18_assessment_validity.RULE,
    art13_material_changes.RULE,
    unnumbered_result_notice.RULE,
    art47_freeze.RULE,
    art20_nominee.RULE,
    unnumbered_own_funds.RULE,
    art29_due_diligence.RULE,
    # the two together
    art22_lowest_class.RULE,
    art22_active_promotion.RULE,
    art19_own_request.RULE,
    art19_over_tolerance.RULE,
    unnumbered_validity.RULE,
    unnumbered_higher_rating.RULE,
    art20_high_risk_care.RULE,
    art12_minimum.RULE,
    art11_seats.RULE,
    art87_holders.RULE,
    # qualification on proof
    art12_qualified_investor.RULE,
    art12_qualified_investor.CANDIDATE,
    art12_experience.RULE,
    art13_deemed.RULE,
    art13_deemed.CANDIDATE,
    art13_look_through.RULE,
    art29_separate_consent.RULE,
    art27_proof.RULE,
    art27_certification_standing.RULE,
    # marketing
    art16_public_fields.RULE,
    art20_promise_words.RULE,
    art32_forecast_words.RULE,
    art24_promotion_words.RULE,
    unnumbered_promise_words.RULE,
    art10_inducing_words.RULE,
    art24_performance_period.RULE,
    art3_material_filed.RULE,
    checked_material.RULE,
    # exempt from steps; ordinary or professional
    art32_exemptions.RULE,
    art8_professional.RULE,
    art12_decision.RECOGNITION,
    art12_order.RULE,
    art12_test.RULE,
    art11_conversion.RULE,
    art12_decision.RULE,
    art11_renunciation.RULE,
    # the steps
    art26_statement_items.ITEM,
    art26_statement_items.RULE,
    reading_time.RULE,
    art12_raising_account.RULE,
    art20_payer.RULE,
    art12_paid_amount.RULE,
    art12_remaining.RULE,
    art29_contact_ban.RULE,
    art29_cooling_off.RULE,
    art30_visit_items.RULE,
    art30_visit_items.EFFECT,
    art31_rescission.RULE,
)
_OF_PLANS: tuple[Rule, ...] = (
    unnumbered_own_money.RULE,
    unnumbered_minimum.RULE,
    unnumbered_head_count.RULE,
    unnumbered_qualified_investor.RULE,
    unnumbered_qualified_investor.CANDIDATE,
    unnumbered_deemed.RULE,
    unnumbered_deemed.CANDIDATE,
    unnumbered_look_through.RULE,
    unnumbered_experience.RULE,
    unnumbered_year_end.RULE,
)

# what a product may require beside the regime under which it is sold
_FOREIGN: tuple[Rule, ...] = (
    art501_accredited_investor.RULE,
    art501_accredited_investor.CANDIDATE,
    unnumbered_statements.RULE,
    art506_proof.RULE,
    art506_certification_standing.RULE,
    unnumbered_professional_investor.RULE,
    unnumbered_professional_investor.CANDIDATE,
    unnumbered_proof.RULE,
    unnumbered_certification_standing.RULE,
    art4a_accredited_investor.RULE,
    art4a_accredited_investor.CANDIDATE,
    unnumbered_opt_in.RULE,
    art4a_proof.RULE,
    art4a_certification_standing.RULE,
    unnumbered_professional_client.RULE,
    unnumbered_professional_client.CANDIDATE,
    unnumbered_procedure.RULE,
    eu_proof.RULE,
    eu_certification_standing.RULE,
)
RULES: tuple[Rule, ...] = (*plan_procedure.adopt(map(exempting.wrap, _OF_FUNDS)), *_OF_PLANS, *_FOREIGN)

# regime: the norm without which it does not exist
FOREIGN: Mapping[str, str] = {
    art501_accredited_investor.REGIME.name: "reg_d",
    unnumbered_professional_investor.REGIME.name: "cap_571d",
    art4a_accredited_investor.REGIME.name: "sfa",
    unnumbered_professional_client.REGIME.name: "mifid2",
}
# foreign regime: the written statements it knows
STATEMENTS: Mapping[str, str] = {
    art501_accredited_investor.REGIME.name: unnumbered_statements.KEY,
    art4a_accredited_investor.REGIME.name: unnumbered_opt_in.STATEMENTS,
    unnumbered_professional_client.REGIME.name: unnumbered_procedure.STATEMENTS,
}
REGIMES: Mapping[str, str] = {"cn_private_fund": "order_105", "cn_am_plan": "am_plan_rules"}
