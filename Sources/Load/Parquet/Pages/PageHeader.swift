/// The header before each page.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `PageHeader`
enum PageHeader {
    /// What kind of page it is, with what only that kind has.
    enum Kind {
        /// A data page of version 1.
        case data(rowCount: Int, PageEncoding)
        case dictionary(entryCount: Int)

        fileprivate var pageType: PageType {
            switch self {
            case .data: .data
            case .dictionary: .dictionary
            }
        }
    }

    /// Writes the header of a page.
    ///
    /// - Parameters:
    ///   - kind: what the page holds.
    ///   - uncompressedBytes: the size of the page before compression.
    ///   - compressedBytes: the size of the page as it is stored.
    ///   - checksum: the CRC-32 of the page as it is stored.
    ///   - writer: where the header goes.
    static func write(
        _ kind: Kind, uncompressedBytes: Int, compressedBytes: Int, checksum: UInt32, to writer: inout ThriftWriter
    ) {
        writer.structure { header in
            header.field(1, kind.pageType.rawValue)
            header.field(2, size(uncompressedBytes))
            header.field(3, size(compressedBytes))
            header.field(4, Int32(bitPattern: checksum))
            switch kind {
            case .data(let rowCount, let encoding):
                header.field(5) { data in
                    data.field(1, size(rowCount))
                    data.field(2, encoding.rawValue)
                    // Definition levels, then repetition levels, of which a flat column has none.
                    data.field(3, PageEncoding.rle.rawValue)
                    data.field(4, PageEncoding.rle.rawValue)
                }
            case .dictionary(let entryCount):
                header.field(7) { dictionary in
                    dictionary.field(1, size(entryCount))
                    dictionary.field(2, PageEncoding.plain.rawValue)
                }
            }
        }
    }

    private static func size(_ count: Int) -> Int32 {
        guard let size = Int32(exactly: count) else {
            preconditionFailure("a page is bounded to less than 2 GiB: its values are")
        }
        return size
    }
}

/// The types of pages; the numbers are those of `PageType` in parquet.thrift.
enum PageType: Int32 {
    case data = 0
    /// Only read; nobody is known to write it.
    case index = 1
    case dictionary = 2
    /// A data page whose levels are outside the compressed part; only read.
    case dataV2 = 3
}
