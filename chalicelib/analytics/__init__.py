"""Analytics: contacts, legs, menu steps and agent statuses as Parquet files, for SQL: docs/analytics.md."""
