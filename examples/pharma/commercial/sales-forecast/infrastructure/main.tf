# Platform of the Sales Forecast product: warehouse schema, bucket for the files, read roles.

terraform {
  required_version = ">= 1.9"
  required_providers {
    snowflake = { source = "snowflakedb/snowflake", version = "~> 2.0" }
    aws       = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "snowflake_schema" "forecast" {
  database                    = "COMMERCIAL"
  name                        = "SALES_FORECAST_V1"
  data_retention_time_in_days = 30
}

resource "snowflake_account_role" "reader" {
  name = "SALES_FORECAST_READER"
}

resource "snowflake_grant_privileges_to_account_role" "read" {
  account_role_name = snowflake_account_role.reader.name
  privileges        = ["SELECT"]
  on_schema_object {
    future {
      object_type_plural = "TABLES"
      in_schema          = snowflake_schema.forecast.fully_qualified_name
    }
  }
}

resource "aws_kms_key" "files" {
  description         = "Encrypts the sales forecast files"
  enable_key_rotation = true
}

resource "aws_s3_bucket" "files" {
  bucket = "pharma-commercial-sales-forecast"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
  bucket = aws_s3_bucket.files.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.files.arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "files" {
  bucket = aws_s3_bucket.files.id
  rule {
    id     = "expire-copies"
    status = "Enabled"
    filter { prefix = "monthly/" }
    expiration { days = 90 }
  }
}
