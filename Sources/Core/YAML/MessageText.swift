/// Text of a file as messages quote it.
package enum MessageText {
    /// Longest text that is quoted, in characters.
    static let maximumLength = 64

    /// The text in single quotes, or its length where it is long, unprintable or looks like a secret.
    ///
    /// A key pasted into the wrong place must not travel into a log by way of an error message.
    package static func quoted(_ text: some StringProtocol) -> String {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isPrintable, text.count <= maximumLength, !holdsSecret(text) else {
            return "(\(text.count) characters, not shown)"
        }
        return "'\(text)'"
    }

    /// What credentials begin with; Stripe documents these letters of its keys and nothing more.
    private static let secretPrefixes = ["sk_", "rk_", "pk_", "rkcs_", "whsec_"]

    /// Whether a word of the text begins as a credential does; `task_id` does not.
    private static func holdsSecret(_ text: some StringProtocol) -> Bool {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { word in
            secretPrefixes.contains(where: word.hasPrefix) || ["_live_", "_test_"].contains(where: word.contains)
        }
    }
}
