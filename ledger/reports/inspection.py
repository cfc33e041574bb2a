"""What in somebody else's PDF could act: scripts, programs, forms that send, files inside. A proof needs none of it."""

import io
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from ledger.errors import CallerError

ACTIVE = frozenset(
    "/JavaScript /JS /Launch /SubmitForm /ImportData /GoToE /Rendition /RichMedia /RichMediaExecute /EmbeddedFile"
    " /EmbeddedFiles /XFA".split()
)
MOST_OBJECTS = 50_000


def active_parts(pdf: bytes) -> tuple[str, ...]:
    """Return the names of active parts, sorted; `CallerError` for a PDF that cannot be looked into."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            raise CallerError("the PDF is encrypted: send it without a password", "PDF 已加密，请上传未设密码的文件")
        return tuple(sorted(set(_names(reader.root))))
    except (PdfError, ValueError, KeyError, TypeError, IndexError, RecursionError, AttributeError) as error:
        raise CallerError(
            "the PDF is damaged: save it again and send that", "PDF 文件已损坏，请重新保存后上传"
        ) from error


def _names(root: Any) -> Iterator[str]:
    """Yield every active name in what can be reached from the root, each object once."""
    waiting, seen, looked = [root], set[tuple[int, int]](), 0
    while waiting:
        looked += 1
        if looked > MOST_OBJECTS:
            raise CallerError("the PDF has too many parts: print it to a new PDF", "PDF 结构过于复杂，请另存后上传")
        found = waiting.pop()
        if isinstance(found, generic.IndirectObject):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            found = found.get_object()  # type: ignore[no-untyped-call]  # pyHanko's own
        if isinstance(found, generic.DictionaryObject):
            for name in found:
                if name in ACTIVE:
                    yield str(name)
                waiting.append(found.raw_get(name))
        elif isinstance(found, generic.ArrayObject):
            waiting += [found.raw_get(index) for index in range(len(found))]
        elif isinstance(found, generic.NameObject) and found in ACTIVE:
            yield str(found)
