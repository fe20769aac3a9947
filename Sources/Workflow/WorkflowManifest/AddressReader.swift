import NilusCore
import YAML

/// Takes an address apart and reports what is wrong with it, without showing any of it.
///
/// The grammar is RFC 3986's, with `{NAME}` in any part but the scheme. `+` stays a plus sign.
struct AddressReader {
    /// What messages call the address: `source address`.
    let name: String
    let schemes: [String]
    let log: FaultLog

    /// Reads the address of a section; a missing one is reported and gives an incomplete address.
    func read(_ section: SectionReader) -> ManifestAddress {
        guard let entry = section.required("address"),
            let text = log.attempt({ () throws(NilusError) in try entry.value.text("'address'") })
        else { return .unreadable(at: section.location) }
        return read(text, of: entry.value)
    }

    private func read(_ text: String, of node: YAMLNode) -> ManifestAddress {
        guard ValueBound.holds(node, "the \(name)", log) else { return .unreadable(at: node.location) }
        var scalars = Array(text.unicodeScalars)
        var isComplete = true
        guard !scalars.contains(Self.mask) else {
            log.add(.addressProblem(AddressProblem(kind: .space, location: node.location), "the \(name)"))
            return .unreadable(at: node.location)
        }
        for (blank, range) in Blank.find(in: scalars) {
            isComplete = false
            log.add(
                .unfilledAddress(
                    blank, part(of: scalars, at: range.lowerBound), at: node.location(ofCharacter: range.lowerBound)))
            for position in range { scalars[position] = Self.mask }
        }
        let body = AddressScanner(scalars, node: node)
        guard let scheme = body.scheme else {
            if isComplete { log.add(.schemeMissing(name, schemes, at: node.location)) }
            return .unreadable(at: node.location)
        }
        let isKnown = schemes.contains(scheme.lowercased())
        if !isKnown { log.add(.schemeUnknown(scheme, name, schemes, at: node.location)) }
        let authority = value(body.authority, "the \(name)", &isComplete)
        let path = value(body.path, "the path of the \(name)", &isComplete)
        let parameters = self.parameters(body, &isComplete)
        let address = ManifestAddress(
            text: Redacted(text), location: node.location, scheme: scheme.lowercased(), authority: authority,
            path: path, parameters: parameters, isComplete: isComplete && isKnown)
        checkEndpoint(address)
        return address
    }

    /// `{endpoint}` names a part of a table, and of all addresses only those of depots name tables.
    private func checkEndpoint(_ address: ManifestAddress) {
        let namesTable = address.scheme == "dataos"
        if address.authority.holdsEndpoint(before: namesTable ? ":" : nil) {
            log.add(.endpointMisplaced("the \(name)", at: address.authority.location))
        }
        if !namesTable, address.path.holdsEndpoint() {
            log.add(.endpointMisplaced("the path of the \(name)", at: address.path.location))
        }
        for parameter in address.parameters where parameter.value.holdsEndpoint() {
            log.add(.endpointMisplaced("parameter '\(parameter.name)' of the \(name)", at: parameter.value.location))
        }
    }

    /// Stands for each character of a blank that is reported already: no address holds it, `read` sees
    /// to that.
    private static let mask: Unicode.Scalar = "\u{0}"

    private func parameters(_ body: AddressScanner, _ isComplete: inout Bool) -> [AddressParameter] {
        var parameters: [AddressParameter] = []
        var names: Set<String> = []
        for piece in body.parameters {
            let (name, written) = piece
            let nameText = name.text
            let what = "parameter \(MessageText.quoted(nameText)) of the \(self.name)"
            guard name.isParameterName else {
                isComplete = false
                if !name.isMasked { log.add(.parameterName(self.name, at: name.location)) }
                continue
            }
            guard !names.contains(nameText) else {
                log.add(.writtenTwice(what, at: name.location))
                isComplete = false
                continue
            }
            var isReadable = true
            let value = value(written, what, &isReadable)
            isComplete = isComplete && isReadable
            if isReadable {
                names.insert(nameText)
                parameters.append(AddressParameter(name: nameText, value: value, location: name.location))
            }
        }
        return parameters
    }

    /// Reads the pieces of a part; an unreadable part is reported, once, and empty.
    private func value(_ part: AddressPart, _ what: String, _ isComplete: inout Bool) -> AddressValue {
        if part.isMasked {
            isComplete = false
        } else {
            do throws(AddressProblem) {
                return AddressValue(pieces: try part.pieces(), location: part.location)
            } catch {
                isComplete = false
                log.add(.addressProblem(error, what))
            }
        }
        return AddressValue(pieces: [], location: part.location)
    }

    /// What the text at a position belongs to, in words.
    private func part(of text: [Unicode.Scalar], at position: Int) -> String {
        let before = text[..<position]
        guard let query = before.firstIndex(of: "?") else { return "the \(name)" }
        let start = before.lastIndex(of: "&") ?? query
        let parameter = before[(start + 1)...].prefix { $0 != "=" }
        let key = String(String.UnicodeScalarView(parameter))
        guard AddressPart.isName(key) else { return "the \(name)" }
        return "parameter \(MessageText.quoted(key)) of the \(name)"
    }
}

extension ManifestAddress {
    /// Stands for an address that is missing or has no scheme.
    static func unreadable(at location: SourceLocation) -> ManifestAddress {
        let nothing = AddressValue(pieces: [], location: location)
        return ManifestAddress(
            text: Redacted(""), location: location, scheme: "", authority: nothing, path: nothing, parameters: [],
            isComplete: false)
    }
}

extension ManifestFault {
    fileprivate static func unfilledAddress(_ blank: Blank, _ what: String, at place: SourceLocation) -> ManifestFault {
        let sentence =
            switch blank {
            case .template: "\(what) holds a blank of a template, '${{…}}'; fill it in"
            case .deployment:
                "\(what) holds '${…}', which 'dataos-ctl resource apply' replaces before a job sees it; "
                    + "write '{NAME}' with the name of a secret"
            case .angled: "\(what) is a blank, '<…>'; write the value, or '{NAME}' with the name of a secret"
            }
        return ManifestFault(.error, sentence, at: place)
    }

    fileprivate static func schemeMissing(
        _ name: String, _ schemes: [String], at place: SourceLocation
    ) -> ManifestFault {
        ManifestFault(
            .error, "the \(name) has no scheme; expected \(alternatives(schemes.map { $0 + "://" }))", at: place)
    }

    fileprivate static func schemeUnknown(
        _ scheme: String, _ name: String, _ schemes: [String], at place: SourceLocation
    ) -> ManifestFault {
        let advice =
            if let closest = Suggestion.closest(to: scheme, in: schemes) {
                "did you mean '\(closest)'?"
            } else {
                "expected \(alternatives(schemes.map { $0 + "://" }))"
            }
        return ManifestFault(
            .error, "the \(name) cannot have the scheme \(MessageText.quoted(scheme)); \(advice)", at: place)
    }

    fileprivate static func parameterName(_ name: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error, "a parameter of the \(name) has no proper name; expected 'name=value' after '?' and '&'",
            at: place)
    }

    fileprivate static func writtenTwice(_ what: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "\(what) is written twice; keep one of them", at: place)
    }

    fileprivate static func endpointMisplaced(_ what: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error, "\(what) holds '{endpoint}', which can only be part of a table's name; write it in 'dest-table'",
            at: place)
    }

    fileprivate static func addressProblem(_ problem: AddressProblem, _ what: String) -> ManifestFault {
        let sentence =
            switch problem.kind {
            case .percent: "\(what) holds a '%' without two hexadecimal digits; write '%25' for a percent sign"
            case .encoding: "\(what) holds '%' escapes that are not UTF-8; encode the text as UTF-8 first"
            case .placeholder: "\(what) holds a '{' or '}' that names nothing; write '{NAME}', or '%7B' for a brace"
            case .key:
                "\(what) holds a key between '{' and '}'; write the name of the secret, such as '{STRIPE_API_KEY}'"
            case .space: "\(what) holds a space or control character; remove it, or write '%20'"
            case .fragment: "\(what) holds a '#'; write '%23'"
            }
        return ManifestFault(.error, sentence, at: problem.location)
    }
}
