import NilusCore
import YAML

/// Why a part of an address cannot be read.
struct AddressProblem: Error {
    enum Kind {
        case percent, encoding, placeholder, key, space, fragment
    }

    let kind: Kind
    let location: SourceLocation
}

/// A piece of an address as written, which knows its place.
struct AddressPart {
    private let scalars: ArraySlice<Unicode.Scalar>
    private let node: YAMLNode

    init(_ scalars: ArraySlice<Unicode.Scalar>, node: YAMLNode) {
        self.scalars = scalars
        self.node = node
    }

    var text: String { String(String.UnicodeScalarView(scalars)) }
    var location: SourceLocation { node.location(ofCharacter: scalars.startIndex) }
    /// Whether a blank stood here, which is reported already.
    var isMasked: Bool { scalars.contains("\u{0}") }
    var isParameterName: Bool { Self.isName(text) }

    /// Whether a text can name a parameter, and so can be shown.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// Decodes the text and finds its placeholders.
    func pieces() throws(AddressProblem) -> [AddressValue.Piece] {
        var pieces: [AddressValue.Piece] = []
        var bytes: [UInt8] = []
        var position = scalars.startIndex
        while position < scalars.endIndex {
            let scalar = scalars[position]
            switch scalar {
            case "%":
                bytes.append(try escapedByte(at: position))
                position += 3
            case "{":
                try close(&bytes, into: &pieces)
                let name = try placeholderName(at: position)
                pieces.append(Self.piece(named: name, at: node.location(ofCharacter: position)))
                position += name.unicodeScalars.count + 2
            case "}": throw problem(.placeholder, at: position)
            case "#": throw problem(.fragment, at: position)
            case _ where scalar.properties.isWhitespace || scalar.properties.generalCategory == .control:
                throw problem(.space, at: position)
            default:
                bytes += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                position += 1
            }
        }
        try close(&bytes, into: &pieces)
        return pieces
    }

    private static func piece(named name: String, at location: SourceLocation) -> AddressValue.Piece {
        "{\(name)}" == DestinationTable.endpointPlaceholder
            ? .endpoint : .secret(SecretPlaceholder(name: name, location: location))
    }

    /// Ends a run of text.
    private func close(_ bytes: inout [UInt8], into pieces: inout [AddressValue.Piece]) throws(AddressProblem) {
        guard !bytes.isEmpty else { return }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw problem(.encoding, at: scalars.startIndex)
        }
        pieces.append(.text(Redacted(text)))
        bytes = []
    }

    private func escapedByte(at position: Int) throws(AddressProblem) -> UInt8 {
        let digits = scalars[position...].dropFirst().prefix(2)
        guard digits.count == 2, digits.allSatisfy(\.properties.isASCIIHexDigit),
            let byte = UInt8(String(String.UnicodeScalarView(digits)), radix: 16)
        else { throw problem(.percent, at: position) }
        return byte
    }

    private func placeholderName(at position: Int) throws(AddressProblem) -> String {
        let name = scalars[position...].dropFirst().prefix { $0 != "}" }
        let text = String(String.UnicodeScalarView(name))
        guard name.endIndex < scalars.endIndex, Self.isName(text) else { throw problem(.placeholder, at: position) }
        // A key between the braces would be looked for by its own text, and told as the name of what is missing.
        if MessageText.holdsKey(text) { throw problem(.key, at: position) }
        return text
    }

    private func problem(_ kind: AddressProblem.Kind, at position: Int) -> AddressProblem {
        AddressProblem(kind: kind, location: node.location(ofCharacter: position))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
