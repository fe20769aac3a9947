// The room Status/TerminalStatus is not written yet.
