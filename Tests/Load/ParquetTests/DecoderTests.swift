import Records
import SeededRandom
import Testing

@testable import Parquet

/// Reads numbers of a decoder in pieces, so that its states between calls are met.
private func numbers(
    _ bytes: [UInt8], count: Int, piece: Int = .max,
    _ make: (UnsafeRawBufferPointer) throws(ParquetFault) -> any NumberDecoding
) throws(ParquetFault) -> [Int64] {
    try bytes.withFaultyBytes { (bytes) throws(ParquetFault) in
        let decoder = try make(bytes)
        var output = ElementBuffer<Int64>()
        var rest = count
        while rest > 0 {
            try decoder.read(min(rest, piece), into: &output)
            rest -= min(rest, piece)
        }
        return Array(output.elements)
    }
}

/// The same for texts.
private func texts(
    _ bytes: [UInt8], count: Int, piece: Int = .max,
    _ make: (UnsafeRawBufferPointer) throws(ParquetFault) -> any BytesDecoding
) throws(ParquetFault) -> [[UInt8]] {
    try bytes.withFaultyBytes { (bytes) throws(ParquetFault) in
        let decoder = try make(bytes)
        var texts: [[UInt8]] = []
        while texts.count < count {
            var output = ElementBuffer<UnsafeRawBufferPointer>()
            try decoder.read(min(count - texts.count, piece), into: &output)
            texts += output.elements.map { Array($0) }
        }
        return texts
    }
}

struct `Runs and packed groups` {
    @Test(arguments: 0...32)
    func `come back in pieces of any size`(_ bitWidth: Int) throws {
        var random = SplitMix64(seed: UInt64(bitWidth))
        var values: [UInt32] = []
        while values.count < 700 {
            let value = UInt32(truncatingIfNeeded: random.next() & (1 << UInt64(bitWidth) - 1))
            values += repeatElement(value, count: random.one(of: [1, 1, 1, 2, 9, 40]))
        }
        var encoded = ByteBuffer()
        values.withUnsafeBufferPointer { RunLengthHybrid.append($0, bitWidth: max(1, bitWidth), to: &encoded) }
        if bitWidth == 0 { encoded.removeAll() }

        for piece in [1, 3, 64, 1_000] {
            var decoder = try HybridDecoder(encoded.bytes, bitWidth: bitWidth)
            var output = ElementBuffer<UInt32>()
            while output.count < values.count {
                try decoder.read(min(piece, values.count - output.count), into: &output)
            }
            #expect(Array(output.elements) == values)
        }
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let bitWidth: Int
        let fault: String
        var testDescription: String { fault }
    }

    @Test(arguments: [
        Damage(bytes: [], bitWidth: 1, fault: "an end inside a number"),
        Damage(bytes: [0x00, 0x00], bitWidth: 1, fault: "a run of 0 values"),
        Damage(bytes: [0x03], bitWidth: 1, fault: "an end inside packed values"),
        Damage(bytes: [0x03, 0xFF], bitWidth: 2, fault: "an end inside packed values"),
        Damage(bytes: [0x10], bitWidth: 1, fault: "an end inside a repeated value"),
        Damage(bytes: [0x10, 0x02], bitWidth: 1, fault: "a value of more than 1 bits"),
        Damage(
            bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], bitWidth: 7,
            fault: "an end inside packed values"),
        Damage(bytes: Array(repeating: 0xFF, count: 11), bitWidth: 7, fault: "a number of more than 64 bits"),
        Damage(bytes: [1], bitWidth: 33, fault: "values of 33 bits"),
    ])
    func `that are damaged are refused`(_ damage: Damage) {
        let error = #expect(throws: ParquetFault.self) {
            try damage.bytes.withFaultyBytes { (bytes) throws(ParquetFault) in
                var decoder = try HybridDecoder(bytes, bitWidth: damage.bitWidth)
                var output = ElementBuffer<UInt32>()
                try decoder.read(8, into: &output)
            }
        }
        #expect(error?.found == damage.fault)
    }

    @Test func `may be followed by a group that is cut short`() throws {
        // One group of eight values of three bits, of which the first five are there.
        let values = try [UInt8](arrayLiteral: 0x03, 0b1101_0001, 0b0101_1000).withFaultyBytes {
            (bytes) throws(ParquetFault) in
            var decoder = try HybridDecoder(bytes, bitWidth: 3)
            var output = ElementBuffer<UInt32>()
            try decoder.read(5, into: &output)
            return Array(output.elements)
        }

        #expect(values == [1, 2, 3, 4, 5])
    }
}

struct `Differences` {
    private func read(_ bytes: [UInt8], count: Int, piece: Int = .max) throws(ParquetFault) -> [Int64] {
        try numbers(bytes, count: count, piece: piece) { (bytes) throws(ParquetFault) in
            try DeltaNumbers(bytes, .int64, atMost: 1_000)
        }
    }

    // The two examples of the format's description, in blocks of 128 values and four miniblocks.
    @Test func `of the examples of the specification`() throws {
        let rising: [UInt8] = [0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 0, 0, 0, 0]
        let mixed: [UInt8] = [0x80, 0x01, 0x04, 0x08, 0x0E, 0x03, 2, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0]

        for piece in [1, 2, 100] {
            #expect(try read(rising, count: 5, piece: piece) == [1, 2, 3, 4, 5])
            #expect(try read(mixed, count: 8, piece: piece) == [7, 5, 3, 1, 2, 3, 4, 5])
        }
    }

    @Test func `of 64 bits wrap around`() throws {
        // The smallest number, then the largest: a difference of -1, of which 65 bits would be needed otherwise.
        let bytes: [UInt8] =
            [0x08, 0x01, 0x02] + Array(repeating: 0xFF, count: 9) + [0x01, 0x01, 0, 0]

        #expect(try read(bytes, count: 2) == [.min, .max])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let fault: String
        var testDescription: String { fault }
    }

    @Test(arguments: [
        Damage(bytes: [], fault: "an end inside a number"),
        Damage(bytes: [0x80, 0x01, 0x00, 0x05, 0x02], fault: "blocks of 128 values in 0 miniblocks, 5 values in all"),
        Damage(bytes: [0x00, 0x04, 0x05, 0x02], fault: "blocks of 0 values in 4 miniblocks, 5 values in all"),
        Damage(bytes: [0x80, 0x01, 0x03, 0x05, 0x02], fault: "blocks of 128 values in 3 miniblocks, 5 values in all"),
        Damage(
            bytes: [0x80, 0x01, 0x04, 0xE9, 0x07, 0x02],
            fault: "blocks of 128 values in 4 miniblocks, 1001 values in all"),
        Damage(bytes: [0x80, 0x01, 0x04, 0x04, 0x02], fault: "4 values where 5 are to come"),
        Damage(bytes: [0x80, 0x01, 0x04, 0x05, 0x02], fault: "an end inside a number"),
        Damage(bytes: [0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 0, 0, 0], fault: "an end inside the widths of differences"),
        Damage(bytes: [0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 65, 0, 0, 0], fault: "differences of 65 bits"),
        Damage(bytes: [0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 9, 0, 0, 0, 1], fault: "an end inside packed differences"),
    ])
    func `that are damaged are refused`(_ damage: Damage) {
        let error = #expect(throws: ParquetFault.self) { try read(damage.bytes, count: 5) }
        #expect(error?.found == damage.fault)
    }
}

struct `Texts as differences` {
    /// Integers as one block of one miniblock, in full width.
    private func packed(_ values: [Int64]) -> [UInt8] {
        var bytes = ByteBuffer()
        for header in [UInt64(32), 1, UInt64(values.count)] { bytes.append(varint: header) }
        func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
        bytes.append(varint: zigzag(values.first ?? 0))
        var differences = zip(values.dropFirst(), values).map { $0 &- $1 }
        while !differences.isEmpty {
            bytes.append(0)
            bytes.append(64)
            for index in 0..<32 {
                bytes.append(littleEndian: index < differences.count ? differences[index] : 0)
            }
            differences = Array(differences.dropFirst(32))
        }
        return Array(bytes.bytes)
    }

    private func read(_ bytes: [UInt8], count: Int, piece: Int) throws(ParquetFault) -> [[UInt8]] {
        try texts(bytes, count: count, piece: piece) { (bytes) throws(ParquetFault) in
            try DeltaTexts(bytes, atMost: 1_000)
        }
    }

    @Test func `share beginnings`() throws {
        let words = ["axis", "axle", "babble", "babyhood", "", "babyhood", "babyhood"]
        let bytes =
            packed([0, 2, 0, 3, 0, 0, 8]) + packed([4, 2, 6, 5, 0, 8, 0]) + Array("axislebabbleyhoodbabyhood".utf8)

        for piece in [1, 2, 3, 7] {
            #expect(try read(bytes, count: 7, piece: piece) == words.map { Array($0.utf8) })
        }
    }

    @Test func `tell the largest of them, which the page does not bound`() throws {
        let bytes = packed([0, 3, 3, 3]) + packed([3, 1, 0, 2]) + Array("abcdef".utf8)

        let largest = try bytes.withFaultyBytes { (bytes) throws(ParquetFault) in
            try DeltaTexts(bytes, atMost: 4).largestValueBytes
        }

        #expect(largest == 5)
    }

    @Test(
        arguments: [
            ([1, 0], [1, 0], "a text of 1 bytes and 1 of the 0 before"),
            ([0, 3], [2, 0], "a text of 0 bytes and 3 of the 2 before"),
            ([0, -1], [2, 0], "a text of 0 bytes and -1 of the 2 before"),
            ([0, 0], [2, -1], "a text of -1 bytes and 0 of the 2 before"),
            ([0, 0], [2, 9], "a text of 9 bytes where 1 are left"),
            ([0, 0], [2], "1 values where 2 are to come"),
        ] as [([Int64], [Int64], String)])
    func `that are damaged are refused`(_ prefixes: [Int64], _ rests: [Int64], _ fault: String) {
        let bytes = packed(prefixes) + packed(rests) + Array("abc".utf8)

        let error = #expect(throws: ParquetFault.self) { try read(bytes, count: 2, piece: 2) }
        #expect(error?.found == fault)
    }
}

struct `Every decoder` {
    private static let values: [StoredValues] = [
        (.boolean, 0, .number, .boolean), (.int32, 0, .number, .int), (.int64, 0, .number, .long),
        (.int96, 0, .number, .timestampWithZone), (.float, 0, .float, .float), (.double, 0, .double, .double),
        (.byteArray, 0, .text, .text), (.fixedLenByteArray, 5, .decimalBytes, .decimal(precision: 9, scale: 2)),
    ].map { StoredValues(physicalType: $0, fixedByteCount: $1, meaning: $2, type: $3) }

    /// No outcome is asked for but an end: values or a fault, within what the page holds.
    @Test(arguments: UInt64(0)..<40)
    func `survives any bytes`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<random.below(80)).map { _ in
                UInt8(truncatingIfNeeded: random.one(of: [0, 1, 2, 4, 8, 32, 128, random.next()]))
            }
            let stored = random.one(of: Self.values)
            let encoding = random.one(of: [0, 2, 3, 5, 6, 7, 8, 9] as [Int32])
            do throws(ParquetFault) {
                let count = try read(bytes, encoding, stored, random.below(100))
                #expect(count <= 100)
            } catch {
                #expect(!error.found.isEmpty)
            }
        }
    }

    private func read(
        _ bytes: [UInt8], _ encoding: Int32, _ values: StoredValues, _ count: Int
    ) throws(ParquetFault) -> Int {
        try bytes.withFaultyBytes { (bytes) throws(ParquetFault) in
            var page = ByteBuffer()
            page.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.prefix(20)))
            let dictionary = try? StoredDictionary(page, entryCount: 2, of: values)
            switch try ValueDecoder.page(encoding, bytes, atMost: 100, values, dictionary) {
            case .numbers(let decoder):
                var output = ElementBuffer<Int64>()
                try decoder.read(count, into: &output)
                return output.count
            case .bytes(let decoder):
                var output = ElementBuffer<UnsafeRawBufferPointer>()
                try decoder.read(count, into: &output)
                return output.count
            }
        }
    }
}
