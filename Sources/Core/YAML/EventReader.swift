import CLibYaml
import NilusCore

/// Reads the events of a text, one after another, with libyaml.
///
/// Everything that belongs to libyaml stops here: pointers, marks counted from 0 and error numbers.
struct EventReader: ~Copyable {
    private let text: SourceText
    // libyaml keeps pointers into the parser and to the bytes, so neither may move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    /// - Precondition: the machine has memory for a copy of the text.
    init(_ text: SourceText) {
        self.text = text
        bytes = .allocate(capacity: max(text.bytes.count, 1))
        _ = bytes.initialize(from: text.bytes)
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("no memory for a YAML parser") }
        yaml_parser_set_input_string(parser, bytes.baseAddress, text.bytes.count)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    /// Reads the next event.
    ///
    /// - Throws: `manifestInvalid` at the place where the text is no YAML; nothing can be read after
    /// it.
    mutating func next() throws(NilusError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxFault() }
        defer { yaml_event_delete(&event) }
        let place = location(event.start_mark)
        func made(
            _ kind: YAMLEvent.Kind, anchor: UnsafeMutablePointer<UInt8>? = nil,
            tag: UnsafeMutablePointer<UInt8>? = nil
        ) -> YAMLEvent {
            YAMLEvent(kind: kind, anchor: Self.string(anchor), tag: Self.string(tag), location: place)
        }
        switch event.type {
        case YAML_STREAM_START_EVENT: return made(.streamStart)
        case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return made(.documentEnd)
        case YAML_ALIAS_EVENT: return made(.alias(Self.string(event.data.alias.anchor) ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            return made(.scalar(Self.scalar(event)), anchor: scalar.anchor, tag: scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            return made(.sequenceStart, anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: return made(.sequenceEnd)
        case YAML_MAPPING_START_EVENT:
            return made(.mappingStart, anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: return made(.mappingEnd)
        default: return made(.streamEnd)
        }
    }

    private static func scalar(_ event: yaml_event_t) -> YAMLScalar {
        let source = event.data.scalar
        let content = UnsafeBufferPointer(start: source.value, count: source.length)
        let text = String(decoding: content, as: UTF8.self)
        let isPlain = source.style == YAML_PLAIN_SCALAR_STYLE
        let width = Int(event.end_mark.column) - Int(event.start_mark.column) - (isPlain ? 0 : 2)
        let isOnOneLine = event.start_mark.line == event.end_mark.line
        return YAMLScalar(
            text, isPlain: isPlain, isVerbatim: isOnOneLine && width == text.unicodeScalars.count)
    }

    private static func string(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func location(_ mark: yaml_mark_t) -> SourceLocation {
        SourceLocation(file: text.file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func syntaxFault() -> NilusError {
        let place = location(parser.pointee.problem_mark)
        return SyntaxProblem(
            problem: parser.pointee.problem.map { String(cString: $0) } ?? "",
            place: place,
            contextPlace: parser.pointee.context == nil ? nil : location(parser.pointee.context_mark),
            context: parser.pointee.context.map { String(cString: $0) } ?? "",
            character: text.character(line: place.line, column: place.column)
        ).fault
    }
}
