import JSON
import KubernetesAPI
import Testing

private func event(_ type: String, version: String, name: String = "a") -> String {
    #"{"type":"\#(type)","object":{"metadata":{"name":"\#(name)","resourceVersion":"\#(version)"}}}"# + "\n"
}

private let expired = #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}"#

struct `The body of a watch` {
    @Test(arguments: [1, 2, 7, 64, 100_000])
    func `becomes the same events in pieces of any size`(size: Int) throws {
        let text = Array(
            (event("ADDED", version: "5") + event("MODIFIED", version: "6", name: "é👍") + expired + "\n").utf8)
        var decoder = WatchDecoder()
        var events: [WatchEvent] = []
        for start in stride(from: 0, to: text.count, by: size) {
            events += try decoder.take(text[start..<min(start + size, text.count)])
        }

        #expect(events.count == 3)
        guard case .modified(let object) = events[1], case .error(let refusal) = events[2] else {
            Issue.record("other events: \(events)")
            return
        }
        #expect(object["metadata"]?["name"]?.string == "é👍")
        #expect(refusal.isExpired && refusal.status == 410)
    }

    @Test func `may hold empty lines and a bookmark without a name`() throws {
        var decoder = WatchDecoder()
        let bookmark = #"{"type":"BOOKMARK","object":{"kind":"Job","metadata":{"resourceVersion":"9"}}}"#

        let events = try decoder.take(Array("\n \n\(bookmark)\n".utf8))

        #expect(events == [.bookmark(resourceVersion: "9")])
    }

    @Test(arguments: ["nonsense\n", "{}\n", #"{"type":"OTHER","object":{}}"# + "\n", "[1]\n"])
    func `is of no use when it holds something else`(text: String) {
        var decoder = WatchDecoder()

        #expect(throws: WatchDecoder.Problem.notAnEvent) { try decoder.take(Array(text.utf8)) }
    }

    @Test func `is of no use when a line has no end`() {
        var decoder = WatchDecoder()
        let piece = [UInt8](repeating: 0x20, count: WatchDecoder.largestEvent + 1)

        #expect(throws: WatchDecoder.Problem.tooLarge) { try decoder.take(piece) }
    }
}

struct `A mirror of a collection` {
    private func object(_ version: String) -> JSONValue { ["metadata": ["resourceVersion": .string(version)]] }

    @Test func `lists once and then follows from where it stands`() {
        var machine = ListWatch()
        #expect(machine.step == .list)

        machine.listed(at: "10")
        #expect(machine.step == .watch(from: "10"))
        #expect(machine.saw(.added(object("11"))) == .store)
        #expect(machine.saw(.deleted(object("12"))) == .remove)
        #expect(machine.saw(.bookmark(resourceVersion: "20")) == .nothing)
        machine.ended(afterEvents: 3)

        #expect(machine.step == .watch(from: "20"))
        #expect(machine.delay(chance: 0.5) == .zero)
    }

    @Test func `begins anew when its position was forgotten, inside of a stream or by status`() {
        var inStream = ListWatch()
        inStream.listed(at: "10")
        #expect(inStream.saw(.error(ClusterRefusal(status: 410, body: ["reason": "Expired"]))) == .stop)
        #expect(inStream.step == .list)
        #expect(inStream.delay(chance: 0.5) == .zero)

        var byStatus = ListWatch()
        byStatus.listed(at: "10")
        byStatus.failed(ClusterRefusal(status: 410, body: nil))
        #expect(byStatus.step == .list)
    }

    @Test func `keeps its position through a passing failure and waits longer each time`() {
        var machine = ListWatch()
        machine.listed(at: "10")
        var delays: [Duration] = []
        for _ in 0..<9 {
            machine.failed(ClusterRefusal(status: 503, body: nil))
            delays.append(machine.delay(chance: 0.999_999))
        }

        #expect(machine.step == .watch(from: "10"))
        #expect(delays == delays.sorted())
        #expect(delays[0] <= .milliseconds(500) && delays[8] <= .seconds(30) && delays[8] > .seconds(29))
    }

    @Test func `does not repeat at once a watch that ended without a word`() {
        var machine = ListWatch()
        machine.listed(at: "10")
        machine.ended(afterEvents: 0)

        #expect(machine.step == .watch(from: "10"))
        #expect(machine.delay(chance: 0) > .zero)
    }

    @Test func `begins anew after an error that does not pass`() {
        var machine = ListWatch()
        machine.listed(at: "10")
        machine.failed(ClusterRefusal(status: 403, body: nil))

        #expect(machine.step == .list)
        #expect(machine.delay(chance: 0) > .zero)
    }
}
