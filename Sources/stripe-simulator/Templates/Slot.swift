/// A place in a template whose content differs from object to object.
///
/// Cases hold plain numbers only: a page has thousands of slots, and none may cost an allocation.
enum Slot: Sendable {
    /// Nothing: the piece is literal text alone.
    case none
    /// The object's own id, without quotation marks.
    case ownID
    /// The id of the object that embeds this one, without quotation marks.
    case parentID
    /// The second of creation.
    case created
    case livemode
    /// The id of some object of that kind, without quotation marks.
    case reference(ObjectKind)
    /// That many random letters and digits.
    case token(UInt8)
    /// An integer of `low..<low + span`.
    case integer(low: Int32, span: UInt32)
    /// A number of minor currency units; signed ones may be below zero.
    case amount(isSigned: Bool)
    /// A second after the creation, at a distance of `low..<low + span`.
    case moment(low: Int32, span: UInt32)
    /// One of the values of a pool.
    case pooled(Pool)
    /// Metadata: mostly small, now and then as large as Stripe allows.
    case metadata(Pool, large: Pool)
    /// A whole object of that kind.
    case embedded(ObjectKind)
    /// The first objects of a list that belongs to this object.
    case children(ObjectKind)
    /// The type of an event, in quotation marks, and the members of its `data` object.
    case eventType, eventData
}

/// A run of prepared JSON values.
struct Pool: Sendable {
    let first: UInt32
    let count: UInt32
}

/// Literal text and the slot that follows it.
struct Piece: Sendable {
    var literalStart: UInt32
    var literalCount: UInt32
    let slot: Slot
    /// Sets the slot apart from the others of the same object.
    let salt: UInt64
}
