import Compression
import Iceberg
import Loading
import NilusCore
import ObjectStorage

/// The metadata files behind the pointers.
extension SQLiteCatalog {
    /// The largest metadata file, in bytes; ten thousand snapshots take some 10 MB.
    private static let maximumMetadataBytes = 134_217_728
    private static let fileEnding = ".metadata.json"

    func load(_ table: TableName, at location: String) async throws -> CatalogTable {
        let content = try Self.decompressed(
            try await store.read(location, limit: Self.maximumMetadataBytes), location)
        return CatalogTable(
            identifier: table, metadata: try TableMetadata(parsing: content, from: location),
            metadataLocation: location)
    }

    /// Goes by the first bytes: the names of compressed files end in `.gz.metadata.json` or `.metadata.json.gz`,
    /// but only some writers keep to that.
    private static func decompressed(_ content: [UInt8], _ location: String) throws(NilusError) -> [UInt8] {
        guard content.starts(with: Gzip.magic) else { return content }
        do { return try content.withUnsafeBytes { try Gzip.decompress($0, limit: maximumMetadataBytes) } } catch {
            throw .metadataDamaged(location, "\(error)")
        }
    }

    /// Writes a new metadata file, compressed if the table asks for that, and returns where it is.
    ///
    /// - SeeAlso: Iceberg Table Spec, "Naming for GZIP compressed Metadata JSON files"
    func write(_ metadata: TableMetadata, named name: String) async throws -> String {
        let isCompressed = metadata.properties["write.metadata.compression-codec"]?.lowercased() == "gzip"
        let location = "\(metadata.metadataFolder)/\(name)\(isCompressed ? ".gz" : "")\(Self.fileEnding)"
        let content = metadata.fileContent
        try await store.put(isCompressed ? content.withUnsafeBytes { Gzip.compress($0) } : content, at: location)
        return location
    }

    /// Moves the pointer, and removes the new metadata file when that provably did not happen.
    func swap(
        _ name: SQLiteName, from old: String?, to new: String, _ table: TableName
    ) async throws {
        let isMoved: Bool
        do throws(SQLiteError) { isMoved = try pointers.move(name, from: old, to: new) } catch {
            switch SwapOutcome(after: error, new: new, found: { try pointers.location(of: name) }) {
            case .done: return
            case .unknown: throw NilusError.commitUnknown(table, cause: error)
            case .refused:
                await discard(new)
                throw NilusError.catalogRefused("write", pointers.path, error)
            }
        }
        guard !isMoved else { return }
        await discard(new)
        let head = try? await load(table)
        throw NilusError.commitConflict(table, "the catalog names another metadata file by now", head: head)
    }

    /// Removes a metadata file that no pointer ever named; when it stays, it is only waste.
    private func discard(_ location: String) async {
        _ = try? await store.delete(location)
    }

    /// Tells readers that know only the table's folder which metadata file is current.
    ///
    /// DuckDB and others put the content between the folder and `.metadata.json`, so it is the file's
    /// stem, without a line feed. Another commit may have come in between: the pointer decides, and it
    /// is looked at again after writing. A failure costs such readers the newest rows and nobody else anything.
    func writeHint(for name: SQLiteName, _ metadata: TableMetadata) async {
        let folder = "\(metadata.location)/metadata"
        guard metadata.metadataFolder == folder, (try? LocalPath.path(of: folder)) != nil else { return }
        var written: String?
        for _ in 0..<3 {
            guard let location = try? pointers.location(of: name), location != written,
                location.hasPrefix("\(folder)/"), location.hasSuffix(Self.fileEnding)
            else { return }
            let stem = location.dropFirst(folder.count + 1).dropLast(Self.fileEnding.count)
            guard (try? await store.put(Array(stem.utf8), at: "\(folder)/version-hint.text")) != nil else { return }
            written = location
        }
    }
}

extension NilusError {
    fileprivate static func metadataDamaged(_ location: String, _ found: String) -> NilusError {
        NilusError(.load, .sinkRefused, "cannot read table metadata '\(location)': \(found)")
    }
}
