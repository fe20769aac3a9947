// The room Normalize/Normalization is not written yet.
