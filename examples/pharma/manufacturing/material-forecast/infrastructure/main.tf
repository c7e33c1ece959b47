# Platform of the Material Forecast product: lakehouse schema, bucket for the exchange files, read grants.

terraform {
  required_version = ">= 1.9"
  required_providers {
    databricks = { source = "databricks/databricks", version = "~> 1.80" }
    aws        = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "databricks_schema" "material_forecast" {
  catalog_name = "manufacturing"
  name         = "material_forecast_v1"
  comment      = "Output of the Material Forecast product"
}

resource "databricks_grants" "material_forecast" {
  schema = databricks_schema.material_forecast.id
  grant {
    principal  = "material_forecast_reader"
    privileges = ["USE_SCHEMA", "SELECT"]
  }
  grant {
    principal  = "material_forecast_pipeline"
    privileges = ["USE_SCHEMA", "SELECT", "MODIFY"]
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "pharma-manufacturing-material-forecast"
}

resource "aws_s3_bucket_public_access_block" "files" {
  bucket                  = aws_s3_bucket.files.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "files" {
  bucket = aws_s3_bucket.files.id
  rule {
    id     = "expire-copies"
    status = "Enabled"
    filter { prefix = "requirements/" }
    expiration { days = 90 }
  }
}
