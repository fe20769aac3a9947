/// Where the files of the process's own control group are, and those of the groups around it.
///
/// Two texts of the kernel say it together: which group the process is in, for each hierarchy, and which part of each
/// hierarchy is mounted where. A container may see only its own group at the mount (`root` is then that group), may
/// see its membership relative to a namespace, and may have some controllers in version 1 and the rest in version 2.
///
/// - SeeAlso: cgroups(7), `/proc/pid/cgroup`; proc(5), `/proc/pid/mountinfo`
struct ControlGroupFolders: Sendable, Hashable {
    /// Version 2, one hierarchy for all controllers; the process's own group first, then outwards.
    let unified: [String]
    /// Version 1, the hierarchy of the memory controller.
    let memory: [String]
    /// Version 1, the hierarchy of the CPU controller.
    let cpu: [String]

    /// - Parameters:
    ///   - membership: the text of `/proc/self/cgroup`.
    ///   - mounts: the text of `/proc/self/mountinfo`.
    init(membership: String, mounts: String) {
        let groups = Self.groups(membership)
        // By bytes: a text of hundreds of mounts is read at every start, and looking for characters takes twice as long.
        let mounted = mounts.utf8.split(separator: UInt8(ascii: "\n")).compactMap(Mount.init)
        func folders(_ controller: String) -> [String] {
            guard let group = groups[controller] else { return [] }
            return mounted.filter { $0.serves(controller) }.flatMap { $0.folders(of: group) }
        }
        unified = folders("")
        memory = folders("memory")
        cpu = folders("cpu")
    }

    /// Controller → group; version 2 is the one without a controller's name.
    private static func groups(_ membership: String) -> [String: String] {
        var groups: [String: String] = [:]
        for line in membership.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                groups[String(controller)] = String(parts[2])
            }
        }
        return groups
    }
}

/// One mounted hierarchy, or the part of one that is visible.
private struct Mount {
    /// The group that is at the mount point.
    private let root: String
    private let point: String
    private let isUnified: Bool
    private let options: [Substring]

    /// Reads a line of `mountinfo`; `nil` for mounts of anything else.
    init?(_ line: Substring.UTF8View) {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard let separator = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }), separator >= 5,
            fields.count > separator + 3
        else { return nil }
        let type = fields[separator + 1]
        isUnified = type.elementsEqual("cgroup2".utf8)
        guard isUnified || type.elementsEqual("cgroup".utf8) else { return nil }
        root = Self.unescaped(fields[3])
        point = Self.unescaped(fields[4])
        options = fields[separator + 3].split(separator: UInt8(ascii: ",")).map { Substring($0) }
    }

    func serves(_ controller: String) -> Bool {
        isUnified ? controller.isEmpty : options.contains { $0 == controller }
    }

    /// The folders of a group and of those around it, as far as they are visible.
    func folders(of group: String) -> [String] {
        var parts = visiblePart(of: group).split(separator: "/")
        var folders: [String] = []
        while true {
            folders.append(parts.isEmpty ? point : "\(point)/\(parts.joined(separator: "/"))")
            if parts.popLast() == nil { return folders }
        }
    }

    /// A group's place below the mount point; empty when the group is what is mounted, or lies outside of it.
    private func visiblePart(of group: String) -> String {
        if group.split(separator: "/").contains("..") { return "" }
        if root == "/" { return group }
        return group.hasPrefix(root + "/") ? String(group.dropFirst(root.count)) : ""
    }

    /// Reads the kernel's `\040` for a space, and its like.
    private static func unescaped(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
