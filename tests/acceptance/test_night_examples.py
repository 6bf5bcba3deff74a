"""The ready-made examples of docs/examples: read as strictly as their programs read them, and run where they can be."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from retention.config.cron import parse
from tests.acceptance.cli.conftest import Office, install

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
IMAGE_ACCOUNT = 65532
JOB = "retention_jobs.nightly_sweep"
JOBS = {JOB, "retention_jobs.dry_run_report", "retention_jobs.verify_audit"}
HARDENED = {
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectSystem": "strict",
    "ReadWritePaths": "/var/lib/retention",
    "RestrictSUIDSGID": "yes",
    "UMask": "0077",
}

# What Kubernetes knows of each object that the example has (v1.37); None: any key, as labels have.
CONTAINER = {
    "name", "image", "command", "args", "env", "securityContext", "resources", "volumeMounts", "imagePullPolicy"
}  # fmt: skip
KNOWN: dict[str, set[str] | None] = {
    "": {"apiVersion", "kind", "metadata", "spec"},
    "metadata": {"name", "labels", "namespace", "annotations"},
    "labels": None,
    "requests": None,
    "limits": None,
    "CronJob.spec": {
        "schedule", "timeZone", "concurrencyPolicy", "startingDeadlineSeconds", "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit", "suspend", "jobTemplate",
    },
    "jobTemplate": {"metadata", "spec"},
    "jobTemplate.spec": {"backoffLimit", "template", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "completions"},
    "template": {"metadata", "spec"},
    "template.spec": {
        "restartPolicy", "terminationGracePeriodSeconds", "automountServiceAccountToken", "enableServiceLinks",
        "securityContext", "containers", "volumes", "nodeSelector", "serviceAccountName",
    },
    "template.spec.securityContext": {"runAsNonRoot", "runAsUser", "runAsGroup", "seccompProfile", "fsGroup"},
    "seccompProfile": {"type"},
    "containers": CONTAINER,
    "env": {"name", "value", "valueFrom"},
    "containers.securityContext": {"allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"},
    "capabilities": {"drop"},
    "resources": {"requests", "limits"},
    "volumeMounts": {"name", "mountPath", "subPath", "readOnly"},
    "volumes": {"name", "configMap", "persistentVolumeClaim", "secret", "emptyDir"},
    "configMap": {"name"},
    "persistentVolumeClaim": {"claimName"},
    "secret": {"secretName", "defaultMode"},
    "emptyDir": {"medium", "sizeLimit"},
    "PersistentVolumeClaim.spec": {"accessModes", "storageClassName", "resources"},
}  # fmt: skip
COMPOSE_SERVICE = {
    "image", "command", "restart", "stop_grace_period", "user", "read_only", "tmpfs", "cap_drop", "security_opt",
    "environment", "secrets", "volumes",
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = tmp_path / "office"
    folder.mkdir()
    return install(folder)


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((EXAMPLES / name).read_text()))


def unknown(value: Any, where: tuple[str, ...], kind: str) -> list[str]:
    """Keys that no object of that place has, told by their path."""
    if isinstance(value, list):
        return [one for item in value for one in unknown(item, where, kind)]
    if not isinstance(value, dict):
        return []
    names = [".".join(where[-length:]) for length in range(len(where), -1, -1)]
    names.insert(0, f"{kind}.{'.'.join(where)}")
    known = KNOWN[next(name for name in names if name in KNOWN)]
    if known is None:
        return []
    found = [".".join((*where, key)) for key in value if key not in known]
    return found + [one for key, item in value.items() if key in known for one in unknown(item, (*where, key), kind)]


def cron_lines() -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """The variables of the crontab, and time, account and command of each line."""
    variables, lines = {}, []
    for line in (EXAMPLES / "crontab").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if found := re.fullmatch(r"([A-Z_]+)=(.*)", line):
            variables[found[1]] = found[2]
        else:
            parts = line.split(maxsplit=6)
            lines.append((" ".join(parts[:5]), parts[5], parts[6]))
    return variables, lines


def test_the_crontab_starts_jobs_that_there_are_at_times_that_are_some():
    variables, lines = cron_lines()
    assert set(variables) == {"SHELL", "PATH", "MAILTO", "RETENTION_CONFIG", "LOG"}
    assert {account for _, account, _ in lines} == {"retention"}
    for time, _, command in lines:
        parse(time)
        assert "%" not in command  # cron takes it for the end of the line
        assert re.search(r"-m (\S+)", command)[1] in JOBS


def test_a_line_of_the_crontab_logs_everything_and_says_only_what_went_wrong(office: Office, tmp_path: Path):
    """By /bin/sh, as cron runs it, where the jobs are installed under the name that the wheel gives them."""
    variables, lines = cron_lines()
    binaries, modules, log = tmp_path / "bin", tmp_path / "lib", tmp_path / "retention.log"
    binaries.mkdir()
    modules.mkdir()
    (binaries / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (binaries / "python3").chmod(0o755)
    (modules / "retention_jobs").symlink_to(ROOT / "jobs")
    environment = {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "PYTHONPATH": f"{modules}:{ROOT}",
        "RETENTION_CONFIG": str(office.config),
        "LOG": str(log),
    }

    def cron(command: str) -> str:
        """What cron would mail."""
        done = subprocess.run(
            [variables["SHELL"], "-c", command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout

    night, proof = (command for _, _, command in lines)
    mailed = cron(night)
    assert mailed.startswith("retention: exit status 1\n")  # no plan was made before
    assert '"job_ended"' in mailed
    assert cron(proof) == ""
    assert log.read_text().count('"job_ended"') == 2


def test_systemd_finds_nothing_to_say_about_the_units(tmp_path: Path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not here")
    for name in ("retention.service", "retention.timer"):
        text = (EXAMPLES / name).read_text()
        (tmp_path / name).write_text(text.replace("/opt/retention/bin/python", sys.executable))
    units = [str(tmp_path / name) for name in ("retention.service", "retention.timer")]
    done = subprocess.run(
        [verify, "verify", "--man=no", *units], capture_output=True, text=True, timeout=60, check=False
    )
    told = [line for line in done.stderr.splitlines() if "retention" in line]
    assert (done.returncode, told) == (0, [])


def test_the_unit_is_hardened_and_starts_a_job_that_there_is():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(EXAMPLES / "retention.service")
    assert HARDENED.items() <= dict(unit["Service"]).items()
    assert unit["Service"]["ExecStart"].split() == ["/opt/retention/bin/python", "-m", JOB]
    assert unit["Service"]["SuccessExitStatus"] == "5"


def test_the_timer_keeps_the_organisations_zone_and_catches_up():
    timer = configparser.ConfigParser(interpolation=None)
    timer.optionxform = str
    timer.read(EXAMPLES / "retention.timer")
    assert timer["Timer"]["OnCalendar"].endswith(" Europe/Amsterdam")
    assert timer["Timer"]["Persistent"] == "true"


def test_the_cron_job_has_no_key_that_kubernetes_does_not_know():
    for document in documents("cronjob.yaml"):
        assert unknown(document, (), document["kind"]) == []


def test_a_key_that_kubernetes_does_not_know_would_be_found():
    assert unknown({"spec": {"jobTemplate": {"spec": {"retries": 0}}}}, (), "CronJob") == [
        "spec.jobTemplate.spec.retries"
    ]


def test_the_cron_job_runs_one_night_at_a_time_with_no_more_rights_than_it_needs():
    claim, job = documents("cronjob.yaml")
    spec = job["spec"]
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    parse(spec["schedule"])
    assert (spec["concurrencyPolicy"], spec["timeZone"]) == ("Forbid", "Europe/Amsterdam")
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert container["command"] == ["/opt/retention/bin/python", "-m", JOB]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, IMAGE_ACCOUNT)
    assert "fsGroup" not in pod["securityContext"]  # keys that a group can read are refused
    mounts, volumes = {one["name"] for one in container["volumeMounts"]}, {one["name"] for one in pod["volumes"]}
    assert mounts == volumes
    (memory,) = (one for one in pod["volumes"] if "persistentVolumeClaim" in one)
    assert memory["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert all(one["name"].endswith("_FILE") for one in container["env"])  # secrets are files


def test_the_compose_file_has_what_it_names_and_nothing_unknown():
    (file,) = documents("compose.yaml")
    assert set(file) == {"name", "services", "secrets", "volumes"}
    service = file["services"]["retention"]
    assert set(service) == COMPOSE_SERVICE
    assert (service["user"], service["read_only"], service["cap_drop"]) == (
        f"{IMAGE_ACCOUNT}:{IMAGE_ACCOUNT}",
        True,
        ["ALL"],
    )
    assert service["command"] == ["schedule"]
    assert set(service["secrets"]) == set(file["secrets"])
    named = {source for source, *_ in (one.split(":") for one in service["volumes"]) if not source.startswith(".")}
    assert named == set(file["volumes"])


def test_the_container_engine_reads_the_compose_file(tmp_path: Path):
    compose = ["docker", "compose", "-f", str(EXAMPLES / "compose.yaml"), "config", "--quiet"]
    try:
        known = subprocess.run(
            ["docker", "compose", "version"], capture_output=True, timeout=30, check=False
        ).returncode
    except FileNotFoundError:
        known = 1
    if known != 0:
        pytest.skip("docker compose is not here")
    assert subprocess.run(compose, capture_output=True, timeout=60, check=False).returncode == 0


def test_the_examples_run_the_image_as_the_account_that_it_makes():
    image = (ROOT / "Containerfile").read_text()
    assert f"USER {IMAGE_ACCOUNT}:{IMAGE_ACCOUNT}\n" in image
    assert "/srv/retention/state" in image
