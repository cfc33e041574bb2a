"""Names of record types for people, Chinese and English; `docs/format.md` §3 has the machine names."""

from collections.abc import Mapping
from types import MappingProxyType

from ledger.domain.events import Event

TITLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "investor.registered": ("投资者登记", "Investor registered"),
        "investor.code_sent": ("发送一次性验证码", "One-time code sent"),
        "investor.code_rejected": ("验证码错误", "One-time code rejected"),
        "investor.identity_verified": ("身份核验通过", "Identity verified"),
        "agreement.accepted": ("同意网络服务协议", "Service agreement accepted"),
        "qualification.declared": ("主动确认符合合格投资者条件", "Qualification actively confirmed"),
        "questionnaire.submitted": ("提交风险测评问卷", "Questionnaire submitted"),
        "assessment.completed": ("风险测评完成", "Risk assessment completed"),
        "assessment.notified": ("测评结果已告知", "Assessment result notified"),
        "product.shown": ("展示产品", "Product shown"),
        "certificate.issued": ("签发事件证书", "Event certificate issued"),
        "proof.uploaded": ("上传资产或收入证明", "Proof uploaded"),
        "certification.granted": ("合格投资者认定通过", "Qualified investor certified"),
        "certification.refused": ("合格投资者认定未通过", "Certification refused"),
        "certification.revoked": ("撤销合格投资者认定", "Certification revoked"),
        "step.refused_before_sale": ("系统拒绝（认购前）", "Refused before the sale"),
        "consent.given": ("单独同意", "Consent given"),
        "eligibility.decided": ("适当性决定回执", "Eligibility decided"),
        "product.introduced": ("产品引入", "Product introduced"),
        "product.rated": ("产品风险评级", "Product rated"),
        "product.approved": ("产品准入审批", "Product approved"),
        "product.listed": ("产品上架", "Product listed"),
        "product.suspended": ("产品暂停销售", "Product suspended"),
        "product.seats_reserved": ("预留投资者名额", "Seat reserved"),
        "product.seats_released": ("释放投资者名额", "Seat released"),
        "sale.opened": ("发起认购", "Sale opened"),
        "match.completed": ("适当性匹配", "Suitability match"),
        "match.acknowledged": ("匹配意见已确认", "Match opinion acknowledged"),
        "disclosure.presented": ("出示风险揭示书", "Risk disclosure presented"),
        "disclosure.item_confirmed": ("逐项确认声明", "Statement item confirmed"),
        "document.signed": ("电子签署", "Document signed"),
        "qualification.confirmed": ("合格投资者确认", "Qualification confirmed"),
        "contract.completed": ("基金合同签署完毕", "Contract fully signed"),
        "payment.received": ("认购款到账", "Payment received"),
        "contact.made": ("联系投资者", "Investor contacted"),
        "visit.completed": ("回访确认", "Return visit"),
        "sale.rescinded": ("解除合同", "Contract rescinded"),
        "sale.effective": ("认购生效", "Sale effective"),
        "report.made": ("出具审计报告", "Audit report made"),
        "decision.made": ("决定", "Decision made"),
        "step.refused": ("系统拒绝", "Step refused"),
        "institution.registered": ("机构登记", "Institution registered"),
        "staff.appointed": ("员工任命", "Staff appointed"),
        "clock.advanced": ("模拟时钟前移（开发替身）", "Simulated clock advanced (development stand-in)"),
        "access.logged": ("个人信息访问", "Personal data read"),
    }
)
PURPOSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"risk_disclosure": ("风险揭示书", "risk disclosure"), "fund_contract": ("基金合同", "fund contract")}
)


def title_of(event: Event) -> tuple[str, str]:
    """Return the (Chinese, English) title of one record, with its item number or document."""
    zh, en = TITLES[event.type]
    if event.type == "disclosure.item_confirmed":
        item = event.fields["item"]
        return f"{zh} {item}", f"{en} {item}"
    if event.type == "document.signed":
        purpose_zh, purpose_en = PURPOSES[event.text("purpose")]
        return f"{zh}:{purpose_zh}", f"{en}: {purpose_en}"
    return zh, en
