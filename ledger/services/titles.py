"""Names of record types for people, Chinese and English; `docs/format.md` §3 has the machine names."""

from collections.abc import Mapping
from types import MappingProxyType

from ledger.domain.actors import Role
from ledger.domain.catalogue import CHANNEL, EVENT_TYPES
from ledger.domain.events import Event, Value
from ledger.domain.instants import to_text

TITLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "investor.registered": ("投资者登记", "Investor registered"),
        "investor.code_sent": ("发送一次性验证码", "One-time code sent"),
        "investor.code_rejected": ("验证码错误", "One-time code rejected"),
        "investor.identity_verified": ("身份核验通过", "Identity verified"),
        "agreement.accepted": ("同意网络服务协议", "Service agreement accepted"),
        "qualification.declared": ("主动确认符合合格投资者条件", "Qualification actively confirmed"),
        "questionnaire.submitted": ("提交风险测评问卷", "Questionnaire submitted"),
        "questionnaire.refused": ("拒绝接受测评问卷", "Questionnaire refused"),
        "assessment.completed": ("风险测评完成", "Risk assessment completed"),
        "assessment.notified": ("测评结果已告知", "Assessment result notified"),
        "investor.changed": ("投资者信息发生变化", "Investor's circumstances changed"),
        "erasure.requested": ("请求删除个人信息", "Deletion requested"),
        "data.frozen": ("个人信息冻结（仅存储）", "Personal data frozen: storage only"),
        "product.shown": ("展示产品", "Product shown"),
        "product.promoted": ("推介产品", "Product promoted"),
        "product.requested": ("投资者主动要求了解并购买指定产品", "Named product requested by the investor"),
        "unsuitability.notified": ("告知产品不适合", "Told that the product is unsuitable"),
        "warning.given": ("特别书面风险警示", "Special written warning given"),
        "warning.acknowledged": ("确认特别风险警示", "Special warning acknowledged"),
        "purchase.insisted": ("警示后仍坚持购买", "Insisted after the warning"),
        "credential.registered": ("登记签名凭证", "Signing credential registered"),
        "credential.withdrawn": ("停用签名凭证", "Signing credential withdrawn"),
        "certificate.issued": ("签发事件证书", "Event certificate issued"),
        "proof.uploaded": ("上传资产或收入证明", "Proof uploaded"),
        "certification.granted": ("合格投资者认定通过", "Qualified investor certified"),
        "certification.refused": ("合格投资者认定未通过", "Certification refused"),
        "certification.revoked": ("撤销合格投资者认定", "Certification revoked"),
        "investor.profiled": ("登记机构或产品信息", "Institution or product described"),
        "investor.holders_declared": ("申报最终投资者", "Holders declared"),
        "representative.named": ("登记代表人", "Person who acts named"),
        "power.granted": ("授权委托登记", "Power of attorney recorded"),
        "power.revoked": ("撤销授权", "Power of attorney revoked"),
        "authority.refused": ("系统拒绝（无有效授权）", "Refused for want of authority"),
        "owners.declared": ("申报受益所有人", "Beneficial owners declared"),
        "owners.confirmed": ("确认受益所有人", "Beneficial owners confirmed"),
        "exemption.granted": ("豁免依据登记", "Basis of an exemption recorded"),
        "exemption.revoked": ("撤销豁免", "Exemption revoked"),
        "professional.recognised": ("认定为专业投资者", "Recognised as professional"),
        "professional.applied": ("申请转为专业投资者", "Applied to be treated as professional"),
        "professional.explained": ("说明两类投资者差别并警示风险", "Differences explained, risk warned of"),
        "professional.tested": ("知识测试或模拟交易", "Knowledge test or simulated trading"),
        "professional.decided": ("转化审查决定", "Conversion decided"),
        "professional.notified": ("告知审查结果及理由", "Told of the result and its reasons"),
        "professional.renounced": ("书面告知转为普通投资者", "Became ordinary by written notice"),
        "regime.stated": ("境外合格投资者书面声明", "Statement under a foreign regime"),
        "regime.told": ("境外合格投资者书面告知", "Notice under a foreign regime"),
        "regime.withdrawn": ("撤回境外合格投资者声明", "Statement under a foreign regime withdrawn"),
        "investor.step_refused": ("系统拒绝（投资者）", "Investor step refused"),
        "step.refused_before_sale": ("系统拒绝（认购前）", "Refused before the sale"),
        "cdd.completed": ("客户尽职调查完成", "Customer due diligence done"),
        "consent.given": ("单独同意", "Consent given"),
        "consent.withdrawn": ("撤回同意", "Consent withdrawn"),
        "review.requested": ("申请人工复核", "Review by a person requested"),
        "review.completed": ("人工复核完成", "Review by a person completed"),
        "eligibility.decided": ("适当性决定回执", "Eligibility decided"),
        "product.introduced": ("产品引入", "Product introduced"),
        "product.rated": ("产品风险评级", "Product rated"),
        "product.approved": ("产品准入审批", "Product approved"),
        "product.listed": ("产品上架", "Product listed"),
        "product.suspended": ("产品暂停销售", "Product suspended"),
        "product.closed": ("产品结束募集", "Product closed"),
        "product.liquidated": ("产品清算完毕", "Product liquidated"),
        "product.document_attached": ("产品文件归档", "Product document attached"),
        "product.mandate_recorded": ("销售资格与委托登记", "Right to sell recorded"),
        "product.size_reported": ("基金规模报告", "Fund size reported"),
        "product.material_checked": ("宣传材料审查通过", "Marketing material passed the check"),
        "product.material_withdrawn": ("宣传材料撤回", "Marketing material withdrawn"),
        "product.disclosed": ("信息披露完成", "Disclosure duty done"),
        "product.filed": ("募集完毕备案材料报送", "Filing data submitted"),
        "product.step_refused": ("系统拒绝（产品）", "Product step refused"),
        "product.seats_reserved": ("预留投资者名额", "Seat reserved"),
        "product.seats_released": ("释放投资者名额", "Seat released"),
        "sale.opened": ("发起认购", "Sale opened"),
        "match.completed": ("适当性匹配", "Suitability match"),
        "match.acknowledged": ("匹配意见已确认", "Match opinion acknowledged"),
        "match.superseded": ("重新匹配（待投资者确认）", "Matched again, to be acknowledged"),
        "match.withdrawn": ("匹配结论撤回", "Match withdrawn"),
        "care.presented": ("高风险产品特别揭示", "Extra disclosure of a high-risk product"),
        "care.acknowledged": ("确认高风险特别揭示", "Extra disclosure acknowledged"),
        "disclosure.presented": ("出示风险揭示书", "Risk disclosure presented"),
        "disclosure.item_confirmed": ("逐项确认声明", "Statement item confirmed"),
        "document.signed": ("电子签署", "Document signed"),
        "document.page_read": ("逐页阅读", "Page read"),
        "contract.presented": ("出示基金合同", "Fund contract presented"),
        "qualification.confirmed": ("合格投资者确认", "Qualification confirmed"),
        "contract.completed": ("基金合同签署完毕", "Contract fully signed"),
        "payment.slip_uploaded": ("上传付款凭证（不替代银行到账确认）", "Payment slip uploaded (no proof of arrival)"),
        "payment.received": ("认购款到账", "Payment received"),
        "message.queued": ("消息待发送", "Message queued"),
        "message.ended": ("消息发送结果", "Message's outcome"),
        "invitation.queued": ("专属链接待发送", "Invitation queued"),
        "invitation.ended": ("专属链接发送结果", "Invitation's outcome"),
        "contact.made": ("联系投资者", "Investor contacted"),
        "visit.answered": ("投资者答复回访问题", "Return visit answered"),
        "visit.completed": ("回访确认", "Return visit"),
        "sample.visited": ("适当性抽样回访", "Suitability visit of the sample"),
        "sale.rescinded": ("解除合同", "Contract rescinded"),
        "sale.effective": ("认购生效", "Sale effective"),
        "holding.confirmed": ("持有确认", "Holding confirmed"),
        "holding.valued": ("持有价值登记", "Holding valued"),
        "holding.redeemed": ("赎回", "Holding redeemed"),
        "report.made": ("出具审计报告", "Audit report made"),
        "decision.made": ("决定", "Decision made"),
        "step.refused": ("系统拒绝", "Step refused"),
        "institution.registered": ("机构登记", "Institution registered"),
        "staff.appointed": ("员工任命", "Staff appointed"),
        "staff.qualified": ("从业资格登记", "Fund qualification recorded"),
        "selfcheck.completed": ("适当性自查", "Suitability self-check"),
        "sample.drawn": ("抽取回访样本", "Sample drawn for visits"),
        "clock.advanced": ("模拟时钟前移（开发替身）", "Simulated clock advanced (development stand-in)"),
        "ruleset.adopted": ("采用规则集", "Ruleset adopted"),
        "chain.reopened": ("链上锚定消失，重新上链", "Anchors vanished from the chain; anchored again"),
        "access.logged": ("个人信息访问", "Personal data read"),
    }
)
PURPOSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"risk_disclosure": ("风险揭示书", "risk disclosure"), "fund_contract": ("基金合同", "fund contract")}
)


CHANNELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "app": ("机构应用", "in the firm's app"),
        "branch": ("网点终端", "at a branch's terminal"),
        "pc": ("电脑", "at a desktop"),
        "wechat": ("微信", "inside WeChat"),
    }
)
"""Through what an investor came, where the link said more than "some browser"."""


def line_of(event: Event) -> dict[str, Value]:
    """Return one record as a line of its stream's timeline."""
    zh, en = title_of(event)
    return {
        "at": to_text(event.occurred_at),
        "type": event.type,
        "title": {"zh": zh, "en": en},
        "actor": {"id": event.actor.id, "role": event.actor.role.value},
        "record": event.leaf,
    }


def title_of(event: Event) -> tuple[str, str]:
    """Return the (Chinese, English) title of one record, with its item number or document, and the channel."""
    zh, en = _named(event)
    came = event.fields.get(CHANNEL) if CHANNEL in EVENT_TYPES[event.type].optional else None
    if event.actor.role is not Role.INVESTOR or came not in CHANNELS:
        return zh, en
    through_zh, through_en = CHANNELS[str(came)]
    return f"{zh}（{through_zh}）", f"{en} ({through_en})"


def _named(event: Event) -> tuple[str, str]:
    zh, en = TITLES[event.type]
    if event.type == "disclosure.item_confirmed":
        item = event.fields["item"]
        return f"{zh} {item}", f"{en} {item}"
    if event.type == "document.page_read":
        page, pages, seconds = (event.fields[name] for name in ("page", "pages", "seconds"))
        return f"{zh}:第 {page} 页（共 {pages} 页，{seconds} 秒）", f"{en}: {page} of {pages}, {seconds} s"
    if event.type == "document.signed":
        purpose_zh, purpose_en = PURPOSES[event.text("purpose")]
        return f"{zh}:{purpose_zh}", f"{en}: {purpose_en}"
    return zh, en
