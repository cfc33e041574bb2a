"""The articles of the sample fund contract: name, English gloss, paragraphs with places for the sale's own terms."""

from ledger.ports.papers import SalePaperFacts
from ledger.reports import words

_PARTIES = """
投资者声明其为符合《私募投资基金监督管理暂行办法》规定的合格投资者，财产来源及用途合法，以自有资金为自己购买，不代持、不拆分转让。
基金管理人已在基金业协会登记。登记和备案不构成对其投资能力、持续合规情况的认可，也不作为对基金财产安全的保证。
"""
_SUBSCRIPTION = """
投资者认购本基金，认购金额为{capitals}（{amount}），认购费用 {fee} 另行支付。
投资者应以本人名下账户将款项足额划入募集结算资金专用账户：{account}。第三人代付的，募集机构应予退回。
"""
_FEES = """
认购费用按要素表收取。管理费、业绩报酬、托管费及运营服务费的费率和计算方法，以基金招募说明书所载为准，任何一方不得另行收取。
"""
_COOLING_OFF = """
投资者享有不少于 {hours} 小时的投资冷静期，自本合同签署完毕且投资者交纳认购款项之时起算，以二者较晚者为准，\
按小时连续计算。
冷静期内，募集机构及其人员不得主动联系投资者，包括电话、短信、即时通讯和推送。
"""
_VISIT = """
冷静期届满后，由募集机构从事基金销售推介业务以外的人员，以录音电话、电邮、信函等适当方式回访；不得有诱导性陈述，冷静期内的回访无效。
回访应就投资者身份、为自己购买、已阅读并理解合同与风险揭示书、风险匹配、费用与权利、可能的损失、冷静期权利、争议解决等八项逐一确认；\
全部得到肯定答复方为成功。
回访确认成功前，认购款项不得由募集账户划入基金财产账户，不得进行投资运作。
"""
_NO_VISIT = """
本合同未约定回访确认。募集机构仍应依投资者适当性管理的规定进行抽样回访。
"""
_RESCISSION = """
{rescission}前，投资者有权解除本合同，无须说明理由，亦不承担费用。
募集机构应自收到解除通知之日起及时、全额退还投资者已交纳的认购款项和认购费用。
"""
_RISK = """
投资有风险。基金管理人、募集机构均不承诺本金不受损失，不承诺最低收益。投资者已签署的《风险揭示书》为本合同的组成部分。
"""
_INFORMATION = """
基金管理人应按照法律法规和本合同约定，通过约定方式向投资者披露净值、主要财务指标、投资组合、费用及可能影响投资者权益的重大事项。
"""
_PERSONAL = """
募集机构仅为履行适当性、反洗钱和合同义务处理投资者个人信息，加密保存。法定保存期限内收到删除请求的，\
停止除存储和采取必要安全保护措施之外的处理。
记入账本的记录仅含加盐承诺值，任何链上数据均不含个人信息。
"""
_ELECTRONIC = """
各方同意以电子签名签署本合同。签名私钥由投资者在自己的设备上生成并独自控制，不上传至任何服务器。
合同文本、签名、证书、时间戳及各步骤记录构成完整证据；各方认可其作为原件的效力，并可由任何人离线验证。
"""
_LAW = """
本合同适用中华人民共和国法律。因本合同产生的争议，各方应先协商；协商不成的，任何一方可向基金管理人住所地有管辖权的人民法院提起诉讼。
"""
_EFFECT = """
本合同自各方签署完毕时成立；自投资冷静期届满且{effect}时生效。
"""


def articles(facts: SalePaperFacts) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return the articles of this sale's contract."""
    visit = facts.return_visit
    terms = {
        "capitals": words.capitals(facts.amount),
        "amount": words.money(facts.amount),
        "fee": words.money(facts.fee),
        "account": facts.raising_account,
        "hours": str(facts.cooling_off_hours),
        "rescission": "回访确认成功" if visit else "冷静期届满",
        "effect": "回访确认成功" if visit else "款项足额到账",
    }
    content = (
        ("当事人与声明", "Parties", _PARTIES),
        ("认购与缴款", "Subscription", _SUBSCRIPTION),
        ("费用", "Fees", _FEES),
        ("投资冷静期", "Cooling-off", _COOLING_OFF),
        ("回访确认", "Return visit", _VISIT if visit else _NO_VISIT),
        ("解除合同", "Rescission", _RESCISSION),
        ("风险承担", "Risk", _RISK),
        ("信息披露", "Information", _INFORMATION),
        ("个人信息", "Personal information", _PERSONAL),
        ("电子签名与证据", "Electronic signature", _ELECTRONIC),
        ("适用法律与争议解决", "Law and disputes", _LAW),
        ("成立与生效", "Effect", _EFFECT),
    )
    return tuple(
        (zh, en, tuple(line.format_map(terms) for line in text.strip().splitlines())) for zh, en, text in content
    )
