/// The list that an object embeds: its items, lines, in the order they are sent.
struct ChildList {
    let kind: ObjectKind
    let parent: Int
    let count: Int

    init(_ kind: ObjectKind, of parent: Int, _ dataset: Dataset) {
        self.kind = kind
        self.parent = parent
        count = dataset.childCount(kind, of: parent)
    }

    /// The index of the object at a place of the list; subscription items come newest first.
    func index(at place: Int) -> Int {
        parent * ChildCounts.stride + (kind == .subscriptionItem ? count - 1 - place : place)
    }

    /// The place of an object in the list; `nil` when it belongs to another one.
    func place(of index: Int) -> Int? {
        let number = index % ChildCounts.stride
        guard index / ChildCounts.stride == parent, number < count else { return nil }
        return kind == .subscriptionItem ? count - 1 - number : number
    }

    /// Writes the address under which the whole list is read.
    func writeURL(_ dataset: Dataset, into output: inout Output) {
        guard let owner = kind.parent else { return }
        output.append((kind == .subscriptionItem ? "/v1/subscription_items?subscription=" : "\(path)/").utf8)
        dataset.table(owner).codec.write(parent, into: &output)
        if kind != .subscriptionItem { output.append("/lines") }
    }

    private var path: String {
        kind.parent?.facts?.path ?? ""
    }
}
