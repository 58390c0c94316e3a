"""Records as tables: Parquet parts, a DuckDB view over them, exports."""
