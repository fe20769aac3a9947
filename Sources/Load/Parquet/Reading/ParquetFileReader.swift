import NilusCore
import Records

/// Reads flat columns of one Parquet file, whoever wrote it, in bounded memory.
///
/// A reader holds the footer; batches of rows come from ``batches(of:inRowGroups:)``.
package struct ParquetFileReader: Sendable {
    /// The bytes that end a file: the length of the footer and the magic number.
    private static let tailBytes = 8
    /// Bytes that are read first, in the hope that they hold the whole footer.
    private static let firstReadBytes = 64 * 1_024

    let input: ParquetInput
    let lookup: ParquetFieldLookup
    let limits: ParquetReadLimits
    let metadata: FileMetadata
    /// The footer, in which bounds are places.
    let footer: [UInt8]

    /// The leaves of the schema, in order; those of nested columns and of types that cannot be read too.
    package let columns: [ParquetFileColumn]
    /// The row groups, in order.
    package let rowGroups: [ParquetRowGroup]

    /// Reads the footer of a file.
    ///
    /// - Throws: `sinkRefused` (terminal) when the bytes are no Parquet file, or the footer is damaged,
    ///   encrypted or larger than allowed; the input's errors.
    package init(
        _ input: ParquetInput, limits: ParquetReadLimits = ParquetReadLimits(),
        lookup: ParquetFieldLookup = ParquetFieldLookup()
    ) async throws {
        let footer = try await Self.readFooter(input, limits)
        do throws(ParquetFault) {
            let metadata = try footer.withFaultyBytes { (bytes) throws(ParquetFault) in try FileMetadata(bytes) }
            columns = lookup.identify(try metadata.columns())
            rowGroups = try metadata.checkedRowGroups(columnCount: columns.count)
            self.metadata = metadata
        } catch {
            throw input.fileFault(error, in: "its footer")
        }
        self.input = input
        self.lookup = lookup
        self.limits = limits
        self.footer = footer
    }

    /// Rows of the file.
    package var rowCount: Int { rowGroups.last.map { $0.firstRow + $0.rowCount } ?? 0 }

    /// The program that wrote the file, in its own words.
    package var createdBy: String? { metadata.createdBy }

    /// Finds a table's column: by its field id, and, where the table maps no names, by its name among the columns that
    /// have no id.
    ///
    /// - Returns: `nil` when the file was written before the table had the column.
    package func column(_ wanted: ParquetColumn) -> ParquetFileColumn? {
        if let known = columns.first(where: { $0.fieldID == wanted.fieldID }) { return known }
        guard lookup.idsByName == nil else { return nil }
        return columns.first { $0.fieldID == nil && $0.name == wanted.name }
    }

    /// Prepares reading columns of some row groups, all unless told.
    ///
    /// A column that the file does not have is filled with the value that its place tells, else it is null.
    ///
    /// - Precondition: the row groups are those of this file, by position.
    /// - Throws: `schemaConflict` (terminal) when a column is nested, is of a type that cannot be read as the
    ///   table's, or is not in the file and is required and null, or not known to be null.
    /// - SeeAlso: Iceberg Table Spec, "Column Projection".
    package func batches(
        of wanted: [ParquetColumn], inRowGroups groups: [Int]? = nil
    ) throws -> ParquetBatchReader {
        let sources = try wanted.map { column in
            ParquetBatchReader.Source(
                wanted: column, found: try readableColumn(column), sharedValue: try sharedValue(of: column))
        }
        return ParquetBatchReader(self, sources, rowGroups: groups ?? Array(rowGroups.indices))
    }

    /// A table's column in this file; `nil` when the file has none and need not.
    func readableColumn(_ wanted: ParquetColumn) throws(NilusError) -> ParquetFileColumn? {
        guard let found = column(wanted) else {
            guard try sharedValue(of: wanted) != nil || !wanted.isRequired else {
                throw input.columnRefused(wanted.name, "it is not there", wanted: "the table requires it")
            }
            return nil
        }
        guard !found.isNested else {
            throw input.columnRefused(wanted.name, "it is nested", wanted: "only flat columns are read")
        }
        guard let values = found.values else {
            throw input.columnRefused(
                wanted.name, "it is of type \(found.storedType)", wanted: "values of this type are not read")
        }
        guard values.fit(wanted.type) else {
            throw input.columnRefused(
                wanted.name, "it is of type \(found.storedType)", wanted: "the table's type is '\(wanted.type)'")
        }
        return found
    }

    /// What all rows have in a column that the file does not have; `nil` for null, and for columns that it has.
    func sharedValue(of wanted: ParquetColumn) throws(NilusError) -> ParquetBound? {
        guard column(wanted) == nil else { return nil }
        do throws(ParquetFieldLookup.Doubt) {
            return try lookup.value(of: wanted, in: columns)
        } catch {
            throw input.columnRefused(wanted.name, "it is not there", wanted: error.reason)
        }
    }
}

extension ParquetFileReader {
    private static func readFooter(_ input: ParquetInput, _ limits: ParquetReadLimits) async throws -> [UInt8] {
        guard input.byteCount >= FileFooter.magic.count + tailBytes else {
            throw input.fileFault(ParquetFault("only \(input.byteCount) bytes"))
        }
        let first = try await input.bytes(max(0, input.byteCount - firstReadBytes)..<input.byteCount)
        let footerBytes = try footerSize(input, first.suffix(tailBytes), limits)
        let end = first.count - tailBytes
        if footerBytes <= end { return Array(first[end - footerBytes..<end]) }
        let start = input.byteCount - tailBytes - footerBytes
        return try await input.bytes(start..<input.byteCount - first.count) + first[..<end]
    }

    private static func footerSize(
        _ input: ParquetInput, _ tail: ArraySlice<UInt8>, _ limits: ParquetReadLimits
    ) throws(NilusError) -> Int {
        guard tail.suffix(FileFooter.magic.count).elementsEqual(FileFooter.magic) else {
            let isEncrypted = tail.suffix(FileFooter.magic.count).elementsEqual("PARE".utf8)
            throw input.fileFault(ParquetFault(isEncrypted ? "an encrypted footer" : "no 'PAR1' at its end"))
        }
        let footerBytes = tail.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard footerBytes <= input.byteCount - FileFooter.magic.count - tailBytes else {
            throw input.fileFault(ParquetFault("a footer of \(footerBytes) bytes in \(input.byteCount)"))
        }
        guard footerBytes <= limits.footerBytes else {
            throw input.fileFault(
                ParquetFault("a footer of \(footerBytes.asByteCount), more than \(limits.footerBytes.asByteCount)"))
        }
        return footerBytes
    }
}

extension [UInt8] {
    /// Lends the bytes to what finds faults in them.
    func withFaultyBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(ParquetFault) -> Result
    ) throws(ParquetFault) -> Result {
        try withUnsafeBytes { bytes in
            Swift.Result { () throws(ParquetFault) in try body(bytes) }
        }.get()
    }
}
