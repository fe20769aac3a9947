import NilusCore
import YAML

/// Cuts the text of an address at its separators, without decoding anything.
struct AddressScanner {
    /// The scheme as written; `nil` when the text has none.
    let scheme: String?
    let authority: AddressPart
    let path: AddressPart
    /// Name and value of each parameter; the value is empty where `=` is missing.
    let parameters: [(name: AddressPart, value: AddressPart)]

    init(_ text: [Unicode.Scalar], node: YAMLNode) {
        let head = text.prefix { Self.isSchemeCharacter($0) }
        let rest = text[head.endIndex...]
        let isScheme = head.first?.properties.isAlphabetic ?? false && rest.starts(with: "://".unicodeScalars)
        scheme = isScheme ? String(String.UnicodeScalarView(head)) : nil
        let body = rest.dropFirst(3)
        let place = body.prefix { $0 != "?" }
        let host = place.prefix { $0 != "/" }
        authority = AddressPart(host, node: node)
        path = AddressPart(place[host.endIndex...], node: node)
        parameters = body[place.endIndex...].dropFirst().split(separator: "&").map { piece in
            let name = piece.prefix { $0 != "=" }
            let value = piece[name.endIndex...].dropFirst()
            return (AddressPart(name, node: node), AddressPart(value, node: node))
        }
    }

    /// ASCII letters, digits, `+`, `-` and `.`: RFC 3986, section 3.1.
    private static func isSchemeCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "+-.".unicodeScalars.contains(scalar))
    }
}
