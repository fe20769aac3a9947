/// What is wrong with the bytes of a file, found where only bytes are known; the reader adds the place.
struct ParquetFault: Error, Equatable {
    /// What was found, as a noun: `a list of 7 items in 3 bytes`.
    let found: String
    /// Whether more bytes could have helped.
    var isCutOff = false

    init(_ found: String, isCutOff: Bool = false) {
        self.found = found
        self.isCutOff = isCutOff
    }

    /// The bytes end inside of what the noun names.
    static func cutOff(_ what: String) -> ParquetFault {
        ParquetFault("an end inside \(what)", isCutOff: true)
    }
}
