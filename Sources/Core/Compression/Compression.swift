// The room Core/Compression is not written yet.
