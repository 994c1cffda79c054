"""What somebody takes home: it holds without us, tells no more than its reporter knows, and is found false
when it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.tips.ledger.__main__ import main
from services.tips.ledger.keys import SigningKey
from services.tips.ledger.shapes import TipReceipt
from tests.component.tips.conftest import Desk
from tests.component.tips.ledger.conftest import Stranger

Taken = tuple[dict[str, Any], str, str, dict[str, Any]]


class Kept:
    """Files in a drawer, and the command over them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def file(self, name: str, content: Any) -> str:
        path = self._folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def verify(self, receipt: Any, *more: str) -> tuple[int, str]:
        status = main(["verify", self.file("bang-chung.json", receipt), *more])
        told = self._capsys.readouterr()
        return status, told.out + told.err


@pytest.fixture
def kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Kept:
    return Kept(tmp_path, capsys)


@pytest.fixture
async def taken(desk: Desk, stranger: Stranger) -> Taken:
    """A proof, the checkpoint kept before it, one fetched after it, and what joins all three."""
    before = await stranger.next_checkpoint()
    made = await desk.received()
    proved = await stranger.next_checkpoint()
    receipt = await stranger.receipt(made["receipt_code"])
    after = await stranger.next_checkpoint()
    later = (await desk.http.get("/ledger/checkpoint")).text
    joins = [
        (await desk.http.get("/ledger/consistency", params={"from": old.size, "to": new.size})).json()
        for old, new in ((before, proved), (proved, after))
    ]
    earlier = stranger.key.sign(before.size, before.root)
    return receipt, earlier, later, {"before": joins[0], "after": joins[1]}


async def test_a_kept_proof_holds_offline_between_an_earlier_and_a_later_checkpoint(
    kept: Kept, taken: Taken, stranger: Stranger
) -> None:
    receipt, earlier, later, joins = taken
    joined = [("--consistency", kept.file(f"{name}.json", join)) for name, join in joins.items()]
    more = ("--earlier", kept.file("a.txt", earlier), "--later", kept.file("b.txt", later))
    key = ("--key", str(stranger.key.verifier))
    status, told = kept.verify(receipt, *more, *key, *(word for pair in joined for word in pair))
    assert (status, "ĐÚNG." in told, "KHÔNG ĐÚNG" in told) == (0, True, False), told
    assert "received: is in the log" in told
    assert told.count("The log only grew") == 2
    status, told = kept.verify(receipt)
    assert status == 0, "without any other file it still says what it can"


Spoil = Callable[[dict[str, Any]], None]


def set_what(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["what"] = "closed"


def set_time(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["at"] = "2020-01-01T00:00:00.000Z"


def set_leaf(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["leaf"] = "00" * 32


def set_index(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["index"] ^= 1


def set_no_such_day(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["at"] = "2026-13-99T25:61:61.000Z"


def set_index_beyond(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["index"] = 10**30


def set_index_before(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["index"] = -1


def cut_proof(receipt: dict[str, Any]) -> None:
    receipt["entries"][0]["proof"].pop()


def set_size(receipt: dict[str, Any]) -> None:
    lines = receipt["checkpoint"].split("\n")
    receipt["checkpoint"] = "\n".join([lines[0], str(int(lines[1]) + 64), *lines[2:]])


async def test_a_proof_that_somebody_changed_does_not_hold(kept: Kept, taken: Taken) -> None:
    spoils: list[Spoil] = [set_what, set_time, set_leaf, set_index, cut_proof, set_size]
    spoils += [set_no_such_day, set_index_beyond, set_index_before]
    for spoil in spoils:
        receipt = json.loads(json.dumps(taken[0]))
        spoil(receipt)
        status, told = kept.verify(receipt)
        assert (status, "KHÔNG ĐÚNG" in told) == (1, True), spoil


def no_checkpoint(receipt: dict[str, Any]) -> None:
    receipt["checkpoint"] = None


def no_steps(receipt: dict[str, Any]) -> None:
    receipt["entries"] = []


def still_waiting(receipt: dict[str, Any]) -> None:
    receipt["entries"][0] |= {"index": None, "proof": []}


@pytest.mark.parametrize("lack", [no_checkpoint, no_steps, still_waiting])
async def test_a_proof_of_nothing_yet_is_neither_right_nor_wrong(
    kept: Kept, taken: Taken, lack: Spoil
) -> None:
    receipt = json.loads(json.dumps(taken[0]))
    lack(receipt)
    status, told = kept.verify(receipt)
    assert (status, "CHƯA ĐỦ." in told, "ĐÚNG" in told) == (2, True, False), told


async def test_a_log_that_was_set_back_or_rewritten_is_told(
    kept: Kept, taken: Taken, stranger: Stranger
) -> None:
    receipt, earlier, _, joins = taken
    back = kept.verify(receipt, "--later", kept.file("later.txt", earlier))
    assert (back[0], "THE LOG WAS SET BACK" in back[1]) == (1, True)
    head = stranger.key.verifier.open(receipt["checkpoint"])
    fork = stranger.key.sign(head.size, bytes(32))
    same_size = kept.verify(receipt, "--later", kept.file("fork.txt", fork))
    assert (same_size[0], "THE LOG WAS REWRITTEN" in same_size[1]) == (1, True)
    longer = kept.file("longer.txt", stranger.key.sign(joins["after"]["to"], bytes(32)))
    join = ("--consistency", kept.file("join.json", joins["after"]))
    rewritten = kept.verify(receipt, "--later", longer, *join)
    assert (rewritten[0], "THE LOG WAS REWRITTEN" in rewritten[1]) == (1, True)
    missing = kept.verify(receipt, "--later", longer)
    assert (missing[0], "is missing: fetch /ledger/consistency" in missing[1]) == (1, True)


async def test_a_key_kept_elsewhere_unmasks_a_log_of_another(
    kept: Kept, taken: Taken, stranger: Stranger
) -> None:
    other = str(SigningKey.fresh(stranger.key.name).verifier)
    status, told = kept.verify(taken[0], "--key", other)
    assert (status, "chữ ký" in told) == (1, True)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "other"}'])
def test_a_file_that_is_no_proof_is_told_apart_from_a_false_one(kept: Kept, content: str) -> None:
    assert kept.verify(content)[0] == 2


async def test_a_checkpoint_that_is_no_text_is_told(kept: Kept, taken: Taken, tmp_path: Path) -> None:
    later = tmp_path / "later.txt"
    later.write_bytes(b"\xff\xfe\x00")
    assert kept.verify(taken[0], "--later", str(later))[0] == 2


def test_a_key_can_be_made_for_a_name_and_for_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-key", "ledger.example.org/tips"]) == 0
    assert SigningKey.parse(capsys.readouterr().out.strip()).name == "ledger.example.org/tips"
    assert main(["new-key", "with space"]) == 2


async def test_a_reporter_learns_of_no_step_that_is_not_told_anyway(desk: Desk, stranger: Stranger) -> None:
    made, other = await desk.received(), await desk.received(text="Tin thứ hai")
    await desk.walk(
        made["id"],
        ("assign", {"to": "officer-2"}),
        ("classify", {"classification": "crime_report"}),
        ("link-duplicate", {"duplicate_of": other["id"]}),
    )
    await stranger.next_checkpoint()
    receipt = await stranger.receipt(made["receipt_code"])
    assert [entry["what"] for entry in receipt["entries"]] == ["received", "classified"]
    assert "officer" not in json.dumps(receipt)
    assert made["id"] not in json.dumps(receipt)


async def test_an_officer_gets_the_leaves_of_the_whole_history_and_a_stranger_none(
    desk: Desk, stranger: Stranger
) -> None:
    made = await desk.received()
    await desk.walk(made["id"], ("assign", {"to": "officer-2"}))
    await stranger.next_checkpoint()
    path = f"/tips/{made['id']}/ledger"
    whole = (await desk.http.get(path, headers=desk.officer("tips:read"))).json()
    TipReceipt.model_validate(whole)
    timeline = (await desk.http.get(f"/tips/{made['id']}/timeline", headers=desk.officer())).json()["items"]
    assert [entry["chain"] for entry in whole["entries"]] == [entry["hash"] for entry in timeline]
    assert {entry["index"] is None for entry in whole["entries"]} == {False}
    assert (await desk.http.get(path)).status_code == 401
    elsewhere = desk.officer("tips:read", areas=("01",))
    assert (await desk.http.get(path, headers=elsewhere)).status_code == 403


async def test_a_tip_about_an_officer_has_no_proof_for_officers(desk: Desk) -> None:
    made = await desk.received(category="officer_misconduct")
    hidden = await desk.http.get(f"/tips/{made['id']}/ledger", headers=desk.officer("tips:read"))
    nothing = await desk.http.get("/tips/tip_nothing/ledger", headers=desk.officer("tips:read"))
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
    assert hidden.json() == nothing.json()


async def test_a_receipt_code_that_nobody_has_gets_no_proof(desk: Desk) -> None:
    answer = await desk.http.get("/reporter/proof", headers={"Authorization": "Receipt nothing at all"})
    assert (answer.status_code, answer.json()["code"]) == (401, "receipt_unknown")
