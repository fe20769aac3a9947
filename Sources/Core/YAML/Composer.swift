import NilusCore

/// Builds node trees from events: resolves aliases, checks keys, counts what is built.
struct Composer: ~Copyable {
    /// A document; `root` is `nil` when nothing is written in it.
    struct Document {
        let root: YAMLNode?
    }

    /// An anchored value and the number of nodes in it; `nil` while the value is being read.
    private struct Anchored {
        let node: YAMLNode
        let size: Int
    }

    /// Faults that did not stop the reading.
    private(set) var faults: [NilusError] = []
    private var events: EventReader
    private var anchors: [String: Anchored?] = [:]
    private var nodeCount = 0

    init(_ text: SourceText) {
        events = EventReader(text)
    }

    /// Reads the next document; `nil` at the end of the stream.
    ///
    /// - Throws: `manifestInvalid` where nothing more can be read.
    mutating func nextDocument() throws(NilusError) -> Document? {
        while true {
            switch try events.next().kind {
            case .streamEnd: return nil
            case .documentStart: return try document()
            default: continue
            }
        }
    }

    private mutating func document() throws(NilusError) -> Document {
        anchors = [:]
        let root = try node(from: try events.next(), depth: 1)
        let isEmpty = root.scalar == YAMLScalar("", isPlain: true, isVerbatim: true)
        return Document(root: isEmpty ? nil : root)
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(NilusError) -> YAMLNode {
        guard depth <= YAMLLimits.maximumDepth else { throw .tooDeep(at: event.location) }
        if case .alias(let name) = event.kind { return try repeated(name, at: event.location) }
        let sizeBefore = nodeCount
        try count(1, at: event.location)
        if let anchor = event.anchor { anchors[anchor] = .some(nil) }
        let node = YAMLNode(try content(of: event, depth: depth), at: event.location)
        if let anchor = event.anchor { anchors[anchor] = Anchored(node: node, size: nodeCount - sizeBefore) }
        return node
    }

    private mutating func content(of event: YAMLEvent, depth: Int) throws(NilusError) -> YAMLNode.Content {
        let isTextTag = try checkTag(of: event)
        switch event.kind {
        case .scalar(let scalar):
            guard isTextTag else { return .scalar(scalar) }
            return .scalar(YAMLScalar(scalar.text, isPlain: false))
        case .sequenceStart: return .sequence(try items(depth: depth))
        case .mappingStart: return .mapping(try entries(depth: depth))
        default: throw .defect(.workflow, "a YAML value begins with a value event")
        }
    }

    private mutating func items(depth: Int) throws(NilusError) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try node(from: event, depth: depth + 1))
        }
    }

    private mutating func entries(depth: Int) throws(NilusError) -> [YAMLEntry] {
        var builder = MappingBuilder()
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try node(from: event, depth: depth + 1)
            let value = try node(from: try events.next(), depth: depth + 1)
            if let fault = builder.add(key, value) { try note(fault) }
        }
        try count(builder.mergedNodeCount, at: builder.mergeLocation)
        return builder.entries
    }

    /// Gives the value of an anchor again.
    private mutating func repeated(_ name: String, at place: SourceLocation) throws(NilusError) -> YAMLNode {
        switch anchors[name] {
        case .some(.some(let anchored)):
            try count(anchored.size, at: place)
            return anchored.node
        case .some(.none): try note(.recursiveAlias(at: place))
        case .none: try note(.unknownAlias(at: place))
        }
        return YAMLNode(.scalar(YAMLScalar("", isPlain: true)), at: place)
    }

    /// Accepts the tags that only say what the form says already; reports others.
    ///
    /// - Returns: whether the tag makes a scalar text.
    private mutating func checkTag(of event: YAMLEvent) throws(NilusError) -> Bool {
        switch (event.tag, event.kind) {
        case (nil, _): return false
        case ("!", .scalar), ("tag:yaml.org,2002:str", .scalar): return true
        case ("!", _), ("tag:yaml.org,2002:seq", .sequenceStart), ("tag:yaml.org,2002:map", .mappingStart):
            return false
        default:
            try note(.tagRefused(at: event.location))
            return false
        }
    }

    private mutating func count(_ added: Int, at place: SourceLocation?) throws(NilusError) {
        nodeCount += added
        guard nodeCount <= YAMLLimits.maximumNodes else { throw .tooManyNodes(at: place) }
    }

    private mutating func note(_ fault: NilusError) throws(NilusError) {
        faults.append(fault)
        guard faults.count < YAMLLimits.maximumFaults else { throw .tooManyFaults(at: fault.location) }
    }
}

extension NilusError {
    fileprivate static func tooDeep(at place: SourceLocation) -> NilusError {
        manifest("nested deeper than \(YAMLLimits.maximumDepth) levels; no manifest needs that", at: place)
    }

    fileprivate static func tooManyNodes(at place: SourceLocation?) -> NilusError {
        let limit = YAMLLimits.maximumNodes.grouped
        return NilusError(
            .workflow, .manifestInvalid,
            "more than \(limit) values, those of aliases counted each time; shorten the file",
            at: place)
    }

    fileprivate static func tooManyFaults(at place: SourceLocation?) -> NilusError {
        let limit = YAMLLimits.maximumFaults.grouped
        return NilusError(
            .workflow, .manifestInvalid, "more than \(limit) faults in one file; the rest is not read", at: place)
    }

    fileprivate static func recursiveAlias(at place: SourceLocation) -> NilusError {
        manifest("this alias stands inside the value that its anchor names; write the value out", at: place)
    }

    fileprivate static func unknownAlias(at place: SourceLocation) -> NilusError {
        manifest("this alias names no anchor above it; put the text in quotes if '*' belongs to it", at: place)
    }

    fileprivate static func tagRefused(at place: SourceLocation) -> NilusError {
        manifest("tags are not supported; remove the tag, or put the value in quotes if '!' belongs to it", at: place)
    }
}
