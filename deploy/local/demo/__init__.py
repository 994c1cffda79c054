"""A story played into the running system through its public HTTP API."""
