import NilusCore

extension ParquetInput {
    /// The file is damaged, or uses a part of the format that is not read.
    func fileFault(_ fault: ParquetFault, in place: String? = nil) -> NilusError {
        let found = place.map { "\($0) has \(fault.found)" } ?? "it has \(fault.found)"
        return NilusError(
            .load, .sinkRefused,
            "cannot read Parquet file '\(name)': \(found); check the file with the engine that wrote it"
        )
    }

    /// A column cannot be read as what the table says it is.
    func columnRefused(_ name: String, _ found: String, wanted: String) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot read column '\(name)' of Parquet file '\(self.name)': \(found); \(wanted)")
    }
}
