# Platform of the Sales Order product: database with one schema per contract, event topic, read roles.

terraform {
  required_version = ">= 1.9"
  required_providers {
    postgresql = { source = "cyrilgdn/postgresql", version = "~> 1.25" }
    kafka      = { source = "Mongey/kafka", version = "~> 0.12" }
  }
}

variable "region" {
  description = "Region of all data; the contracts promise it."
  type        = string
  default     = "eu-central-1"
}

resource "postgresql_database" "sales_order" {
  name     = "sales_order"
  encoding = "UTF8"
}

resource "postgresql_schema" "orders" {
  name     = "sales_order_v1"
  database = postgresql_database.sales_order.name
}

# Personal data lives apart, so that reading orders never grants reading contacts.
resource "postgresql_schema" "contacts" {
  name     = "sales_order_contact_v1"
  database = postgresql_database.sales_order.name
}

resource "postgresql_role" "reader" {
  for_each = toset(["sales_order_reader", "sales_order_contacts_reader"])
  name     = each.key
}

resource "postgresql_grant" "orders" {
  database    = postgresql_database.sales_order.name
  schema      = postgresql_schema.orders.name
  role        = postgresql_role.reader["sales_order_reader"].name
  object_type = "table"
  privileges  = ["SELECT"]
}

resource "postgresql_grant" "contacts" {
  database    = postgresql_database.sales_order.name
  schema      = postgresql_schema.contacts.name
  role        = postgresql_role.reader["sales_order_contacts_reader"].name
  object_type = "table"
  privileges  = ["SELECT"]
}

resource "kafka_topic" "events" {
  name               = "commercial.sales-order.events.v1"
  partitions         = 12
  replication_factor = 3
  config = {
    "cleanup.policy" = "delete"
    "retention.ms"   = tostring(30 * 24 * 3600 * 1000)
  }
}
