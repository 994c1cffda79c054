"""What is derived from an intention: the same for a repeat, another for anybody and anything else."""

import pytest

from shared.errors import Conflict
from shared.identifiers import Origin, derived_id, fingerprint, refuse_another_body, seed_of


def test_a_fingerprint_ignores_the_order_of_members_and_needs_the_secret() -> None:
    one = fingerprint(b"secret", {"a": 1, "b": {"c": 2, "d": [1, 2]}})
    assert one == fingerprint(b"secret", {"b": {"d": [1, 2], "c": 2}, "a": 1})
    assert one != fingerprint(b"secret", {"a": 1, "b": {"c": 2, "d": [2, 1]}})
    assert one != fingerprint(b"another", {"a": 1, "b": {"c": 2, "d": [1, 2]}})


def test_the_same_intention_derives_the_same_id_and_nobody_elses() -> None:
    mine = [Origin("officer:1", key="a"), Origin("officer:1", event=("a", "1")), Origin("officer:1")]
    others = [Origin("officer:2", key="a"), Origin("officer:1", message=("key", "a")), Origin("officer:1")]
    ids = [derived_id("case", b"secret", seed_of(one)) for one in (*mine, *others)]
    assert len(set(ids)) == len(ids)
    assert derived_id("case", b"secret", seed_of(mine[0])) == ids[0]
    assert derived_id("case", b"another", seed_of(mine[0])) != ids[0]


def test_another_body_under_the_same_key_is_refused() -> None:
    refuse_another_body("one", "one")
    refuse_another_body(None, "one")
    with pytest.raises(Conflict) as refused:
        refuse_another_body("one", "two")
    assert refused.value.code == "idempotency_mismatch"
