# The suitability core, written from the law and not from our rules: an independent second opinion.
# `refused` holds the addresses of our rules, so that reasons are compared and not only answers.
# Money is in fen, instants in microseconds since 1970, classes and levels are 1 to 5.
package core

default allow := false

allow if count(refused) == 0

longest := 15552000000000 # 180 days: how long policy lets a certification stand

caps := {
	"contract": 200,
	"limited_partnership": 50,
	"limited_liability_company": 50,
	"joint_stock_company": 200,
}

thresholds := {
	"person": {"financial_assets": 300000000, "income": 50000000},
	"institution": {"net_assets": 1000000000},
}

# 130号 art. 19
refused contains "cn/order_130/art19_over_tolerance" if not input.assessment.known

refused contains "cn/order_130/art19_over_tolerance" if {
	input.product.risk > input.assessment.tolerance
	not input.assessment.lowest
	not input.special
}

# 130号 art. 22
refused contains "cn/order_130/art22_lowest_class" if not input.assessment.known

refused contains "cn/order_130/art22_lowest_class" if {
	input.assessment.lowest
	input.product.risk > 1
}

# 募集 art. 18
refused contains "cn/amac_raising/art18_assessment_validity" if not assessed

assessed if {
	input.assessment.known
	input.at < input.assessment.until
}

# 105号 art. 12: the person's own means; what was certified under another regime is no certification here
refused contains "cn/order_105/art12_qualified_investor" if not qualified

qualified if {
	input.certification.known
	input.certification.regime == "cn_private_fund"
	input.certification.amount >= thresholds[kind][input.certification.branch]
}

kind := "person" if input.person

kind := "institution" if not input.person

# 募集 art. 27
refused contains "cn/amac_raising/art27_certification_standing" if not standing

standing if {
	input.certification.known
	input.certification.regime == "cn_private_fund"
	not revoked
	input.at < input.certification.until
	input.at < input.certification.granted + longest
}

revoked if {
	input.certification.revoked
	input.certification.revoked_at <= input.at
}

# 105号 art. 12: without the fee; the fund contract may ask for more
refused contains "cn/order_105/art12_minimum" if input.order.amount < 100000000

refused contains "cn/order_105/art12_minimum" if input.order.amount < input.product.minimum

# 105号 art. 11, 基金法 art. 87
refused contains "cn/order_105/art11_seats" if input.product.seats + 1 > caps[input.product.form]

refused contains "cn/fund_law/art87_holders" if input.product.seats + 1 > 200

# 175号
refused contains "cn/order_175/unnumbered_sales_list" if not on_sale

on_sale if {
	input.product.approved
	input.product.listed
	input.at >= input.product.listed_from
	not input.product.suspended
	not input.product.closed
}

# 105号 art. 17
refused contains "cn/order_105/art17_risk_rating" if input.at >= input.product.rated_until

# 适当性指引
refused contains "cn/amac_suitability/unnumbered_rating_floor" if input.product.risk < input.product.manager_risk
