import Testing

@testable import stripe_simulator

struct `Paging` {
    /// The endpoints whose lists show every object without a parent.
    static let kinds = ObjectKind.endpoints.filter { $0 != .subscriptionItem }

    /// What has to be asked for so that nothing is hidden.
    private static func query(_ kind: ObjectKind) -> String {
        kind == .subscription ? "status=all" : ""
    }

    /// The ids that the list shows without asking for more than that, newest first.
    private static func visible(_ kind: ObjectKind) -> [String] {
        Harness.sharedTruth(kind).reversed().filter { object in
            switch kind {
            case .price: object["active"]?.bool == true
            case .paymentMethod: object["type"]?.string != "custom"
            default: true
            }
        }.compactMap(\.id)
    }

    @Test(arguments: kinds)
    func `shows every object once, newest first`(_ kind: ObjectKind) {
        let rows = Harness.shared.walk(Harness.path(kind), query: Self.query(kind))

        #expect(rows.compactMap(\.id) == Self.visible(kind))
        #expect(zip(rows, rows.dropFirst()).allSatisfy { ($0.createdSecond ?? 0) >= ($1.createdSecond ?? 0) })
    }

    @Test(arguments: [1, 7, 10, 100])
    func `does so with pages of any size`(_ limit: Int) {
        let rows = Harness.shared.walk("/v1/coupons", limit: limit)

        #expect(rows.compactMap(\.id) == Self.visible(.coupon))
    }

    @Test func `walks from old to new with the other cursor`() throws {
        let all = Self.visible(.charge)
        var page = Harness.shared.get("/v1/charges?limit=9&ending_before=\(all[127])")
        var pages = [page.ids]

        while page.json["has_more"]?.bool == true {
            page = Harness.shared.get("/v1/charges?limit=9&ending_before=\(try #require(page.ids.first))")
            pages.append(page.ids)
        }

        #expect(pages.reversed().flatMap { $0 } == Array(all.prefix(127)))
        #expect(pages.first == Array(all[118..<127]))
    }

    @Test func `has ten rows unless asked`() {
        let page = Harness.shared.get("/v1/charges")

        #expect(page.ids == Array(Self.visible(.charge).prefix(10)))
        #expect(page.text.hasPrefix(#"{"object":"list","data":[{"#))
        #expect(page.text.hasSuffix(#"}],"has_more":true,"url":"/v1/charges"}"#))
    }

    @Test func `ends exactly at the last row`() {
        let all = Self.visible(.charge)

        let page = Harness.shared.get("/v1/charges?limit=28&starting_after=\(all[99])")
        let beyond = Harness.shared.get("/v1/charges?limit=28&starting_after=\(all[127])")

        #expect(page.ids == Array(all[100...]))
        #expect(page.json["has_more"]?.bool == false)
        #expect(beyond.text == #"{"object":"list","data":[],"has_more":false,"url":"/v1/charges"}"#)
    }

    @Test func `goes on inside a second that fills more than a page`() {
        let harness = Harness { $0.objects = ObjectCounts(usual: 0, [.taxRate: 1100]) }

        let rows = harness.walk("/v1/tax_rates")
        let largest = Dictionary(grouping: rows) { $0.createdSecond ?? 0 }.values.map(\.count).max()

        #expect((largest ?? 0) > 100)
        #expect(rows.compactMap(\.id) == harness.truth(.taxRate).reversed().compactMap(\.id))
    }

    // MARK: - Windows

    @Test(arguments: [ObjectKind.refund, .invoiceItem, .event])
    func `windows of any width tile the whole`(_ kind: ObjectKind) {
        let all = Self.visible(kind)
        let seconds = Harness.sharedTruth(kind).compactMap(\.createdSecond)
        let (first, last) = (seconds.first ?? 0, seconds.last ?? 0)
        var found: [String] = []

        var upper = last + 1
        for width in [1, 3600, 86_400, 5_000_000, 1, 1_000_000, 40_000_000] {
            let window = "created[gte]=\(upper - width)&created[lt]=\(upper)"
            found += Harness.shared.walk(Harness.path(kind), query: window, limit: 10).compactMap(\.id)
            upper -= width
        }

        #expect(upper < first)
        #expect(found == all)
    }

    struct Bound: Sendable, CustomTestStringConvertible {
        let query: String
        let keeps: @Sendable (Int, Int) -> Bool
        var testDescription: String { query }
    }

    @Test(arguments: [
        Bound(query: "created=%", keeps: ==),
        Bound(query: "created[gt]=%", keeps: >),
        Bound(query: "created[gte]=%", keeps: >=),
        Bound(query: "created[lt]=%", keeps: <),
        Bound(query: "created[lte]=%", keeps: <=),
        Bound(query: "created%5Bgte%5D=%&created[lte]=%", keeps: ==),
    ])
    func `bounds are kept to the second`(_ bound: Bound) throws {
        let truth = Harness.sharedTruth(.refund)
        let tie = try #require(
            zip(truth, truth.dropFirst()).first { $0.createdSecond == $1.createdSecond }?.0.createdSecond)

        for second in [tie - 1, tie, tie + 1] {
            let query = bound.query.replacing(/%(?!5)/, with: "\(second)")
            let rows = Harness.shared.walk("/v1/refunds", query: query)
            let expected = truth.reversed().filter { bound.keeps($0.createdSecond ?? 0, second) }

            #expect(rows.compactMap(\.id) == expected.compactMap(\.id))
        }
    }

    @Test func `a cursor outside the window only narrows it`() {
        let truth = Harness.sharedTruth(.refund)
        let newest = truth[127].id ?? ""

        let rows = Harness.shared.walk("/v1/refunds", query: "created[lt]=\(truth[64].createdSecond ?? 0)")
        let page = Harness.shared.get(
            "/v1/refunds?limit=100&starting_after=\(newest)&created[lt]=\(truth[64].createdSecond ?? 0)")

        #expect(page.ids == rows.compactMap(\.id))
    }
}
