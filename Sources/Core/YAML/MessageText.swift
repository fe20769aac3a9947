/// Text of a file as messages quote it.
package enum MessageText {
    /// Longest text that is quoted, in characters.
    static let maximumLength = 64

    /// The text in single quotes, or its length where it is long, unprintable or looks like a secret.
    ///
    /// A key pasted into the wrong place must not travel into a log by way of an error message.
    package static func quoted(_ text: some StringProtocol) -> String {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isPrintable, text.count <= maximumLength, !secretPrefixes.contains(where: text.contains) else {
            return "(\(text.count) characters, not shown)"
        }
        return "'\(text)'"
    }

    /// What credentials look like; Stripe documents the first letters of its keys and nothing more.
    private static let secretPrefixes = ["sk_", "rk_", "pk_", "rkcs_", "whsec_"]
}
