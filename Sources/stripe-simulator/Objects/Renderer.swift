/// Writes objects as JSON.
///
/// Whole objects are written by walking the pieces of a template; only objects that were changed, or
/// that a fault alters, are put together member by member.
struct Renderer: Sendable {
    let dataset: Dataset
    let mutations: Mutations
    let isLive: Bool

    /// Writes an object as it is now.
    func write(_ kind: ObjectKind, _ index: Int, into output: inout Output) {
        let replacements = mutations.replacements(kind, index)
        if replacements.isEmpty {
            writeOriginal(kind, index, into: &output)
        } else {
            write(kind, index, replacing: replacements, into: &output)
        }
    }

    /// Writes an object as it was when it was created.
    func writeOriginal(_ kind: ObjectKind, _ index: Int, into output: inout Output) {
        let table = dataset.table(kind)
        let set = table.templates
        let template = set.variants[set.variantNumber(of: index, key: table.key)]
        let object = ObjectInHand(self, table, set, index)
        template.mergedPieces.withUnsafeBufferPointer { pieces in
            for piece in pieces { write(piece, of: object, into: &output) }
        }
    }

    /// Writes an object with other values in some members; members it does not have come last.
    func write(
        _ kind: ObjectKind, _ index: Int, replacing replacements: [Mutations.Replacement],
        into output: inout Output
    ) {
        let table = dataset.table(kind)
        let set = table.templates
        let template = set.variants[set.variantNumber(of: index, key: table.key)]
        let object = ObjectInHand(self, table, set, index)
        var rest = replacements
        var separator = UInt8(ascii: "{")
        for (number, span) in template.spans.enumerated() {
            let place = rest.firstIndex { $0.name == set.fieldNames[number] }
            guard span != nil || place != nil else { continue }
            output.append(separator)
            separator = UInt8(ascii: ",")
            output.append(set.fieldKeys[number])
            if let place {
                output.append(rest.remove(at: place).value)
            } else if let span {
                writeValue(span, number, of: object, in: template, into: &output)
            }
        }
        for replacement in rest {
            output.append(separator)
            separator = UInt8(ascii: ",")
            output.append(JSONWriting.string(replacement.name).utf8)
            output.append(UInt8(ascii: ":"))
            output.append(replacement.value)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// Writes the value of one member as it is now; `false` when the object has no such member.
    func writeValue(_ kind: ObjectKind, _ index: Int, member: String, into output: inout Output) -> Bool {
        if let replacement = mutations.replacements(kind, index).last(where: { $0.name == member }) {
            output.append(replacement.value)
            return true
        }
        return writeOriginalValue(kind, index, member: member, into: &output)
    }

    /// Writes the value of one member as it was at creation; `false` when the object has no such member.
    func writeOriginalValue(_ kind: ObjectKind, _ index: Int, member: String, into output: inout Output) -> Bool {
        let table = dataset.table(kind)
        let set = table.templates
        let template = set.variants[set.variantNumber(of: index, key: table.key)]
        guard let number = set.fieldNumber(member), let span = template.spans[number] else { return false }
        writeValue(span, number, of: ObjectInHand(self, table, set, index), in: template, into: &output)
        return true
    }

    /// When the object was created.
    func created(_ kind: ObjectKind, _ index: Int) -> Int {
        if let parent = kind.parent { return created(parent, index / ChildCounts.stride) }
        if kind == .event { return EventIndex(index).created(self) }
        guard let times = dataset.table(kind).times else { return dataset.accountCreated }
        if index < times.count { return times.time(of: index) }
        let added = mutations[kind].addedTimes
        // Rows that only a fault shows were never created.
        return added.indices.contains(index - times.count) ? added[index - times.count] : dataset.anchor
    }

    private func writeValue(
        _ span: Template.Span, _ number: Int, of object: ObjectInHand, in template: Template,
        into output: inout Output
    ) {
        for place in span.first..<span.end {
            var piece = template.pieces[place]
            if place == span.first {
                // The first piece begins with the separator and the name.
                let skipped = UInt32(1 + object.set.fieldKeys[number].count)
                piece.literalStart += skipped
                piece.literalCount -= skipped
            }
            write(piece, of: object, into: &output)
        }
    }
}

/// An object that is being written: what its slots are computed from.
struct ObjectInHand {
    let kind: ObjectKind
    let table: ObjectTable
    let set: TemplateSet
    let index: Int
    let created: Int
    let key: UInt64

    @inline(__always)
    init(_ renderer: Renderer, _ table: ObjectTable, _ set: TemplateSet, _ index: Int) {
        kind = table.kind
        self.table = table
        self.set = set
        self.index = index
        created = renderer.created(table.kind, index)
        key = Mixing.mix(table.key, UInt64(truncatingIfNeeded: index))
    }
}
