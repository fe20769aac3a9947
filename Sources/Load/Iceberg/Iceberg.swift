// The room Load/Iceberg is not written yet.
