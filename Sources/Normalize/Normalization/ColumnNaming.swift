/// How names of the source become names of tables and columns.
package enum ColumnNaming: Sendable, Hashable {
    /// `snake_case`: lower case letters, digits and single underscores.
    case snakeCase
    /// Names stay as they are (`SCHEMA_NAMING=direct`).
    case direct

    /// The name that a name of the source becomes.
    package func name(_ original: String) -> String {
        switch self {
        case .snakeCase: Self.snakeCased(original)
        case .direct: original
        }
    }

    private static func snakeCased(_ original: String) -> String {
        var result = ""
        var previous: Character?
        for character in original {
            let isWordStart = character.isUppercase && previous.map { $0.isLowercase || $0.isNumber } ?? false
            if isWordStart, result.last != "_" { result.append("_") }
            if character.isLetter || character.isNumber || character == "_" {
                result += character.lowercased()
            } else if result.last != "_" {
                result.append("_")
            }
            previous = character
        }
        let trimmed = result.hasSuffix("_") && !original.hasSuffix("_") ? String(result.dropLast()) : result
        // A leading digit would have to be quoted in every query.
        return trimmed.first?.isNumber == true ? "_" + trimmed : trimmed
    }
}
