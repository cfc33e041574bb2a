"""A growing RFC 9162 tree in constant memory: its right edge and the tiles not yet full (for `fsck`)."""

from verifier.merkle import Suite

WIDTH = 256


class Frontier:
    """Takes leaf hashes one by one; gives the root at any moment and every tile at the moment it is full."""

    def __init__(self, suite: Suite) -> None:
        """An empty tree."""
        self.suite = suite
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []  # (height, node), heights falling from left to right
        self._tiles: list[list[bytes]] = []

    def push(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; return the tiles that it fills as (level, number, 256 hashes)."""
        self.size += 1
        node, height = leaf, 0
        full = self._fill(0, leaf)
        while self._edge and self._edge[-1][0] == height:
            node = self.suite.node(self._edge.pop()[1], node)
            height += 1
            if height % 8 == 0:
                full += self._fill(height // 8, node)
        self._edge.append((height, node))
        return full

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._edge:
            return self.suite.empty
        node = self._edge[-1][1]
        for _, left in reversed(self._edge[:-1]):
            node = self.suite.node(left, node)
        return node

    def _fill(self, level: int, node: bytes) -> list[tuple[int, int, bytes]]:
        while len(self._tiles) <= level:
            self._tiles.append([])
        tile = self._tiles[level]
        tile.append(node)
        if len(tile) < WIDTH:
            return []
        number = (self.size >> (8 * (level + 1))) - 1
        self._tiles[level] = []
        return [(level, number, b"".join(tile))]
