// The room Load/Depots is not written yet.
