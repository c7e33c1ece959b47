# Platform of the Batch Record product: validated lakehouse schema, event topic, bucket for files and graph.
# Changes need an approved change control; its number is an input, so that every apply names one.

terraform {
  required_version = ">= 1.9"
  required_providers {
    databricks = { source = "databricks/databricks", version = "~> 1.80" }
    kafka      = { source = "Mongey/kafka", version = "~> 0.12" }
    aws        = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

variable "change_control_id" {
  description = "Approved change control, such as CC-2026-0142."
  type        = string
  validation {
    condition     = can(regex("^CC-[0-9]{4}-[0-9]{4}$", var.change_control_id))
    error_message = "A change to a GxP platform needs a change control number."
  }
}

provider "aws" {
  region = "eu-central-1"
  default_tags {
    tags = { gxp = "direct", change_control = var.change_control_id }
  }
}

resource "databricks_schema" "batch_record" {
  catalog_name = "manufacturing_gxp"
  name         = "batch_record_v1"
  comment      = "Output of the Batch Record product, validated"
  properties   = { change_control = var.change_control_id }
}

resource "databricks_grants" "batch_record" {
  schema = databricks_schema.batch_record.id
  grant {
    principal  = "batch_record_reader"
    privileges = ["USE_SCHEMA", "SELECT"]
  }
  grant {
    principal  = "batch_record_pipeline"
    privileges = ["USE_SCHEMA", "SELECT", "MODIFY"]
  }
}

# Tiered storage: old segments move to object storage and stay readable for the retention period.
resource "kafka_topic" "events" {
  name               = "manufacturing.batch-record.events.v1"
  partitions         = 24
  replication_factor = 3
  config = {
    "cleanup.policy"        = "delete"
    "remote.storage.enable" = "true"
    "retention.ms"          = tostring(15 * 366 * 24 * 3600 * 1000)
    "local.retention.ms"    = tostring(14 * 24 * 3600 * 1000)
  }
}

# Object lock in compliance mode: nobody, administrators included, deletes a record before its time.
resource "aws_s3_bucket" "records" {
  bucket              = "pharma-manufacturing-batch-record"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "records" {
  bucket = aws_s3_bucket.records.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_object_lock_configuration" "records" {
  bucket = aws_s3_bucket.records.id
  rule {
    default_retention {
      mode  = "COMPLIANCE"
      years = 15
    }
  }
}
