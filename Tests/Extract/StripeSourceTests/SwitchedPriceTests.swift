import Extraction
import LoopbackServer
import StripeSource
import Synchronization
import Testing

/// Stripe's two lists of prices, newest first, and what happens to a price while they are read.
private final class PriceLists: Sendable {
    private struct Price {
        let id: String
        let created: Int
        var isActive: Bool
    }

    /// A price that is switched just before the request of a number, from 0, is answered.
    struct Switch: Sendable {
        let price: Int
        let request: Int
    }

    private let prices: Mutex<[Price]>
    private let switches: [Switch]
    /// The number of a request that is answered as if the list had ended.
    private let emptyAnswer: Int?

    /// `created` is the age of each price in seconds; `isActive` says which list it begins in.
    init(
        _ count: Int, created: (Int) -> Int = { $0 * 3_600 }, isActive: (Int) -> Bool, switches: [Switch] = [],
        emptyAnswer: Int? = nil
    ) {
        self.emptyAnswer = emptyAnswer
        prices = Mutex(
            (0..<count).map { Price(id: "price_\($0)", created: 1_780_272_000 - created($0), isActive: isActive($0)) })
        self.switches = switches
    }

    var ids: Set<String> { Set(prices.withLock { $0.map(\.id) }) }

    func server() throws -> LoopbackServer {
        try LoopbackServer { number, request in .http(200, [date], body: self.answer(number, request)) }
    }

    private func answer(_ number: Int, _ request: String) -> String {
        if number == emptyAnswer { return #"{"object":"list","data":[],"has_more":false}"# }
        let wanted = request.contains("active=true")
        let page = prices.withLock { prices in
            for change in switches where change.request == number { prices[change.price].isActive.toggle() }
            // A cursor may have left the list: Stripe goes on after its place.
            let cursor = Self.value("starting_after", in: request)
            let start = prices.firstIndex { $0.id == cursor }.map { $0 + 1 } ?? 0
            let border = Self.value("created%5Blt%5D", in: request).flatMap(Int.init) ?? .max
            return Array(prices[start...].filter { $0.isActive == wanted && $0.created < border }.prefix(101))
        }
        let rows = page.prefix(100).map { #"{"id":"\#($0.id)","created":\#($0.created)}"# }.joined(separator: ",")
        return #"{"object":"list","data":[\#(rows)],"has_more":\#(page.count > 100)}"#
    }

    private static func value(_ name: String, in request: String) -> String? {
        request.split(separator: " ")[1].split { "?&".contains($0) }.first { $0.hasPrefix(name + "=") }
            .map { String($0.dropFirst(name.count + 1)) }
    }
}

struct `Prices that are switched while they are read` {
    private let price = StripeEndpoint.named("price")

    /// Few are inactive, or few active, or neither; the prices that are switched lie all along both lists.
    @Test(arguments: [50, 2, 3], [true, false])
    func `come once, whenever that is`(every: Int, isActive: Bool) async throws {
        for request in 0..<14 {
            let lists = PriceLists(
                450, isActive: { $0.isMultiple(of: every) != isActive },
                switches: [0, 60, 99, 100, 250, 449].map { PriceLists.Switch(price: $0, request: request) })

            let (ids, result) = try await Reading().ids(try lists.server(), endpoint: try #require(price))

            #expect(ids.count == 450 && Set(ids) == lists.ids, "before request \(request)")
            #expect(result.isComplete)
        }
    }

    /// Two pages and more of one second in each list.
    @Test(arguments: 0..<12) func `come once also when all were made in a few seconds`(request: Int) async throws {
        let lists = PriceLists(
            900, created: { $0 / 450 }, isActive: { $0.isMultiple(of: 2) },
            switches: [11, 440, 452, 899].map { PriceLists.Switch(price: $0, request: request) })

        let (ids, _) = try await Reading().ids(try lists.server(), endpoint: try #require(price))

        #expect(ids.count == 900 && Set(ids) == lists.ids)
    }

    @Test(arguments: 2..<16) func `come once also when a page is falsely empty`(request: Int) async throws {
        let lists = PriceLists(2_000, isActive: { $0.isMultiple(of: 2) }, emptyAnswer: request)

        let (ids, _) = try await Reading().ids(try lists.server(), endpoint: try #require(price))

        #expect(ids.count == 2_000 && Set(ids) == lists.ids)
    }

    /// Each list could be read with one request for a hundred rows.
    @Test(arguments: [(40, 205), (2, 200), (3, 201), (10_000, 201)])
    func `take less than twice the fewest requests`(every: Int, fewest: Int) async throws {
        let lists = PriceLists(20_000, isActive: { !$0.isMultiple(of: every) })
        let server = try lists.server()
        let reading = Reading()

        let (ids, _) = try await reading.ids(server, endpoint: try #require(price))

        #expect(ids.count == 20_000 && Set(ids) == lists.ids)
        #expect(server.received.count < fewest * 2)
        let counters = reading.meter.current
        #expect(counters.rowsReceived == 20_000 + counters.totalDropped)
    }
}
