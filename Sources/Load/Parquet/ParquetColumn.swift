package import Records

/// A column of a Parquet file.
package struct ParquetColumn: Sendable, Hashable {
    /// How much of the smallest and largest text is kept as bounds.
    package enum BoundLength: Sendable, Hashable {
        /// The first 16 characters, as Iceberg's writers do by default.
        case usual
        /// The whole text; for columns such as the file paths of position deletes.
        case whole
    }

    package let name: String
    package let type: FieldType
    /// The id under which Iceberg knows the column, whatever its name is.
    package let fieldID: Int32
    /// Whether each row must have a value.
    package let isRequired: Bool
    /// How long the bounds of a `text` column are; other types have whole bounds, and `json` has none.
    package let boundLength: BoundLength
    /// Whether each row group gets a Bloom filter of the column's values.
    ///
    /// For columns in which single values are looked for; takes 10 to 20 bits for each different value.
    package let hasBloomFilter: Bool

    /// Describes a column.
    ///
    /// - Precondition: a decimal has 1 … 38 digits, at most all of them after the point. A boolean has no
    ///   Bloom filter.
    package init(
        name: String, type: FieldType, fieldID: Int32, isRequired: Bool = false, boundLength: BoundLength = .usual,
        hasBloomFilter: Bool = false
    ) {
        precondition(type != .boolean || !hasBloomFilter, "a boolean has no Bloom filter")
        if case .decimal(let precision, let scale) = type {
            precondition((1...38).contains(precision), "a decimal has 1 to 38 digits")
            precondition((0...precision).contains(scale), "a decimal's scale is at most its precision")
        }
        self.name = name
        self.type = type
        self.fieldID = fieldID
        self.isRequired = isRequired
        self.boundLength = boundLength
        self.hasBloomFilter = hasBloomFilter
    }
}

extension ParquetColumn {
    /// Characters that bounds of texts keep unless the column says otherwise.
    ///
    /// - SeeAlso: apache/iceberg, docs/docs/configuration.md, `write.metadata.metrics.default` (`truncate(16)`)
    package static let usualBoundCharacters = 16

    /// Characters that the bounds of the column keep: `nil` for all, zero for no bounds.
    private var boundCharacters: Int? {
        if type == .json { return 0 }
        return boundLength == .whole ? nil : Self.usualBoundCharacters
    }

    /// Makes the encoder for the values of the column.
    func makeEncoder(_ options: ParquetOptions) -> ColumnEncoder {
        switch type {
        case .boolean: ColumnEncoder(BooleanEncoder(pageBytes: options.pageBytes))
        case .int, .date: integerEncoder(Int32.self, options)
        case .long, .timestamp, .timestampWithZone: integerEncoder(Int64.self, options)
        case .float: encoder(FloatingKind<Float>(), options)
        case .double: encoder(FloatingKind<Double>(), options)
        case .text, .json: encoder(TextKind(boundCharacters: boundCharacters), options)
        case .decimal(let precision, _): decimalEncoder(precision, options)
        }
    }

    private func integerEncoder<Stored: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _: Stored.Type, _ options: ParquetOptions
    ) -> ColumnEncoder {
        encoder(IntegerKind<Int64, Stored>(Int64(Stored.min)...Int64(Stored.max)), options)
    }

    private func decimalEncoder(_ precision: Int, _ options: ParquetOptions) -> ColumnEncoder {
        let allowed = DecimalLayout.unscaledValues(precision: precision)
        return switch DecimalLayout(precision: precision) {
        case .int32: encoder(IntegerKind<Int128, Int32>(allowed), options)
        case .int64: encoder(IntegerKind<Int128, Int64>(allowed), options)
        case .fixed(let byteCount): encoder(LargeDecimalKind(allowed: allowed, byteCount: byteCount), options)
        }
    }

    private func encoder(_ kind: some ValueKind, _ options: ParquetOptions) -> ColumnEncoder {
        ColumnEncoder(
            EncoderOfKind(
                kind, pageBytes: options.pageBytes, dictionaryBytes: options.dictionaryBytes, hasFilter: hasBloomFilter)
        )
    }
}
