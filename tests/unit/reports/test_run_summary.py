"""What a sweep reads of a plan's kept report is what the report says."""

from msgspec.structs import replace

from retention.run_summary import unjudged
from retention.text import Text
from tests.summaries import BUSY

WHY = Text(nl="bron niet bereikbaar", en="store unreachable")


def test_only_a_dataset_with_rules_that_nobody_could_judge_is_named_with_the_reason():
    judged, *_ = BUSY.datasets
    broken = replace(judged, id="cvs.broken", failed=WHY)
    ruleless = replace(broken, id="cvs.ruleless", purposes=())
    told = replace(BUSY, datasets=(replace(judged, failed=None), broken, ruleless)).to_json()
    assert unjudged(told) == {"cvs.broken": WHY}
