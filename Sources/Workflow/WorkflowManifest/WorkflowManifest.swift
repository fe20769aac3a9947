// The room Workflow/WorkflowManifest is not written yet.
