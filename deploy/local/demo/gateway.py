"""A gateway that speaks only Kafka: the report travels as a JWE, which the broker cannot read."""

import json
import os
import uuid
from collections.abc import Mapping
from typing import Any

from confluent_kafka import Producer
from joserfc import jwe
from joserfc.jwk import ECKey

from deploy.local.failure import CannotStart
from deploy.local.ports import HOST
from deploy.local.services import port_from

TOPIC = "tips.submission.v1"
_FLUSH_SECONDS = 15


def submit(report: Mapping[str, Any], key: Mapping[str, Any]) -> None:
    """Encrypt `report` to the public JWK `key` of tips and write it as a CloudEvent in Kafka binary mode.

    Raises CannotStart when Kafka does not take it.
    """
    protected = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key["kid"]}
    sealed = jwe.encrypt_compact(protected, json.dumps(report).encode(), ECKey.import_key(dict(key)))
    id = str(uuid.uuid4())
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": id,
        "ce_type": "liengia.tip.submitted.v1",
        "ce_source": "/integrations/demo-sms",
        "content-type": "application/jose",
    }
    here = f"{HOST}:{port_from('LIENGIA_PORT_KAFKA', 9092)}"
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or here
    producer = Producer({"bootstrap.servers": servers, "acks": "all", "log_level": 0})
    producer.produce(TOPIC, key=id, value=sealed, headers=list(attributes.items()))
    if producer.flush(_FLUSH_SECONDS):
        raise CannotStart(f"Kafka at {servers} did not take the encrypted report within {_FLUSH_SECONDS} s.")
