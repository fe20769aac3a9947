// The room Load/Parquet is not written yet.
