"""Kafka's storage tool reads an id that begins with a dash as an option and refuses to format."""

from deploy.local.kafka.broker import new_cluster_id


def test_a_new_cluster_id_is_never_taken_for_an_option() -> None:
    ids = {new_cluster_id() for _ in range(5_000)}
    assert len(ids) == 5_000
    assert all(len(id) == 22 and not id.startswith("-") for id in ids)
