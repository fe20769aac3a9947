extension Renderer {
    /// One object in this many has metadata as large as Stripe allows.
    private static let largeMetadataEvery: UInt64 = 512

    @inline(__always)
    func write(_ piece: Piece, of object: ObjectInHand, into output: inout Output) {
        output.append(object.set.text + Int(piece.literalStart), count: Int(piece.literalCount))
        if case .none = piece.slot { return }
        write(piece.slot, mixed: Mixing.mix(object.key ^ piece.salt), of: object, into: &output)
    }

    private func write(_ slot: Slot, mixed: UInt64, of object: ObjectInHand, into output: inout Output) {
        switch slot {
        case .none: break
        case .ownID: object.table.codec.write(object.index, into: &output)
        case .parentID:
            guard let parent = object.kind.parent else { return }
            dataset.table(parent).codec.write(object.index / ChildCounts.stride, into: &output)
        case .created: output.append(decimal: object.created)
        case .livemode: output.append(isLive ? "true" : "false")
        case .reference(let kind): dataset.table(kind).codec.write(dataset.chosen(kind, by: mixed), into: &output)
        case .token(let length): writeToken(Int(length), mixed, into: &output)
        case .integer(let low, let span):
            output.append(decimal: Int(low) + Mixing.choose(mixed, of: Int(span)))
        case .amount(let isSigned): output.append(decimal: amount(mixed, isSigned: isSigned))
        case .moment(let low, let span):
            output.append(decimal: object.created + Int(low) + Mixing.choose(mixed, of: Int(span)))
        case .pooled(let pool): write(pool, mixed, of: object.set, into: &output)
        case .metadata(let ordinary, let large):
            let isLarge = mixed % Self.largeMetadataEvery == 0
            write(isLarge ? large : ordinary, mixed, of: object.set, into: &output)
        case .embedded(let kind): write(kind, dataset.chosen(kind, by: mixed), into: &output)
        case .children(let kind): writeChildren(kind, of: object, into: &output)
        case .eventType: output.append(JSONWriting.string(EventIndex(object.index).type(self)).utf8)
        case .eventData: EventIndex(object.index).writeData(self, into: &output)
        }
    }

    @inline(__always)
    private func write(_ pool: Pool, _ mixed: UInt64, of set: TemplateSet, into output: inout Output) {
        let entry = set.entries[Int(pool.first) + Mixing.choose(mixed, of: Int(pool.count))]
        output.append(set.text + Int(entry.start), count: Int(entry.count))
    }

    private func writeToken(_ length: Int, _ mixed: UInt64, into output: inout Output) {
        var rest = length
        var value = mixed
        while rest > 0 {
            let part = min(rest, 10)
            Base62.write(value, count: part, into: &output)
            value = Mixing.mix(value)
            rest -= part
        }
    }

    /// Mostly everyday amounts, sometimes nothing, sometimes as many digits as Stripe's largest ones.
    private func amount(_ mixed: UInt64, isSigned: Bool) -> Int {
        let magnitude =
            switch mixed & 127 {
            case 0: 0
            case 1: 99_999_999
            case 2: 100_000_000_000 + Mixing.choose(mixed, of: 899_999_999_999)
            default: 50 + Mixing.choose(mixed, of: 500_000)
            }
        return isSigned && mixed & 0x300 == 0 ? -magnitude : magnitude
    }

    private func writeChildren(_ kind: ObjectKind, of object: ObjectInHand, into output: inout Output) {
        let children = ChildList(kind, of: object.index, dataset)
        output.append("{\"object\":\"list\",\"data\":[")
        for place in 0..<min(children.count, Dataset.embeddedListSize) {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            write(kind, children.index(at: place), into: &output)
        }
        output.append(children.count > Dataset.embeddedListSize ? "],\"has_more\":true" : "],\"has_more\":false")
        output.append(",\"url\":\"")
        children.writeURL(dataset, into: &output)
        output.append("\"}")
    }
}
