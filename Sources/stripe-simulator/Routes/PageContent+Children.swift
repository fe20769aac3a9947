/// Lists whose rows belong to one object: a subscription's items, the lines of an invoice.
extension PageContent {
    func subscriptionItems(_ output: inout Output) throws(APIError) -> Int {
        guard let facts = ObjectKind.subscriptionItem.facts else { return 0 }
        let reader = ListQueryReader(
            kind: .subscriptionItem, facts: facts, request: pending.request, renderer: renderer)
        let query = try reader.read()
        let id = pending.request.value("subscription") ?? ""
        guard let owner = visible(.subscription, id) else {
            throw .missing(.subscription, id: id, parameter: "subscription", status: 400)
        }
        return try write(ChildList(.subscriptionItem, of: owner.index, simulator.dataset), query, facts.path, &output)
    }

    func children(_ kind: ObjectKind, _ parentID: String, _ output: inout Output) throws(APIError) -> Int {
        guard let parentKind = kind.parent, let owner = visible(parentKind, parentID) else {
            throw .missing(kind.parent ?? kind, id: parentID, parameter: "id", status: 404)
        }
        let reader = ListQueryReader(
            kind: kind, facts: .embeddedList(kind), request: pending.request, renderer: renderer)
        let query = try reader.read()
        return try write(ChildList(kind, of: owner.index, simulator.dataset), query, pending.request.path, &output)
    }

    private func write(
        _ list: ChildList, _ query: ListQuery, _ url: String, _ output: inout Output
    ) throws(APIError) -> Int {
        var places = 0..<list.count
        var hasMore = false
        switch query.cursor {
        case .endingBefore(let row):
            let end = try place(of: row, in: list, "ending_before")
            places = max(0, end - query.limit)..<end
            hasMore = places.lowerBound > 0
        case .startingAfter(let row), .repeating(let row):
            let start = try place(of: row, in: list, "starting_after") + 1
            places = start..<min(list.count, start + query.limit)
            hasMore = places.upperBound < list.count
        case nil:
            places = 0..<min(list.count, query.limit)
            hasMore = places.upperBound < list.count
        }
        output.append("{\"object\":\"list\",\"data\":[")
        write(places.map { Row(kind: list.kind, index: list.index(at: $0)) }, afterFutureRows: [], into: &output)
        output.append(hasMore ? "],\"has_more\":true,\"url\":" : "],\"has_more\":false,\"url\":")
        output.append(JSONWriting.string(url).utf8)
        output.append("}")
        return places.count
    }

    private func place(of row: Row, in list: ChildList, _ parameter: String) throws(APIError) -> Int {
        guard let place = list.place(of: row.index) else {
            throw .missing(row.kind, id: renderer.id(of: row), parameter: parameter, status: 400)
        }
        return place
    }
}
