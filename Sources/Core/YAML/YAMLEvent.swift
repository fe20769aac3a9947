import NilusCore

/// One step of a YAML stream: a value, or the begin or end of something that holds values.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(YAMLScalar)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
    }

    let kind: Kind
    /// The name that an anchor gives the value.
    let anchor: String?
    /// The tag as libyaml resolves its handle.
    let tag: String?
    let location: SourceLocation
}
