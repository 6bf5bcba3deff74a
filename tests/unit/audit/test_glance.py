"""A quick look finds whatever was changed at the right edge of a log, at every shape of tree."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention.audit import merkle
from retention.audit.glance import glance
from retention.audit.note import Checkpoint, VerifierKey, sign_note
from retention.audit.tiles import WIDTH, bundle_path, bundles_of, encode_bundle, tiles_of
from retention.audit.trust import Trust
from retention.errors import VerificationError

SIZES = [1, 2, 255, 256, 257, 512, 700, 65_536, 65_793]


class Signer:
    def __init__(self):
        self.key = Ed25519PrivateKey.generate()
        self.vkey = VerifierKey("a.example/log", self.key.public_key().public_bytes_raw())

    def sign(self, message):
        return self.key.sign(message)


SIGNER = Signer()
TRUST = Trust((SIGNER.vkey,), {}, {}, "none")


class Published(dict):
    """A log directory in memory: its definition written out, without the code that publishes."""

    def read(self, path):
        return self.get(path)

    def paths(self):
        return iter(self)


def published(size):
    leaves = [b"leaf %d" % index for index in range(size)]
    levels = [[merkle.leaf_hash(leaf) for leaf in leaves]]
    while len(levels[-1]) >= WIDTH:
        below = levels[-1]
        levels.append([merkle.root_of(below[at : at + WIDTH]) for at in range(0, len(below) - WIDTH + 1, WIDTH)])
    log = Published()
    for tile in tiles_of(size):
        log[tile.path] = b"".join(levels[tile.level][tile.index * WIDTH : tile.index * WIDTH + tile.width])
    for index, width in bundles_of(size):
        log[bundle_path(index, width)] = encode_bundle(leaves[index * WIDTH : index * WIDTH + width])
    head = Checkpoint(SIGNER.vkey.name, size, merkle.root_of(levels[0]))
    log["checkpoint"] = sign_note(head.text, [SIGNER]).encode()
    return log


@pytest.fixture(scope="module", params=SIZES)
def log(request):
    return published(request.param), request.param


def test_a_sound_log_is_as_signed(log):
    files, size = log
    assert glance(files, TRUST).size == size


def test_a_byte_changed_at_the_right_edge_is_found(log):
    files, size = log
    edge = {tile.path for tile in tiles_of(size) if (tile.index, tile.width) == last(size, tile.level)}
    for path in ("checkpoint", *edge, bundle_path(*[*bundles_of(size)][-1])):
        changed = Published(files)
        changed[path] = files[path][:-3] + bytes([files[path][-3] ^ 1]) + files[path][-2:]
        with pytest.raises(VerificationError):
            glance(changed, TRUST)


def test_what_is_missing_at_the_right_edge_is_found(log):
    files, size = log
    for path in ("checkpoint", bundle_path(*[*bundles_of(size)][-1]), [*tiles_of(size)][-1].path):
        with pytest.raises(VerificationError):
            glance(Published({name: data for name, data in files.items() if name != path}), TRUST)


def test_it_reads_a_few_files_however_long_the_log(log):
    files, _ = log
    read = []

    class Counting(Published):
        def read(self, path):
            read.append(path)
            return super().read(path)

    glance(Counting(files), TRUST)
    assert len(read) <= 8


def last(size, level):
    """Index and width of the last tile of a level."""
    count = size >> (8 * level)
    return (count - 1) // WIDTH, (count - 1) % WIDTH + 1
