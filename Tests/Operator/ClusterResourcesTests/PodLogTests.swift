import ClusterResources
import JSON
import Testing

private func pod(_ name: String, _ second: Int) -> JSONValue {
    ["metadata": ["name": .string(name), "creationTimestamp": .string("2026-01-01T00:00:0\(second)Z")]]
}

struct `The pod whose log is asked for` {
    private let pods = [pod("b", 2), pod("c", 1), pod("a", 3), pod("d", 1)]

    @Test func `is the newest`() {
        #expect(PodLog(node: nil, isPrevious: false).pod(of: pods) == "a")
        #expect(PodLog(node: nil, isPrevious: false).pod(of: []) == nil)
    }

    @Test func `is the one before, when that is asked for`() {
        #expect(PodLog(node: nil, isPrevious: true).pod(of: pods) == "b")
        #expect(PodLog(node: nil, isPrevious: true).pod(of: [pod("a", 1)]) == nil)
    }

    @Test func `does not depend on the order of a list`() {
        let same = [pod("c", 1), pod("d", 1)]

        #expect(PodLog(node: nil, isPrevious: false).pod(of: same) == "d")
        #expect(PodLog(node: nil, isPrevious: false).pod(of: same.reversed()) == "d")
    }

    @Test func `is one of a node, when that is named`() {
        let log = PodLog(node: "first", isPrevious: false)

        #expect(log.selector(workflow: "w") == "nilus.dataos.io/workflow=w,nilus.dataos.io/node=first")
        #expect(log.title == "pod of node 'first'")
    }
}
