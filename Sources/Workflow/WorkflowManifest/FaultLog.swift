import NilusCore

/// Collects the faults of one document while it is read.
final class FaultLog {
    private(set) var faults: [ManifestFault] = []
    private var seen: Set<ManifestFault> = []

    var hasErrors: Bool { faults.contains { $0.severity == .error } }

    /// Keeps a fault once: a value that aliases repeat is read several times, and two rules may find the same.
    func add(_ fault: ManifestFault) {
        if seen.insert(fault).inserted { faults.append(fault) }
    }

    func add(contentsOf more: some Sequence<ManifestFault>) {
        for fault in more { add(fault) }
    }

    /// Runs a reading that may fail; gives `nil` and keeps the fault when it does.
    func attempt<Value>(_ body: () throws(NilusError) -> Value) -> Value? {
        do throws(NilusError) {
            return try body()
        } catch {
            add(ManifestFault(error))
            return nil
        }
    }

    /// Makes an error of the warning at a place.
    func escalate(at location: SourceLocation) {
        guard let index = faults.firstIndex(where: { $0.location == location && $0.severity == .warning }) else {
            return
        }
        faults[index] = ManifestFault(.error, faults[index].message, at: location)
    }
}

extension ManifestFault {
    /// A fault of the YAML reader, which always has a place.
    init(_ error: NilusError) {
        self.init(error.message, at: error.location ?? SourceLocation(file: "", line: 1, column: 1))
    }

    private init(_ message: String, at location: SourceLocation) {
        self.init(.error, message, at: location)
    }
}
