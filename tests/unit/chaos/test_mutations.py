"""Every mutation still finds the lines that it changes, and what it makes of them is Python."""

import ast
import shutil
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT
from tests.chaos.faults import FAULTS
from tests.chaos.mutations import MUTATIONS, Mutation, apply


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_fits_the_code_as_it_is(mutation: Mutation, tmp_path: Path) -> None:
    file = tmp_path / mutation.file
    file.parent.mkdir(parents=True)
    shutil.copy(CHECKOUT / mutation.file, file)
    before = file.read_text()
    apply(mutation, tmp_path)
    assert file.read_text() != before
    ast.parse(file.read_text())
    assert mutation.fault in FAULTS
