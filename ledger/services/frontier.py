"""A growing RFC 9162 tree in constant memory: its right edge and the tiles not yet full (for `fsck`)."""

from verifier.merkle import Suite

HEIGHT = 4
WIDTH = 1 << HEIGHT


class Frontier:
    """Takes leaf hashes one by one; gives the root at any moment and every tile at the moment it is full."""

    def __init__(self, suite: Suite) -> None:
        """An empty tree."""
        self.suite = suite
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []  # (height, node), heights falling from left to right
        self._tiles: list[list[bytes]] = [[]]

    def push(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; return the tiles that it fills as (level, number, 16 hashes and the root over them)."""
        self.size += 1
        self._tiles[0].append(leaf)
        node, height, full = leaf, 0, list[tuple[int, int, bytes]]()
        while self._edge and self._edge[-1][0] == height:
            node = self.suite.node(self._edge.pop()[1], node)
            height += 1
            if height % HEIGHT == 0:
                full.append((height // HEIGHT - 1, (self.size >> height) - 1, self._fill(height // HEIGHT, node)))
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

    def _fill(self, level: int, root: bytes) -> bytes:
        """Take a full tile's root as the next entry of the level above it; return the tile."""
        if level == len(self._tiles):
            self._tiles.append([])
        full = b"".join([*self._tiles[level - 1], root])
        self._tiles[level - 1] = []
        self._tiles[level].append(root)
        return full
