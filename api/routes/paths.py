"""Path and page parameters that many resources share."""

from typing import Annotated

from fastapi import Path, Query

from api.schemas import base

HEX32 = r"^[0-9a-f]{32}$"
KEY = r"^[A-Za-z0-9_\-]{1,64}$"

Investor = Annotated[str, Path(pattern=base.HEX64, description="investor stream", examples=[base.EXAMPLE_INVESTOR])]
Product = Annotated[str, Path(pattern=base.HEX64, description="product stream", examples=[base.EXAMPLE_PRODUCT])]
Sale = Annotated[str, Path(pattern=base.HEX64, description="sale stream", examples=[base.EXAMPLE_SALE])]
Stream = Annotated[str, Path(pattern=base.HEX64, description="any stream", examples=[base.EXAMPLE_SALE])]
Leaf = Annotated[str, Path(pattern=base.HEX64, description="leaf hash of a record", examples=[base.EXAMPLE_LEAF])]
Representative = Annotated[
    str, Path(pattern=base.HEX64, description="person who acts: leaf of their naming", examples=[base.EXAMPLE_LEAF])
]
Power = Annotated[str, Path(pattern=base.HEX64, description="power of attorney", examples=[base.EXAMPLE_LEAF])]
Sha256 = Annotated[str, Path(pattern=base.HEX64, description="SHA-256 of it", examples=[base.EXAMPLE_SHA256])]
Item = Annotated[int, Path(ge=1, le=999, description="number of the statement item", examples=[1])]
Page = Annotated[int, Path(ge=1, le=999, description="page from 1", examples=[1])]
Signature = Annotated[str, Path(pattern=HEX32, description="prepared signature", examples=["8e" * 16])]
Staff = Annotated[str, Path(pattern=HEX32, description="staff id of a key", examples=["7d" * 16])]
Questionnaire = Annotated[str, Path(pattern=base.WORD, description="its name", examples=["natural-person"])]
Regime = Annotated[str, Path(pattern=base.WORD, description="foreign regime", examples=["sg_ai"])]
Key = Annotated[str, Path(pattern=KEY, description="key id", examples=["0a1b2c3d4e5f6071"])]
Limit = Annotated[int, Query(ge=1, le=200, description="page size")]
After = Annotated[str | None, Query(pattern=base.HEX64, description="cursor: `next` of the page before")]
AfterIndex = Annotated[int, Query(ge=0, le=2**53 - 1, description="cursor: `next` of the page before")]
OfInvestor = Annotated[str | None, Query(pattern=base.HEX64, description="only this investor's")]
Size = Annotated[int | None, Query(ge=1, le=2**53 - 1, description="of a checkpoint; the newest final one without")]
AfterSize = Annotated[int, Query(ge=0, le=2**53 - 1, description="cursor: `next` of the page before")]
SealedSize = Annotated[int, Query(ge=1, le=2**53 - 1, description="size of a checkpoint", examples=[128])]
