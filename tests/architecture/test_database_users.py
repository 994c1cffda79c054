"""One database user per service, with rights on its own database and no other."""

import json
import re
from pathlib import Path

from pymongo import MongoClient

from tests.support.stack import Mongo

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASES: list[str] = json.loads((CHECKOUT / "deploy/mongo/databases.json").read_text())


def test_there_is_one_database_per_service() -> None:
    folders = {main.parent.name for main in (CHECKOUT / "services").glob("*/__main__.py")}
    assert folders == set(DATABASES)


def test_each_user_of_the_local_stack_has_rights_on_its_own_database_alone(mongo: Mongo) -> None:
    for name in DATABASES:
        mongo.url_for(name)
    with MongoClient[dict[str, object]](mongo.admin_url) as client:
        for name in DATABASES:
            (user,) = client[name].command("usersInfo", {"user": name, "db": name}, showPrivileges=True)[
                "users"
            ]
            assert user["roles"] == [{"role": "readWrite", "db": name}]
            resources = [privilege["resource"] for privilege in user["inheritedPrivileges"]]
            assert {resource["db"] for resource in resources} == {name}


def test_the_container_makes_the_same_users_from_the_same_list() -> None:
    script = (CHECKOUT / "deploy/mongo/users.js").read_text()
    assert '"/etc/liengia/databases.json"' in script
    assert re.findall(r"roles: (\[.*?])", script) == ['[{ role: "readWrite", db: name }]']
    compose = (CHECKOUT / "docker-compose.yml").read_text()
    assert "./deploy/mongo/databases.json:/etc/liengia/databases.json:ro" in compose
    assert "./deploy/mongo/users.js:/docker-entrypoint-initdb.d/users.js:ro" in compose
    for name in DATABASES:
        assert f"MONGO_PASSWORD_{name.upper()}:" in compose
