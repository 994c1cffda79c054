"""The domain stands on the standard library and on the few shared modules that hold no I/O."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ALLOWED = (
    "shared.errors",
    "shared.decision",
    "shared.areas",
    "shared.contracts.cap",
    "shared.contracts.case_vocabulary",
    "shared.folding",
    "shared.state_table",
    "shared.contracts.vocabulary",
)


def domain_files() -> list[Path]:
    services = CHECKOUT / "services"
    return sorted({*services.rglob("domain.py"), *services.rglob("domain/**/*.py")})


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def lawful(module: str, file: Path) -> bool:
    """A domain also stands on those of its service's other features; `make check` refuses circles."""
    service = ".".join(file.relative_to(CHECKOUT).parts[:2])
    domains = re.compile(rf"{re.escape(service)}(\.\w+)?\.domain(\.\w+)?")
    return (
        module.split(".")[0] in sys.stdlib_module_names
        or module in ALLOWED
        or domains.fullmatch(module) is not None
    )


def test_there_are_domains_to_look_at() -> None:
    assert domain_files()


@pytest.mark.parametrize("file", domain_files(), ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_a_domain_imports_nothing_that_does_io(file: Path) -> None:
    assert [module for module in imported(file) if not lawful(module, file)] == []
