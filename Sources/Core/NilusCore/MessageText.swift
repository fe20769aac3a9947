/// Text from outside as messages show it: without anything that looks like a credential.
package enum MessageText {
    /// Longest text that is quoted, in characters.
    static let maximumLength = 64

    /// The text in single quotes, or its length where it is long, unprintable or looks like a secret.
    ///
    /// A key pasted into the wrong place must not travel into a log by way of an error message.
    package static func quoted(_ text: some StringProtocol) -> String {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isPrintable, text.count <= maximumLength, !holdsCredential(text) else {
            return "(\(text.count) characters, not shown)"
        }
        return "'\(text)'"
    }

    /// The text on one line, of at most `limit` characters, with `<redacted>` for words that look like credentials.
    package static func withoutCredentials(_ text: some StringProtocol, limit: Int) -> String {
        var safe = ""
        var word = ""
        for character in text.prefix(limit) {
            if isWordCharacter(character) {
                word.append(character)
            } else {
                safe += shown(word) + (character.isWhitespace ? " " : String(character))
                word = ""
            }
        }
        return safe + shown(word)
    }

    /// Room for a message of a Kubernetes condition, in bytes: it is for a table and an event, not for a file.
    package static let conditionBytes = 1_000

    /// The longest start of a text that fits a number of bytes, with a mark where it was cut, between characters.
    package static func cut(_ text: String, toBytes limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let mark = "…"
        var result = ""
        var count = mark.utf8.count
        for character in text {
            count += character.utf8.count
            guard count <= limit else { break }
            result.append(character)
        }
        return result + mark
    }

    /// What credentials begin with; Stripe documents these letters of its keys and nothing more.
    private static let secretPrefixes = ["sk_", "rk_", "pk_", "rkcs_", "whsec_"]

    /// Whether a word of the text begins as Stripe's keys do, whatever surrounds it.
    package static func holdsKey(_ text: some StringProtocol) -> Bool {
        text.split { !isWordCharacter($0) }.contains { beginsAsKey($0) }
    }

    /// Whether the text holds what can hardly be anything but a secret key of Stripe, whatever the text is for: a known
    /// beginning, and more than a hint after it.
    package static func holdsWholeKey(_ text: some StringProtocol) -> Bool {
        text.split { !isWordCharacter($0) }.contains { word in
            wholeKeyPrefixes.contains { word.hasPrefix($0) && word.utf8.count >= $0.utf8.count + shortestKey }
                && !word.contains("*")
        }
    }

    private static let wholeKeyPrefixes = [
        "sk_live_", "sk_test_", "sk_org_live_", "sk_org_test_", "rk_live_", "rk_test_", "rk_org_live_", "rk_org_test_",
        "rkcs_", "whsec_",
    ]
    /// Shorter endings stand in examples; a key has 24 characters and more.
    private static let shortestKey = 8

    private static func holdsCredential(_ text: some StringProtocol) -> Bool {
        text.split { !isWordCharacter($0) }.contains { isCredential($0) }
    }

    private static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "*"
    }

    /// Whether a word begins as a credential does; `task_id` does not.
    private static func isCredential(_ word: some StringProtocol) -> Bool {
        beginsAsKey(word) || ["_live_", "_test_"].contains(where: word.contains)
    }

    private static func beginsAsKey(_ word: some StringProtocol) -> Bool {
        secretPrefixes.contains(where: word.hasPrefix)
    }

    private static func shown(_ word: String) -> String {
        isCredential(word) ? "<redacted>" : word
    }
}
