// The room Pipeline/Pipeline is not written yet.
