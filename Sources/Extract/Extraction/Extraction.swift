// The room Extract/Extraction is not written yet.
