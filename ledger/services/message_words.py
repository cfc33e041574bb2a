"""What messages say: whose they are, that something waits, the link. Never a product, an amount or a person's name.

Before the specific-person determination nothing may be promoted (募集 arts. 16-20), and a telephone lies on tables.
"""

from collections.abc import Mapping
from types import MappingProxyType

INVITATION = "invitation"
ENDING = {"assessment": "assessment_ending", "certification": "certification_ending"}
TOPICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "identity": ("身份核验", "confirm your identity"),
        "agreement": ("阅读网络服务协议", "read the service agreement"),
        "declaration": ("确认投资者资格", "confirm your qualification"),
        "owners": ("确认受益所有人", "confirm the beneficial owners"),
        "consents": ("个人信息单独同意", "decide on the consents"),
        "questionnaire": ("风险测评问卷", "answer the risk questionnaire"),
        "result": ("查看测评结果", "read the result of your assessment"),
        "product": ("阅读产品资料", "read the material"),
        "match": ("确认匹配意见", "confirm the match opinion"),
        "care": ("阅读特别揭示", "read the extra disclosure"),
        "disclosure": ("阅读风险揭示书", "read the risk disclosure"),
        "items": ("逐项确认声明", "confirm the statements one by one"),
        "sign_disclosure": ("签署风险揭示书", "sign the risk disclosure"),
        "proof": ("上传证明材料", "upload your proof"),
        "contract": ("阅读并签署合同", "read and sign the contract"),
        "payment": ("查看付款指引", "read how to pay"),
        "visit": ("答复回访问题", "answer the return visit"),
        ENDING["assessment"]: ("风险测评即将到期", "your risk assessment ends soon"),
        ENDING["certification"]: ("合格投资者认定即将到期", "your certification ends soon"),
    }
)
"""What a reminder may be about, as (Chinese, English)."""

_ZH = "【{house}】您有一项业务{what}。请于 {until} 前打开专属链接，以短信验证码核验身份后办理：{address} 请勿转发。"
_EN = "[{house}] {what}. Open your own link before {until} and confirm who you are: {address} Do not pass it on."


def words(about: str, language: str, *, house: str, until: str, address: str) -> str:
    """Return the text of one message; ``until`` is a day, ``address`` holds the link's token."""
    zh, en = TOPICS.get(about, ("", ""))
    if language == "zh":
        return _ZH.format(house=house, what=f"待办：{zh}" if zh else "需本人办理", until=until, address=address)
    what = f"One step waits for you: {en}" if en else "Something waits for you in person"
    return _EN.format(house=house, what=what, until=until, address=address)
