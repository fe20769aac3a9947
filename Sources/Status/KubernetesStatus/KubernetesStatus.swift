// The room Status/KubernetesStatus is not written yet.
