"""The whole system on one machine without Docker: real mongod, real Apache Kafka, the services."""
