# Platform of the Product Availability product: database schema, alert topic, read role.

terraform {
  required_version = ">= 1.9"
  required_providers {
    postgresql = { source = "cyrilgdn/postgresql", version = "~> 1.25" }
    kafka      = { source = "Mongey/kafka", version = "~> 0.12" }
  }
}

resource "postgresql_database" "availability" {
  name     = "product_availability"
  encoding = "UTF8"
}

resource "postgresql_schema" "availability" {
  name     = "product_availability_v1"
  database = postgresql_database.availability.name
}

resource "postgresql_role" "reader" {
  name = "product_availability_reader"
}

resource "postgresql_grant" "read" {
  database    = postgresql_database.availability.name
  schema      = postgresql_schema.availability.name
  role        = postgresql_role.reader.name
  object_type = "table"
  privileges  = ["SELECT"]
}

resource "kafka_topic" "alerts" {
  name               = "supply-chain.product-availability.shortage-alerts.v1"
  partitions         = 3
  replication_factor = 3
  config = {
    "cleanup.policy" = "delete"
    "retention.ms"   = tostring(366 * 24 * 3600 * 1000)
  }
}
