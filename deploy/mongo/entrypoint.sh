#!/bin/bash
# mongod wants its key file owned by itself and closed to others, which a mounted file cannot promise.
set -euo pipefail
key_file=/data/configdb/replica-set.key
printf '%s' "${MONGO_REPLICA_SET_KEY:?}" > "$key_file"
chmod 400 "$key_file"
chown mongodb:mongodb "$key_file"
exec docker-entrypoint.sh mongod --bind_ip_all --replSet liengia --keyFile "$key_file"
