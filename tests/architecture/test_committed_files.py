"""What is committed works on any machine: no paths of one machine, no address software is fetched from."""

import re
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# Written in pieces, so that this file does not find itself.
MACHINE = re.compile(r"(?<![\w.$}/-])/(?:home|Users|root|work)" + r"/[\w.-]+|[A-Z]:\\Users")
REGISTRIES = re.compile(
    "|".join(
        [
            r"pypi\." + r"org",
            r"files\.python" + r"hosted",
            r"repo1?\.maven",
            r"maven\." + r"org",
            r"registry\.npm" + r"js",
            r"--(?:extra-)?index" + r"-url",
        ]
    )
)


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [CHECKOUT / name for name in listed.stdout.splitlines() if (CHECKOUT / name).is_file()]


def findings(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for file in committed():
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1):
            if pattern.search(line) and "--no-emit-index" not in line:
                found.append(f"{file.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}")
    return found


def test_no_committed_file_knows_a_path_of_one_machine() -> None:
    assert findings(MACHINE) == []


def test_no_committed_file_names_an_address_that_software_is_fetched_from() -> None:
    assert findings(REGISTRIES) == []


def test_what_a_run_leaves_behind_is_not_committed() -> None:
    left = [file for file in committed() if {".local", ".venv", "__pycache__"} & set(file.parts)]
    assert left == []
    assert (CHECKOUT / ".env") not in committed()


def test_what_code_cites_stands_in_the_repository() -> None:
    """A comment that names a page of ours names one that a reader finds; evidence is written by a command."""
    cited = re.compile(r"docs/(?!evidence/)[\w/-]+\.md\b|(?<![\w/-])(?:product|architecture|contract)\.md\b")
    missing = []
    for file in committed():
        if file.suffix == ".py" and file.name != Path(__file__).name:
            named = cited.findall(file.read_text())
            missing += [f"{file.name}: {name}" for name in named if not (CHECKOUT / name).is_file()]
    assert missing == []
