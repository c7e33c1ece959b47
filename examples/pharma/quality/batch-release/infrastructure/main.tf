# Platform of the Batch Release product: validated warehouse schema, event topic, read roles.
# Changes need an approved change control; its number is an input, so that every apply names one.

terraform {
  required_version = ">= 1.9"
  required_providers {
    snowflake = { source = "snowflakedb/snowflake", version = "~> 2.0" }
    kafka     = { source = "Mongey/kafka", version = "~> 0.12" }
  }
}

variable "change_control_id" {
  description = "Approved change control, such as CC-2026-0160."
  type        = string
  validation {
    condition     = can(regex("^CC-[0-9]{4}-[0-9]{4}$", var.change_control_id))
    error_message = "A change to a GxP platform needs a change control number."
  }
}

resource "snowflake_schema" "batch_release" {
  database                    = "QUALITY_GXP"
  name                        = "BATCH_RELEASE_V1"
  data_retention_time_in_days = 90
  comment                     = "Validated under ${var.change_control_id}"
}

resource "snowflake_account_role" "reader" {
  name = "BATCH_RELEASE_READER"
}

resource "snowflake_grant_privileges_to_account_role" "read" {
  account_role_name = snowflake_account_role.reader.name
  privileges        = ["SELECT"]
  on_schema_object {
    future {
      object_type_plural = "TABLES"
      in_schema          = snowflake_schema.batch_release.fully_qualified_name
    }
  }
}

resource "kafka_topic" "events" {
  name               = "quality.batch-release.events.v1"
  partitions         = 6
  replication_factor = 3
  config = {
    "cleanup.policy"        = "delete"
    "remote.storage.enable" = "true"
    "retention.ms"          = tostring(15 * 366 * 24 * 3600 * 1000)
    "local.retention.ms"    = tostring(14 * 24 * 3600 * 1000)
  }
}
