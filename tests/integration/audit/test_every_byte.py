"""Like systemd's journal test: one bit of every byte of every file is flipped, and must be noticed."""

from dataclasses import dataclass

import pytest

from retention.audit.verify import verify
from retention.audit.verify_files import Directory
from retention.errors import VerificationError
from tests.integration.audit.story import begin, prepare


@dataclass
class InMemory:
    files: dict

    def read(self, path):
        return self.files.get(path)

    def paths(self):
        return iter(list(self.files))


@pytest.fixture
def small(tmp_path):
    story = begin(tmp_path)
    prepare(story)
    run = story.start(2)
    story.settle(run, story.intend(run, 1, 2), destroyed=(1,), kept=(2,))
    story.end(run, destroyed=1, kept=1)
    story.publish()
    disk = Directory(story.directory)
    return InMemory({path: disk.read(path) for path in disk.paths()}), story.trust


def notices(log, trust):
    try:
        verify(log, trust)
    except VerificationError:
        return True
    return False


def test_one_flipped_bit_of_any_byte_is_noticed(small):
    log, trust = small
    missed = []
    for path, data in list(log.files.items()):
        for at in range(len(data)):
            changed = bytearray(data)
            changed[at] ^= 1 << (at % 8)
            log.files[path] = bytes(changed)
            if not notices(log, trust):
                missed.append((path, at, data[at]))
        log.files[path] = data
    assert not notices(log, trust)
    # Signature lines have one spelling here, so that not even their unused bits go unnoticed.
    assert not missed


def test_any_removed_shortened_or_added_file_is_noticed(small):
    log, trust = small
    missed = []
    for path, data in list(log.files.items()):
        del log.files[path]
        if not notices(log, trust) and not path.startswith("checkpoints/") and ".p/" not in path:
            missed.append(("removed", path))
        log.files[path] = data[:-1]
        if not notices(log, trust):
            missed.append(("shortened", path))
        log.files |= {path: data, path + "x": data}
        if not notices(log, trust):
            missed.append(("added", path))
        del log.files[path + "x"]
    assert not missed
