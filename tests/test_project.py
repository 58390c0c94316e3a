"""What the project says about itself agrees with what is there."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest
from rich.console import Console

import pipeline.errors
from pipeline.errors import ErrorKind
from pipeline.reading import read_report
from pipeline.record import Candidate, Field, FieldSource, Finding, LedgerEntry, Report, RuleResult, Section
from pipeline.show.terminal import print_report
from training.field_table import MARKS, field_table

ROOT = Path(__file__).resolve().parent.parent
RECORD = (ROOT / "docs" / "record.md").read_text(encoding="utf-8")
KINDS = [kind for kind in vars(pipeline.errors).values() if isinstance(kind, ErrorKind)]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonical(name): version for name, version in pins}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_error_code_is_documented_with_its_own_words(kind: ErrorKind) -> None:
    assert f"| {kind.code} | {kind.what} | {kind.remedy} |" in RECORD


def test_error_codes_are_distinct_and_no_other_is_documented() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes))
    assert set(re.findall(r"^\| (E\d{3}) \|", RECORD, re.MULTILINE)) == set(codes)


def test_the_table_of_fields_is_up_to_date() -> None:
    documented = RECORD.split(MARKS[0])[1].split(MARKS[1])[0]
    assert documented.strip() == field_table().strip(), "run python -m training.field_table"


MODELS = [Report, Field, FieldSource, Candidate, Finding, Section, RuleResult, LedgerEntry]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_the_record_is_documented(model: type[Report]) -> None:
    for name, member in model.model_fields.items():
        assert f"`{member.alias or name}`" in RECORD


def test_every_status_and_kind_is_documented() -> None:
    for name in ("status", "kind", "support"):
        annotation = str(Field.model_fields[name].annotation)
        words = re.findall(r"'(\w+)'", annotation)
        assert words
        assert all(f"`{word}`" in RECORD for word in words)
    assert all(f"`{word}`" in RECORD for word in re.findall(r"'(\w+)'", str(Report.model_fields["status"].annotation)))


def test_every_code_of_a_finding_is_documented() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py")]
    codes = {code for source in sources for code in re.findall(r'\bcode="([A-Z_]+)"', source)}
    assert {"SUM", "PROSE"} <= codes
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", RECORD, re.MULTILINE)) == codes


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    own = [requirement for requirement in extras["dev"] if not requirement.startswith("gouji[")]
    wanted = [*project["dependencies"], *extras["train"], *own]
    names = {canonical(re.split(r"[<>=!~\[; ]", requirement)[0]) for requirement in wanted}
    assert names <= pinned().keys()
    runs = {canonical(re.split(r"[<>=!~\[; ]", requirement)[0]) for requirement in project["dependencies"]}
    # What trains is not needed to read.
    assert not {"torch", "transformers", "onnxscript"} & runs
    assert pinned()["torch"] == "2.13.0"


def test_pins_are_exact_and_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert all(re.fullmatch(r"\d[\w.]*", version) for version in pinned().values())


def test_both_readmes_have_the_same_headings_and_commands() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]
    outlines = [re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE) for text in texts]
    assert outlines[0] == outlines[1]
    commands = [re.findall(r"^(?:make|\.venv/bin/gouji) .*$", text, re.MULTILINE) for text in texts]
    assert commands[0] == commands[1]
    assert {"make demo", "make test"} <= set(commands[0])


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_what_the_terminal_shows(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    excerpt = next(part for part in text.split("```") if "需要留意的格" in part)
    console = Console(file=io.StringIO(), width=100, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        print_report(read_report(ROOT / "examples" / "wrong_total.html"), console)
    shown = {line.rstrip() for line in capture.get().splitlines()}
    missing = [line for line in excerpt.strip("\n").splitlines() if line.rstrip() not in shown]
    assert missing == []


def test_links_between_the_documents_lead_somewhere() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_examples_stay_small() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "examples").iterdir()) < 1_500_000
