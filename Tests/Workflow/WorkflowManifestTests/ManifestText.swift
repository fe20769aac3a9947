import NilusCore
import Testing
import WorkflowManifest

/// A manifest of one node whose parts a test replaces; without changes it is faultless.
///
/// Line and column of each part are the same in every test as long as the parts before it are.
struct ManifestText {
    var header = "name: test\nversion: v1\ntype: workflow"
    var workflow = ""
    var node = ""
    var spec = "stack: nilus:1.0"
    var address = "stripe://?api_key={KEY}"
    var source = "source-table: charge"
    var sinkAddress = "dataos://lake"
    var sink = "dest-table: stripe.charge"

    var text: String {
        """
        \(header)
        workflow:
        \(indented(workflow, by: 2))  dag:
            - name: load
        \(indented(node, by: 6))      spec:
        \(indented(spec, by: 8))        stackSpec:
                  source:
                    address: \(address)
                    options:
        \(indented(source, by: 14))          sink:
                    address: \(sinkAddress)
                    options:
        \(indented(sink, by: 14))
        """
    }

    /// Reads the manifest under the file name `w.yaml`.
    func read(_ dialects: ManifestDialects = ManifestDialects()) -> ManifestReading {
        ManifestReader(dialects: dialects).read(text.utf8, file: "w.yaml")
    }

    /// The parts that a test may replace.
    enum Part: Sendable {
        case header, workflow, node, spec, address, source, sinkAddress, sink
    }

    /// The manifest with one part replaced.
    static func with(_ part: Part, _ text: String) -> ManifestText {
        var manifest = ManifestText()
        switch part {
        case .header: manifest.header = text
        case .workflow: manifest.workflow = text
        case .node: manifest.node = text
        case .spec: manifest.spec = text
        case .address: manifest.address = text
        case .source: manifest.source = text
        case .sinkAddress: manifest.sinkAddress = text
        case .sink: manifest.sink = text
        }
        return manifest
    }

    /// The faults as they print.
    var faults: [String] { read().faults.map(\.description) }

    /// The only node, when the manifest is valid.
    var loadedNode: WorkflowNode? { read().workflows.first?.nodes.first }

    private func indented(_ text: String, by count: Int) -> String {
        let margin = String(repeating: " ", count: count)
        return text.isEmpty ? "" : text.split(separator: "\n").map { margin + $0 + "\n" }.joined()
    }
}

/// A part of a manifest, and the faults that it must give.
struct FaultCase: Sendable, CustomTestStringConvertible {
    let part: ManifestText.Part
    let text: String
    let faults: [String]

    var testDescription: String { faults.first ?? text }

    init(_ part: ManifestText.Part, _ text: String, _ faults: String...) {
        self.part = part
        self.text = text
        self.faults = faults
    }

    /// The faults that reading gives.
    var found: [String] { ManifestText.with(part, text).faults }

    /// The expected faults with the name of the file.
    var expected: [String] { faults.map { "w.yaml:" + $0 } }
}

/// Reads a whole text under the file name `w.yaml`.
func readManifest(_ text: String, _ dialects: ManifestDialects = ManifestDialects()) -> ManifestReading {
    ManifestReader(dialects: dialects).read(text.utf8, file: "w.yaml")
}
