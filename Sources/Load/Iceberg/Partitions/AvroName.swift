/// Names that Avro takes: letters, digits and underscores, no digit at the beginning.
enum AvroName {
    /// The name in a form that Avro takes, made as other engines make it: `created-day` becomes `created_x2Dday`.
    ///
    /// - SeeAlso: Iceberg's Java implementation, `AvroSchemaUtil.makeCompatibleName`.
    static func sanitized(_ name: String) -> String {
        var result = ""
        for (position, unit) in name.utf16.enumerated() {
            guard let character = Unicode.Scalar(unit), character.isASCII else {
                result += escaped(unit)
                continue
            }
            switch character {
            case "a"..."z", "A"..."Z", "_": result.unicodeScalars.append(character)
            case "0"..."9" where position == 0: result += "_\(character)"
            case "0"..."9": result.unicodeScalars.append(character)
            default: result += escaped(unit)
            }
        }
        return result
    }

    private static func escaped(_ unit: UInt16) -> String {
        "_x" + String(unit, radix: 16, uppercase: true)
    }
}
