"""The smallest authority that keeps the protocol's promises, for tests of the log alone."""

from retention.audit.authority import leaf_time
from retention.errors import AuditError


class MemoryAuthority:
    def __init__(self):
        self.stored, self.hashes, self.notes, self.at = [], (), {}, None

    def size(self):
        return len(self.stored)

    def frontier(self):
        return self.hashes

    def last_time(self):
        return leaf_time(self.stored[-1]) if self.stored else None

    def append_leaf(self, index, leaf):
        if index != len(self.stored):
            raise AuditError("not the next index")
        self.stored.append(leaf)

    def set_frontier(self, hashes):
        self.hashes = tuple(hashes)

    def add_checkpoint(self, size, note):
        if self.notes.setdefault(size, note) != note:
            raise AuditError("a second note for one size")

    def leaves(self, start, stop):
        if not 0 <= start <= stop <= len(self.stored):
            raise AuditError("no such leaves")
        return self.stored[start:stop]

    def checkpoint(self, size):
        return self.notes.get(size)

    def published(self):
        return self.at

    def set_published(self, size):
        if size < (self.at or 0):
            raise AuditError("published size goes back")
        self.at = size
