import JSON
import NilusCore

/// The members of a JSON object in a metadata file, read strictly: every fault names member and file.
struct MetadataMembers {
    let object: JSONObject
    /// The file the object is from.
    let file: String
    /// Where the object is in it, with a dot at the end, such as `snapshots[3].`; empty at the top.
    let path: String

    init(_ object: JSONObject, file: String, path: String = "") {
        self.object = object
        self.file = file
        self.path = path
    }

    /// A member as it stands; JSON's `null` counts as absent.
    subscript(name: String) -> JSONValue? {
        let value = object[name]
        return value == .null ? nil : value
    }

    func long(_ name: String) throws(NilusError) -> Int64 {
        guard let number = self[name]?.integer else { throw fault(name, expected: "an integer") }
        return number
    }

    func long(_ name: String, ifAbsent fallback: Int64?) throws(NilusError) -> Int64? {
        self[name] == nil ? fallback : try long(name)
    }

    /// An id or count; Iceberg gives these 32 bits.
    func int(_ name: String) throws(NilusError) -> Int {
        let number = try long(name)
        guard let int = Int32(exactly: number) else { throw fault(name, expected: "an integer of 32 bits") }
        return Int(int)
    }

    func int(_ name: String, ifAbsent fallback: Int?) throws(NilusError) -> Int? {
        self[name] == nil ? fallback : try int(name)
    }

    func text(_ name: String) throws(NilusError) -> String {
        guard let text = self[name]?.string else { throw fault(name, expected: "a string") }
        return text
    }

    func member(_ name: String) throws(NilusError) -> MetadataMembers {
        guard let inner = self[name]?.object else { throw fault(name, expected: "an object") }
        return MetadataMembers(inner, file: file, path: "\(path)\(name).")
    }

    func list(_ name: String) throws(NilusError) -> [MetadataMembers] {
        guard let items = self[name]?.array else { throw fault(name, expected: "a list") }
        var members: [MetadataMembers] = []
        for (index, item) in items.enumerated() {
            guard let inner = item.object else { throw fault("\(name)[\(index)]", expected: "an object") }
            members.append(MetadataMembers(inner, file: file, path: "\(path)\(name)[\(index)]."))
        }
        return members
    }

    func list(_ name: String, ifAbsent fallback: [MetadataMembers]) throws(NilusError) -> [MetadataMembers] {
        self[name] == nil ? fallback : try list(name)
    }

    /// The members that are strings, for maps such as `properties` and `summary`.
    func texts(_ name: String) throws(NilusError) -> [String: String] {
        guard self[name] != nil else { return [:] }
        let members = try member(name).object.members
        return Dictionary(members.compactMap { member in member.value.string.map { (member.name, $0) } }) { $1 }
    }

    func fault(_ name: String, expected: String) -> NilusError {
        .metadataInvalid(file, "member '\(path)\(name)' is \(found(name))", expected: expected)
    }

    private func found(_ name: String) -> String {
        guard let value = object[name] else { return "missing" }
        let text = value.compactText
        return text.utf8.count <= 60 ? text : "something else"
    }
}

extension NilusError {
    /// The metadata file of a table does not hold what the specification demands.
    static func metadataInvalid(_ file: String, _ found: String, expected: String) -> NilusError {
        NilusError(.load, .sinkRefused, "cannot read table metadata '\(file)': \(found); expected \(expected)")
    }

    /// The table is of a format version that we do not know.
    static func formatVersionUnknown(_ file: String, _ version: Int) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot read table metadata '\(file)': format version \(version); versions 1 and 2 are supported")
    }
}
