"""Where a register is found, and how a mistake in it is said."""

import sys
from pathlib import Path

import pytest

from retention.config.register import load_register
from retention.errors import PolicyError

EMPTY = "from retention.policy import Register\nREGISTER = Register(policies=())\n"


def write(folder: Path, text: str, name: str = "policies/__init__.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def refusal(folder: Path, reference: str = "policies:REGISTER") -> str:
    with pytest.raises(PolicyError) as caught:
        load_register(reference, folder)
    return str(caught.value)


def test_a_register_is_found_beside_the_configuration_and_the_path_is_put_back(tmp_path: Path):
    write(tmp_path, EMPTY)
    before = [*sys.path]
    assert load_register("policies:REGISTER", tmp_path).policies == ()
    assert sys.path == before


def test_a_register_of_the_same_name_elsewhere_does_not_stand_in_the_way(tmp_path: Path):
    write(tmp_path / "a", EMPTY + "WHERE = 'a'\n")
    write(tmp_path / "b", EMPTY + "WHERE = 'b'\n")
    one = load_register("policies:REGISTER", tmp_path / "a")
    other = load_register("policies:REGISTER", tmp_path / "b")
    assert one is not other
    assert sys.modules["policies"].WHERE == "b"


def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path):
    write(tmp_path, EMPTY + "from . import debts\n")
    path = write(tmp_path, "from retention.period import years\n\nKEEP = years(-5)\n", "policies/debts.py")
    assert refusal(tmp_path).startswith(f"{path}, line 3: A retention period cannot be negative")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("REGISTER = (\n", "line 1: '(' was never closed"),
        ("REGISTER = 3\n", "REGISTER is no Register"),
        ("", "REGISTER has no such name"),
        ("import absent_module\n", "line 1: No module named 'absent_module'"),
        ("REGISTER = undefined\n", "line 1: NameError: name 'undefined' is not defined"),
    ],
    ids=["syntax", "no register", "no such name", "import", "name"],
)
def test_what_cannot_be_loaded_is_one_clear_line(tmp_path: Path, text: str, said: str):
    write(tmp_path, text)
    message = refusal(tmp_path)
    assert said in message
    assert "\n" not in message


def test_without_policies_somebody_is_told_how_to_make_them(tmp_path: Path):
    assert "retention init --from URL" in refusal(tmp_path, "absent_policies:REGISTER")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            'Dataset(\n    id="cvs.dossier",\n)',
            "Dataset: Missing required argument 'key'. Dataset needs id, key, subjects and may have then, fields,",
        ),
        ('Equals("regime", valeu="x")', "Equals: Unexpected keyword argument 'valeu'. Equals needs column, value."),
        ('Equals("regime", "x", "y")', "Equals: Extra positional arguments provided. Equals needs column, value."),
        (
            'text.Text("één", "one")',
            "Text: Extra positional arguments provided. Text needs nl, en, all by name. Correct that line.",
        ),
        ("Rule(DOSSIER, years=5)", "Rule.__init__() got an unexpected keyword argument 'years'. Correct that line."),
        ("And(Equals(), Equals())", "Equals: Missing required argument 'column'. Equals needs column, value."),
        ("Nullify(1)", "Nullify: Extra positional arguments provided. Nullify takes nothing. Correct that line."),
        ('Equals("a", 1) + 1', "TypeError: unsupported operand type(s) for +: 'Equals' and 'int'. Correct that line."),
        ('len("a", "b")', "TypeError: len() takes exactly one argument (2 given). Correct that line."),
    ],
    ids=["missing", "misspelt", "too many", "by position", "a rule", "inside", "nothing", "no call", "not ours"],
)
def test_a_wrong_argument_is_named_with_what_the_class_takes(tmp_path: Path, call: str, said: str):
    imports = "from retention import text\nfrom retention.condition import And, Equals\n"
    more = "from retention.dataset import Dataset\nfrom retention.policy import Rule\nDOSSIER = None\n"
    more += "from retention.technique import Nullify\n"
    path = write(tmp_path, f"{imports}{more}REGISTER = {call}\n")
    message = refusal(tmp_path)
    assert message.startswith(f"{path}, line 7: ")
    assert said in message
