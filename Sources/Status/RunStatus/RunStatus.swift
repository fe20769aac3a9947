// The room Status/RunStatus is not written yet.
