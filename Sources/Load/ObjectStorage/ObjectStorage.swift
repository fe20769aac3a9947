// The room Load/ObjectStorage is not written yet.
