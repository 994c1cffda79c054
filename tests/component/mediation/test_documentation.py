"""The OpenAPI document tells every path of the contract and what it answers, and the answers are so."""

import re
import secrets

from pydantic import BaseModel

from services.mediation.api import shapes
from shared.join_code import join_hash, spell
from tests.component.mediation.conftest import Desk, fresh_key, receipt

CONTRACT = """
POST GET /teams | GET /teams/{team_id} | POST /teams/{team_id}/mediators
POST GET /cases | GET /cases/{case_id} | GET /cases/{case_id}/logbook | POST /join
POST /cases/{case_id}/scope-check | POST /cases/{case_id}/parties | POST /cases/{case_id}/attempts
POST /cases/{case_id}/consents | POST /cases/{case_id}/assignments | POST /cases/{case_id}/objections
POST /cases/{case_id}/sessions | POST /cases/{case_id}/outcome | POST /cases/{case_id}/withdraw
POST /cases/{case_id}/follow-ups | GET /party/case | POST /party/consent | POST /party/objection
POST /party/withdraw | POST /party/rating | GET /healthz | GET /readyz | GET /metrics
GET /events
"""


async def test_every_path_of_the_contract_is_described(desk: Desk) -> None:
    paths = (await desk.http.get("/openapi.json")).json()["paths"]
    for entry in re.split(r"[|\n]", CONTRACT.strip()):
        *methods, path = entry.split()
        assert {method.lower() for method in methods} <= set(paths.get(path, {})), entry


async def test_every_answer_has_a_schema(desk: Desk) -> None:
    document = (await desk.http.get("/openapi.json")).json()
    plain = {"/healthz", "/readyz", "/metrics"}
    bare = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and path not in plain
        if not answer.get("content", {}).get("application/json", {}).get("schema")
    ]
    assert bare == []


async def test_what_the_team_is_answered_is_what_is_documented(desk: Desk) -> None:
    case_id, codes = await desk.in_session()
    outcome = {"outcome": "successful", "terms": [{"text": "Dời rào", "owners": [1], "due": "2099-01-01"}]}
    concluded = await desk.call(case_id, "outcome", outcome, by=desk.serving())
    _holds(shapes.CaseSummary, concluded.json())
    for headers in (desk.head, desk.serving(), desk.police):
        _holds(shapes.CaseInFull, (await desk.http.get(f"/cases/{case_id}", headers=headers)).json())
        _holds(shapes.CaseList, (await desk.http.get("/cases", headers=headers)).json())
        _holds(shapes.TeamList, (await desk.http.get("/teams", headers=headers)).json())
    _holds(shapes.Logbook, (await desk.http.get(f"/cases/{case_id}/logbook", headers=desk.head)).json())
    opened, _ = await desk.opened()
    _holds(shapes.PartyCode, (await desk.call(opened, "parties", {"name": "Bên C"})).json())
    _holds(shapes.PartyCase, (await desk.http.get("/party/case", headers=receipt(codes[0]))).json())


async def test_what_a_reporter_who_joins_is_answered_is_what_is_documented(desk: Desk) -> None:
    case_id, _ = await desk.opened("Bên A")
    code = spell(secrets.token_bytes(20))
    async with desk.database() as database:
        await database["cases"].update_one({"_id": case_id}, {"$set": {"join_hash": join_hash(code)}})
    joined = await desk.http.post("/join", json={"code": code, "name": "Lan"}, headers=fresh_key())
    _holds(shapes.Joined, joined.json())


def _holds(shape: type[BaseModel], answer: object) -> None:
    """Raises when a member is missing or not documented."""
    shape.model_validate(answer)
