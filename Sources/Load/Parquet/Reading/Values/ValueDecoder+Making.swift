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

    /// Reads the values of a data page.
    ///
    /// - Parameters:
    ///   - encoding: the number of the encoding in the page's header.
    ///   - bytes: the page behind its levels; they stay in place as long as the decoder is used.
    ///   - values: how values are stored.
    ///   - dictionary: the dictionary of the chunk, if there is one.
    /// - Throws: `ParquetFault` when the encoding is not read or does not suit the values.
    static func page(
        _ encoding: Int32, _ bytes: UnsafeRawBufferPointer, _ values: StoredValues, _ dictionary: StoredDictionary?
    ) throws(ParquetFault) -> ValueDecoder {
        switch PageEncoding(rawValue: encoding) {
        case .plain: return try plain(bytes, values)
        case .plainDictionary, .rleDictionary:
            guard let dictionary else { throw ParquetFault("dictionary positions without a dictionary") }
            return try dictionary.decoder(bytes, values)
        default:
            throw ParquetFault("values of type \(values.physicalType) in encoding \(encoding)")
        }
    }
}
