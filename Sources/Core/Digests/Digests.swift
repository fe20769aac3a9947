// The room Core/Digests is not written yet.
