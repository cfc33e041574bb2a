"""Every rule there is, in the order in which findings are listed. Nothing is found by magic."""

from collections.abc import Mapping

from ledger.rules.cn.amac_raising import (
    art12_raising_account,
    art15_order,
    art18_assessment_validity,
    art20_online_gate,
    art26_statement_items,
    art27_certification_standing,
    art27_proof,
    art29_contact_ban,
    art29_cooling_off,
    art30_visit_items,
    art30_visitor,
    art31_rescission,
)
from ledger.rules.cn.amac_suitability import unnumbered_rating_floor, unnumbered_result_notice
from ledger.rules.cn.fund_law import art87_holders
from ledger.rules.cn.order_105 import (
    art11_seats,
    art12_minimum,
    art12_paid_amount,
    art12_qualified_investor,
    art17_risk_rating,
)
from ledger.rules.cn.order_130 import art19_over_tolerance, art22_lowest_class, art29_separation
from ledger.rules.cn.order_175 import unnumbered_own_funds, unnumbered_sales_list
from ledger.rules.cn.regulation_762 import art20_nominee, art20_payer
from ledger.rules.policy import duties
from ledger.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    # who may do it, and whether its turn has come
    art29_separation.RULE,
    art30_visitor.RULE,
    duties.RULE,
    art15_order.RULE,
    # the product
    unnumbered_sales_list.RULE,
    art17_risk_rating.RULE,
    unnumbered_rating_floor.RULE,
    # the investor
    art20_online_gate.RULE,
    art18_assessment_validity.RULE,
    unnumbered_result_notice.RULE,
    art20_nominee.RULE,
    unnumbered_own_funds.RULE,
    # the two together
    art22_lowest_class.RULE,
    art19_over_tolerance.RULE,
    art12_minimum.RULE,
    art11_seats.RULE,
    art87_holders.RULE,
    # qualification on proof
    art12_qualified_investor.RULE,
    art12_qualified_investor.CANDIDATE,
    art27_proof.RULE,
    art27_certification_standing.RULE,
    # the steps
    art26_statement_items.ITEM,
    art26_statement_items.RULE,
    art12_raising_account.RULE,
    art20_payer.RULE,
    art12_paid_amount.RULE,
    art29_contact_ban.RULE,
    art29_cooling_off.RULE,
    art30_visit_items.RULE,
    art30_visit_items.EFFECT,
    art31_rescission.RULE,
)

# regime: the norm without which it does not exist
REGIMES: Mapping[str, str] = {"cn_private_fund": "order_105"}
