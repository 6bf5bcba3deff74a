"""What docs/monitoring.md and its alert rules name is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from retention.status.code import Code
from retention.watch.families import families
from tests.unit.watch.test_families import readings

DOCS = Path(__file__).parents[3] / "docs"
ALERTS = DOCS / "examples" / "alerts.yml"
METRIC = re.compile(r"\bretention_[a-z_]*[a-z]\b")


def names() -> set[str]:
    return {family.name + ("_info" if family.type == "info" else "") for family in families(readings())}


def test_the_page_names_every_metric_and_no_other():
    assert set(METRIC.findall((DOCS / "monitoring.md").read_text())) == names()


def test_every_rule_asks_for_metrics_and_codes_that_there_are():
    [group] = yaml.safe_load(ALERTS.read_text())["groups"]
    assert len(group["rules"]) == 5
    for rule in (one["expr"] for one in group["rules"]):
        asked = set(METRIC.findall(rule))
        assert asked
        assert asked <= names(), rule
        assert set(re.findall(r'code!?="([^"]*)"', rule)) <= {code.value for code in Code}


def test_prometheus_accepts_the_rules():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    done = subprocess.run([promtool, "check", "rules", ALERTS], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
