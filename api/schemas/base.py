"""Building blocks of the wire: bounded strings, money as decimal strings, instants in UTC."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from ledger.domain.money import Money

HEX64 = r"^[0-9a-f]{64}$"
HEX = r"^([0-9a-f]{2})+$"
AMOUNT = r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?$"
CURRENCY = r"^[A-Z]{3}$"
WORD = r"^[a-z0-9][a-z0-9_.\-]{0,63}$"
LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
HALF_YEAR = r"^[12][0-9]{3}-H[12]$"
REPORT_PERIOD = r"^[12][0-9]{3}-(Q[1-4]|H[12])$"
MOBILE = r"^\+?[0-9]{6,20}$"
CODE = r"^[0-9]{6}$"
CODE_NAME = r"^[A-Za-z0-9\-]{1,32}$"
ID_NUMBER = r"^[A-Za-z0-9()\-]{4,32}$"
QUESTION = r"^[A-Za-z0-9._\-]{1,32}$"
ACCOUNT = r"^[A-Za-z0-9\-]{4,64}$"

INSTANT_LENGTH = 32

HINTS = {
    HEX64: ("must be 64 lower-case hex digits", "须为 64 位小写十六进制"),
    HEX: ("must be lower-case hex with two digits a byte", "须为小写十六进制"),
    AMOUNT: ('must be a decimal string such as "1000000.00"', "须为十进制字符串，如 1000000.00"),
    CURRENCY: ('must be an ISO 4217 code such as "CNY"', "须为货币代码，如 CNY"),
    WORD: ("must be a short lower-case word such as cn_private_fund", "须为小写英文标识"),
    LINE: ("must be one line of plain text without control characters", "须为一行文本，不得含有控制字符"),
    TEXT: ("must be plain text without control characters", "不得含有控制字符"),
    DAY: ("must be a day such as 2026-03-02", "须为日期，如 2026-03-02"),
    HALF_YEAR: ("must be a half-year such as 2026-H1", "须为半年度，如 2026-H1"),
    REPORT_PERIOD: ("must be a quarter or half-year such as 2026-Q3", "须为季度或半年度，如 2026-Q3"),
    MOBILE: ("must be a telephone number of 6 to 20 digits", "须为 6 至 20 位电话号码"),
    CODE: ("must be the six digits you were sent", "须为收到的六位数字"),
    ID_NUMBER: ("must be 4 to 32 letters, digits, hyphens or brackets", "须为 4 至 32 位证件号码"),
    QUESTION: ("must be letters, digits, points, hyphens or underscores, at most 32", "须为不超过 32 位的题号或选项"),
    CODE_NAME: ("must be letters, digits and hyphens, at most 32", "须为字母、数字或连字符，不超过 32 位"),
    ACCOUNT: ("must be an account of 4 to 64 letters, digits or hyphens", "须为 4 至 64 位账号"),
}

EXAMPLE_INVESTOR = "1f" * 32
EXAMPLE_PRODUCT = "2e" * 32
EXAMPLE_SALE = "3d" * 32
EXAMPLE_LEAF = "4c" * 32
EXAMPLE_SHA256 = "5b" * 32
EXAMPLE_INSTANT = "2026-03-02T01:30:00.000000Z"


class Wire(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """An answer, for documentation: services write it, tests hold it to this shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def example(**values: Any) -> ConfigDict:
    """Give a model the example that the documentation shows (a test holds it to the model)."""
    return ConfigDict(json_schema_extra={"examples": [values]})


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("day", "not a day of the calendar") from error
    return value


def _instant(value: Any) -> datetime:
    """Read an RFC 3339 instant with an offset; microseconds at most."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= INSTANT_LENGTH else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise PydanticCustomError("instant", "not an instant")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("instant", "not an instant") from error


Stream = Annotated[str, StringConstraints(pattern=HEX64), Field(examples=[EXAMPLE_SALE])]
Leaf = Annotated[str, StringConstraints(pattern=HEX64), Field(examples=[EXAMPLE_LEAF])]
Sha256 = Annotated[str, StringConstraints(pattern=HEX64), Field(examples=[EXAMPLE_SHA256])]
Amount = Annotated[str, StringConstraints(pattern=AMOUNT), Field(examples=["1000000.00"])]
Currency = Annotated[str, StringConstraints(pattern=CURRENCY), Field(examples=["CNY"])]
Level = Literal["R1", "R2", "R3", "R4", "R5"]
Tolerance = Literal["C1", "C2", "C3", "C4", "C5"]
Flag = Annotated[bool, Strict()]
Question = Annotated[str, StringConstraints(pattern=QUESTION)]
Word = Annotated[str, StringConstraints(pattern=WORD)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=TEXT)]
Day = Annotated[
    str,
    StringConstraints(pattern=DAY),
    AfterValidator(_day),
    Field(examples=["2026-03-02"], json_schema_extra={"format": "date"}),
]
SignatureHex = Annotated[str, StringConstraints(pattern=HEX, min_length=16, max_length=288)]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": [EXAMPLE_INSTANT]}),
]


def money(amount: str, currency: str) -> Money:
    """Build money from two fields that their patterns have already bounded."""
    return Money.parse(amount, currency)
