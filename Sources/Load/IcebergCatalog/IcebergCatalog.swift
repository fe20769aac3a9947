// The room Load/IcebergCatalog is not written yet.
