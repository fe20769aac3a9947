// The room Core/RunLog is not written yet.
