// The room Load/Avro is not written yet.
