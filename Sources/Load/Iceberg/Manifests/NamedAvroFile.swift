import Avro
import NilusCore

/// An Avro file of a table, whose faults come with its name.
struct NamedAvroFile {
    let path: String
    let schema: AvroSchema
    private var reader: AvroFileReader

    init(_ content: [UInt8], path: String) throws(NilusError) {
        do throws(AvroError) { reader = try AvroFileReader(content) } catch {
            throw .manifestInvalid(path, "\(error)")
        }
        schema = reader.schema
        self.path = path
    }

    /// Reads the next object and makes of it what `interpret` says, or returns `nil` after the last.
    mutating func next<Result>(
        _ interpret: (AvroValue) throws(ManifestFault) -> Result
    ) throws(NilusError) -> Result? {
        let value: AvroValue?
        do throws(AvroError) { value = try reader.next() } catch {
            throw .manifestInvalid(path, "\(error)")
        }
        guard let value else { return nil }
        do throws(ManifestFault) { return try interpret(value) } catch {
            throw .manifestInvalid(path, error.found)
        }
    }
}

extension NilusError {
    /// A manifest file or a manifest list is damaged, or not what the specification demands.
    static func manifestInvalid(_ path: String, _ found: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot read manifest '\(path)': it holds \(found); check the table with the engine that wrote it")
    }
}
