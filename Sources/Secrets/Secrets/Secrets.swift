// The room Secrets/Secrets is not written yet.
