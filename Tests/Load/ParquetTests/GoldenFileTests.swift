import Glibc
import NilusCore
import Parquet
import Records
import Testing

struct `A small file of every type` {
    private static let types: [FieldType] = [
        .boolean, .int, .long, .float, .double, .decimal(precision: 9, scale: 2), .decimal(precision: 18, scale: 4),
        .decimal(precision: 38, scale: 12), .date, .timestamp, .timestampWithZone, .text, .json,
    ]

    private static let values: [[TestValue?]] = [
        [1, nil, 0, 1],
        [7, nil, -7, 2_147_483_647],
        [1, nil, 1, 1],
        [1.5, nil, .double(.nan), -0.0],
        [0.1, nil, .double(-.infinity), 0.0],
        [.decimal(1_050), nil, .decimal(-1), .decimal(1_050)],
        [.decimal(1), nil, .decimal(-1), .decimal(999_999_999_999_999_999)],
        [.decimal(1), nil, .decimal(-1), .decimal(1_000_000_000_000)],
        [0, nil, -1, 20_000],
        [0, nil, -1, 1_772_323_199_000_000],
        [0, nil, -1, 1_772_323_199_000_000],
        ["a", nil, "", "a text of more than sixteen characters"],
        ["{}", nil, "{}", "{}"],
    ]

    /// What the file is made of, down to each byte before compression, is `every-type.txt`.
    ///
    /// To record it anew after a deliberate change, run the test with `RECORD_GOLDEN=1` and review the difference.
    @Test func `is made of the recorded bytes`() throws {
        let options = ParquetOptions.test { $0.metadata = [.init(key: "iceberg.schema", value: "{}")] }
        let path = goldenPath(besides: #filePath)

        let dump = try fileOf(Self.types, Self.values, options: options).file.dump()

        if getenv("RECORD_GOLDEN") != nil { try Files.replace(path, with: dump.utf8, isDurable: false) }
        let recorded = try Files.read(path, limit: 1_000_000)
        #expect(dump == String(decoding: recorded, as: UTF8.self))
    }
}

/// The recorded text, found from the place of this file.
private func goldenPath(besides source: String) -> String {
    source.dropLast("Load/ParquetTests/GoldenFileTests.swift".count) + "Golden/Parquet/every-type.txt"
}
