"""Strict DER (X.690): definite shortest lengths, one-byte tags, nothing left over. Only what CMS and RFC 3161 need."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from verifier.errors import MalformedError

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1

_CONSTRUCTED: Final = 0x20
_LONG_TAG: Final = 0x1F
_LONG_LENGTH: Final = 0x80
_TIME: Final = re.compile(r"([0-9]{14})(?:\.([0-9]{0,5}[1-9]))?Z")


@dataclass(frozen=True, slots=True)
class Node:
    """One element: tag, contents, and the whole encoding."""

    tag: int
    body: bytes
    raw: bytes

    def children(self) -> list["Node"]:
        """Return the elements of a constructed one."""
        if not self.tag & _CONSTRUCTED:
            raise MalformedError("bad_der", f"the element with tag {self.tag:#04x} holds no others")
        nodes, at = [], 0
        while at < len(self.body):
            node = _element(self.body, at)
            nodes.append(node)
            at += len(node.raw)
        return nodes

    def expect(self, tag: int) -> "Node":
        """Return this element if it has the tag."""
        if self.tag != tag:
            raise MalformedError("bad_der", f"the element has tag {self.tag:#04x}, not {tag:#04x}")
        return self

    def sequence(self, *tags: int) -> list["Node"]:
        """Return the elements of a SEQUENCE that has exactly these tags in this order."""
        nodes = self.expect(SEQUENCE).children()
        if [n.tag for n in nodes] != list(tags):
            raise MalformedError("bad_der", f"a sequence holds {[hex(n.tag) for n in nodes]}, not {[*map(hex, tags)]}")
        return nodes

    def only(self, tag: int) -> "Node":
        """Return the only element of this one, which has the tag."""
        nodes = self.children()
        if len(nodes) != 1:
            raise MalformedError("bad_der", f"{len(nodes)} elements stand where exactly one belongs")
        return nodes[0].expect(tag)

    def integer(self) -> int:
        """Return a two's complement integer in its shortest form."""
        body = self.expect(INTEGER).body
        if not body or (len(body) > 1 and body[0] in (0, 0xFF) and (body[0] ^ body[1]) < 0x80):  # noqa: PLR2004 - sign bit
            raise MalformedError("bad_der", "an integer is not in its shortest form")
        return int.from_bytes(body, "big", signed=True)

    def oid(self) -> str:
        """Return an object identifier in dotted form."""
        body = self.expect(OID).body
        if not body or body[-1] & 0x80 or len(body) > 64:  # noqa: PLR2004 - continuation bit; a bound
            raise MalformedError("bad_der", "an object identifier is cut off or too long")
        arcs, value, start = [], 0, True
        for byte in body:
            if start and byte == 0x80:  # noqa: PLR2004 - a leading zero digit
                raise MalformedError("bad_der", "an arc of an object identifier is not in its shortest form")
            value, start = value << 7 | byte & 0x7F, not byte & 0x80
            if start:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))

    def time(self) -> datetime:
        """Return a GeneralizedTime of RFC 3161: UTC, no trailing zeros, at most microseconds."""
        body = self.expect(GENERALIZED_TIME).body
        found = _TIME.fullmatch(body.decode("ascii", "replace"))
        if found:
            try:
                return datetime.strptime(f"{found[1]}.{(found[2] or '0'):0<6}", "%Y%m%d%H%M%S.%f").replace(tzinfo=UTC)
            except ValueError:
                pass  # a day or hour that does not exist: refused like any other wrong form
        raise MalformedError("bad_der", "a time is not YYYYMMDDhhmmss[.f]Z")


def decode(data: bytes) -> Node:
    """Read exactly one element."""
    node = _element(data, 0)
    if len(node.raw) != len(data):
        raise MalformedError("bad_der", f"{len(data) - len(node.raw)} bytes follow the DER element")
    return node


def _element(data: bytes, at: int) -> Node:
    head = data[at : at + 2]
    if len(head) != 2 or head[0] & _LONG_TAG == _LONG_TAG:  # noqa: PLR2004 - tag and length
        raise MalformedError("bad_der", "an element is cut off, or its tag has more than one byte")
    start, length = at + 2, head[1]
    if length & _LONG_LENGTH:
        digits = data[start : start + (length & 0x7F)]
        start += length & 0x7F
        length = int.from_bytes(digits, "big")
        if not digits or digits[0] == 0 or length < _LONG_LENGTH:
            raise MalformedError("bad_der", "a length is not in its shortest form")
    if start + length > len(data):
        raise MalformedError("bad_der", "an element reaches past the end")
    return Node(head[0], data[start : start + length], data[at : start + length])
