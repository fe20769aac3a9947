// The room Load/LakehouseSink is not written yet.
