"""What every page keeps: its links lead somewhere, and it names no machine and no registry."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIES = {"tests/verifier", "tests/vectors"}  # unchanged copies of others' pages
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md"))
    if not any((ROOT / copy) in path.parents for copy in COPIES)
)
OF_A_MACHINE = re.compile(r"(?<![\w.~])/(?:home|root|Users|work|tmp|opt|mnt|var)/\w")
REGISTRIES = re.compile(r"pypi\.|pythonhosted|npmjs|artifactory|nexus|--(?:extra-)?index-url", re.IGNORECASE)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())


def prose(page: Path) -> str:
    """A page without its blocks, in which a bracket is no link."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """What headings are called in a link."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def lost(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def test_there_are_pages():
    assert len(PAGES) > 15


@every_page
def test_every_link_leads_somewhere(page: Path):
    assert lost(page) == []


@every_page
def test_no_page_names_a_machine_or_a_registry(page: Path):
    text = page.read_text()
    assert OF_A_MACHINE.findall(text) + REGISTRIES.findall(text) == []


def test_every_decision_is_in_the_list_of_decisions():
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# A page\n[here](#a-page) [gone](gone.md) [nowhere](#nowhere) [out](https://example.org)\n")
    assert lost(page) == ["gone.md", "#nowhere"]
