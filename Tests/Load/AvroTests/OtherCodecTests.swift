import Avro
import NilusCore
import SeededRandom
import Testing

/// Small files of fastavro in the codecs that are not written here; `record-others.py` beside them tells how.
struct `Avro files of other codecs` {
    private func file(_ codec: String) throws -> [UInt8] {
        let folder = #filePath.dropLast("Load/AvroTests/OtherCodecTests.swift".count) + "Golden/Avro"
        return Array(try Files.read("\(folder)/fastavro-\(codec).avro", limit: 1_000_000))
    }

    private func values(of file: [UInt8]) throws -> [AvroValue] {
        var reader = try AvroFileReader(file)
        var values: [AvroValue] = []
        while let value = try reader.next() { values.append(value) }
        return values
    }

    /// The objects, as the recording program made them.
    private static let expected: [AvroValue] = (0..<300).map { (row: Int) -> AvroValue in
        let maybe: AvroValue? = row % 3 == 0 ? nil : .double(Double(row) / 8)
        return .record([.long(Int64(row * row - 7)), .string("row \(row % 10)"), .optional(maybe)])
    }

    @Test(arguments: ["snappy", "zstandard"]) func `are read`(_ codec: String) throws {
        #expect(try values(of: try file(codec)) == Self.expected)
    }

    @Test(arguments: ["bzip2", "xz"]) func `are refused by name where they are not read`(_ codec: String) throws {
        let file = try file(codec)

        let error = #expect(throws: AvroError.self) { try values(of: file) }

        #expect(
            error?.description == "blocks of the codec '\(codec)' where null, deflate, snappy, zstandard are read")
    }

    @Test func `are refused when the checksum of a block does not fit`() throws {
        var file = try file("snappy")
        // The marker of the file ends its last block, before which the checksum stands.
        file[file.count - 17] ^= 1

        let error = #expect(throws: AvroError.self) { try values(of: file) }

        #expect(error?.reason == "the compressed bytes are damaged (another checksum than the block's)")
    }

    @Test(arguments: ["snappy", "zstandard"]) func `never trap on damaged bytes`(_ codec: String) throws {
        var generator = SplitMix64(seed: 20_260_527)
        let good = try file(codec)
        var refusals = 0

        for _ in 0..<1_000 {
            let bytes = good.mutated(using: &generator)
            do { _ = try values(of: bytes) } catch is AvroError { refusals += 1 }
        }

        #expect(refusals > 500)
    }
}
