"""The log, as anybody sees it: it grows at fixed times by full steps, and every report is in it."""

from itertools import pairwise

from services.tips.ledger.domain import merkle
from services.tips.ledger.domain.commitments import BYTES
from tests.component.tips.conftest import Desk
from tests.component.tips.ledger.conftest import Stranger, decoded, hashed
from tests.unit.tips.ledger import model


async def test_every_report_and_every_step_is_in_the_next_checkpoint(desk: Desk, stranger: Stranger) -> None:
    made = [await desk.received(text=f"Tin số {n}") for n in range(3)]
    await desk.walk(made[0]["id"], ("classify", {"classification": "crime_report"}))
    head = await stranger.next_checkpoint()
    entries = await stranger.entries()
    assert model.root(entries) == head.root
    assert [merkle.leaf_hash(entry) for entry in entries] == await stranger.leaf_hashes()
    told = [entry for one in made for entry in (await stranger.receipt(one["receipt_code"]))["entries"]]
    assert sorted(entry["what"] for entry in told) == ["classified", "received", "received", "received"]
    for entry in told:
        assert entries[entry["index"]].hex() == entry["leaf"]
        proof = decoded(entry["proof"])
        assert merkle.includes(hashed(entry["leaf"]), entry["index"], head.size, proof, head.root)


async def test_busy_and_quiet_times_look_alike(desk: Desk, stranger: Stranger) -> None:
    await stranger.next_checkpoint()
    sizes = [await stranger.size()]
    for reports in (0, 5, 1):
        for n in range(reports):
            await desk.received(text=f"Tin số {n}")
        sizes.append((await stranger.next_checkpoint()).size)
    assert [after - before for before, after in pairwise(sizes)] == [64, 64, 64]
    assert {len(entry) for entry in await stranger.entries()} == {BYTES}
    assert len(set(await stranger.entries())) == sizes[-1]


async def test_random_leaves_have_a_proof_like_real_ones_and_unknown_ones_none(
    desk: Desk, stranger: Stranger
) -> None:
    made = await desk.received()
    head = await stranger.next_checkpoint()
    entries = await stranger.entries()
    (real,) = (await stranger.receipt(made["receipt_code"]))["entries"]
    random = next(entry.hex() for entry in entries if entry.hex() != real["leaf"])
    for leaf in (real["leaf"], random):
        answer = await desk.http.get("/ledger/proof", params={"leaf": leaf})
        told = answer.json()
        assert answer.status_code == 200
        assert merkle.includes(hashed(leaf), told["index"], head.size, decoded(told["proof"]), head.root)
    unknown = await desk.http.get("/ledger/proof", params={"leaf": "ab" * 32})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


async def test_a_checkpoint_kept_earlier_is_the_beginning_of_every_later_one(
    desk: Desk, stranger: Stranger
) -> None:
    kept = [await stranger.next_checkpoint() for _ in range(4)]
    for old in kept:
        sizes = {"from": old.size, "to": kept[-1].size}
        told = (await desk.http.get("/ledger/consistency", params=sizes)).json()
        assert merkle.extends(old.size, old.root, kept[-1].size, kept[-1].root, decoded(told["proof"]))
    beyond = await desk.http.get("/ledger/consistency", params={"from": 64, "to": kept[-1].size + 64})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "size_unknown")


async def test_higher_tiles_are_made_of_full_lower_ones_and_no_tile_tells_what_is_not_signed(
    desk: Desk, stranger: Stranger
) -> None:
    while (head := await stranger.next_checkpoint()).size < 256:
        pass
    hashes = await stranger.leaf_hashes()
    entries = await stranger.entries()
    assert await stranger.tile("1/000", 1) == model.root(entries[:256])
    assert await stranger.tile("0/000", 5) == b"".join(hashes[:5])
    for name in ("1/000.p/2", "0/009", "0/x000/001", "entries/005", "nonsense", f"0/{head.size:03}"):
        answer = await desk.http.get(f"/ledger/tile/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name


async def test_what_is_written_while_nobody_signed_waits_and_says_so(desk: Desk, stranger: Stranger) -> None:
    await stranger.next_checkpoint()
    made = await desk.received()
    (entry,) = (await stranger.receipt(made["receipt_code"]))["entries"]
    assert (entry["index"], entry["proof"]) == (None, [])
    await stranger.next_checkpoint()
    (entry,) = (await stranger.receipt(made["receipt_code"]))["entries"]
    assert entry["index"] is not None


async def test_erasing_a_tip_leaves_its_proof(desk: Desk, stranger: Stranger) -> None:
    made = await desk.received()
    await stranger.next_checkpoint()
    before = (await stranger.receipt(made["receipt_code"]))["entries"][0]
    async with desk.database() as database:
        await database["tips"].update_one(
            {"_id": made["id"]}, {"$unset": {"timeline.0.salt": "", "timeline.0.payload": ""}}
        )
    after = (await stranger.receipt(made["receipt_code"]))["entries"][0]
    assert (after["leaf"], after["salt"], after["index"]) == (before["leaf"], before["salt"], before["index"])
