import NilusCore
import YAML

/// The rule for names of workflows and nodes.
enum ResourceName {
    /// Longest name, in characters, that the platform accepts.
    static let maximumLength = 48

    /// Says what is wrong with a name of a resource; `nil` when nothing is.
    static func problem(with name: Located<String>, what: String) -> ManifestFault? {
        let text = name.value
        if text.count > maximumLength {
            return ManifestFault(
                .error, "\(what) has \(text.count) characters; at most \(maximumLength) are allowed",
                at: name.location)
        }
        let ends = [text.utf8.first, text.utf8.last]
        guard text.utf8.allSatisfy({ isLowercase($0) || $0 == UInt8(ascii: "-") }),
            ends.allSatisfy({ $0.map(isLowercase) ?? false })
        else {
            return ManifestFault(
                .error,
                "\(what) cannot be \(MessageText.quoted(text)); expected lower-case letters, digits and '-', "
                    + "a letter or digit at both ends",
                at: name.location)
        }
        return nil
    }

    /// `a`–`z` and `0`–`9`.
    private static func isLowercase(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}
