"""What somebody uploads: the media type is read from the bytes, and nothing in it may act."""

from ledger.errors import CallerError
from ledger.services.ledger import Ledger
from ledger.services.media import MAGIC


def require_paper(ledger: Ledger, content: bytes) -> str:
    """Return the media type of a PDF, PNG or JPEG; `CallerError` for anything else, or a PDF with active parts."""
    media_type = next((m for magic, m in MAGIC.items() if content.startswith(magic)), None)
    if media_type is None:
        raise CallerError(
            "the file is neither PDF, PNG nor JPEG: send one of these", "文件格式不支持，请上传 PDF、PNG 或 JPEG"
        )
    if media_type == "application/pdf" and (active := ledger.papers.active_parts(content)):
        raise CallerError(
            f"the PDF holds active parts ({', '.join(active)}): print it to a new PDF and send that",
            "PDF 含有脚本、附件等可执行内容，请打印为新的 PDF 后上传",
            active=list(active),
        )
    return media_type
