extension ValueDecoder {
    /// Reads values in PLAIN encoding.
    static func plain(_ bytes: UnsafeRawBufferPointer, _ values: StoredValues) throws(ParquetFault) -> ValueDecoder {
        switch values.physicalType {
        case .boolean: .numbers(PlainBooleans(bytes))
        case .int32, .int64, .int96, .float, .double: .numbers(PlainNumbers(bytes, values.physicalType))
        case .byteArray: .bytes(PlainTexts(bytes))
        case .fixedLenByteArray: .bytes(PlainFixed(bytes, byteCount: values.fixedByteCount))
        }
    }

    /// Makes what reads the values of a data page.
    ///
    /// - Parameters:
    ///   - encoding: the number of the encoding in the page's header.
    ///   - bytes: the page behind its levels; they stay in place as long as the decoder is used.
    ///   - valueLimit: the rows of the page, each of which may have a value.
    ///   - values: how values are stored.
    ///   - dictionary: the dictionary of the chunk, if there is one.
    /// - Returns: the decoder, at the first value.
    /// - Throws: `ParquetFault` when the encoding is not read or does not suit the values.
    static func page(
        _ encoding: Int32, _ bytes: UnsafeRawBufferPointer, atMost valueLimit: Int, _ values: StoredValues,
        _ dictionary: StoredDictionary?
    ) throws(ParquetFault) -> ValueDecoder {
        // A page of nulls has no values in any encoding.
        guard !bytes.isEmpty else { return try plain(bytes, values) }
        switch PageEncoding(rawValue: encoding) {
        case .plain: return try plain(bytes, values)
        case .plainDictionary, .rleDictionary:
            guard let dictionary else { throw ParquetFault("dictionary positions without a dictionary") }
            return try dictionary.decoder(bytes, values)
        case .rle where values.physicalType == .boolean: return .numbers(try RunLengthBooleans(bytes))
        case .deltaBinaryPacked where values.physicalType == .int32 || values.physicalType == .int64:
            return .numbers(try DeltaNumbers(bytes, values.physicalType, atMost: valueLimit))
        case .deltaLengthByteArray where values.physicalType == .byteArray:
            return .bytes(try DeltaLengthTexts(bytes, atMost: valueLimit))
        case .deltaByteArray where !values.physicalType.isNumber:
            return .bytes(try DeltaTexts(bytes, atMost: valueLimit))
        case .byteStreamSplit: return try split(bytes, values)
        default: throw ParquetFault("values of type \(values.physicalType) in encoding \(encoding)")
        }
    }

    private static func split(
        _ bytes: UnsafeRawBufferPointer, _ values: StoredValues
    ) throws(ParquetFault) -> ValueDecoder {
        switch values.physicalType {
        case .int32, .int64, .float, .double: .numbers(try SplitNumbers(bytes, values.physicalType))
        case .fixedLenByteArray: .bytes(try SplitFixed(bytes, byteCount: values.fixedByteCount))
        case .boolean, .int96, .byteArray:
            throw ParquetFault("values of type \(values.physicalType) in encoding BYTE_STREAM_SPLIT")
        }
    }
}
