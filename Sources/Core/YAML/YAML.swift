// The room Core/YAML is not written yet.
