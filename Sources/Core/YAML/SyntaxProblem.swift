import NilusCore

/// What libyaml says of a text that is no YAML, and how a person is told.
///
/// libyaml's texts are constants of its scanner.c and parser.c (0.2.5); they name what the parser
/// wanted, not what the writer did.
struct SyntaxProblem {
    let problem: String
    let place: SourceLocation
    /// Where the construct began that libyaml was reading.
    let contextPlace: SourceLocation?
    let context: String
    /// The character at `place`; `nil` at the end of a line.
    let character: Unicode.Scalar?

    /// The fault in our words, at the place where it can be corrected.
    var fault: NilusError {
        if character == "\t", isAboutTabs { return .manifest("a tab indents this line; indent with spaces", at: place) }
        if let begun = aboutBegun { return .manifest(begun, at: contextPlace ?? place) }
        return .manifest(sentence, at: place)
    }

    private var isAboutTabs: Bool {
        problem == "found character that cannot start any token" || problem.hasPrefix("found a tab character")
    }

    /// Problems that are corrected where the construct began, not where the parser gave up.
    private var aboutBegun: String? {
        switch problem {
        case "could not find expected ':'": "a ':' is missing after this key, or the line is indented wrongly"
        case "found unexpected end of stream", "found unexpected document indicator":
            "a quoted text begins here and is not closed; add the closing quote"
        case "did not find expected ',' or ']'": "a list begins here and is not closed; a ',' or ']' is missing"
        case "did not find expected ',' or '}'": "a mapping begins here and is not closed; a ',' or '}' is missing"
        case "did not find expected alphabetic or numeric character":
            "'&' and '*' need a name after them; put the text in quotes if they belong to it"
        case _ where context.contains("directive") || problem.contains("directive"):
            "a line cannot begin with '%' here; remove the directive, or put the text in quotes"
        default: nil
        }
    }

    private var sentence: String {
        switch problem {
        case "mapping values are not allowed in this context":
            "a ':' cannot stand here; check the indentation, or put text that holds ': ' in quotes"
        case "did not find expected key" where character == ":": "a key is missing before ':'"
        case "did not find expected key":
            "this line does not fit the mapping\(begun); check its indentation and quotes"
        case "did not find expected '-' indicator":
            "this line does not fit the list\(begun); check its indentation"
        case "found character that cannot start any token":
            "text cannot begin with '\(character.map(String.init) ?? "")'; put it in quotes"
        case "found unknown escape character":
            "unknown escape after '\\' in double quotes; write '\\\\' for a backslash, or use single quotes"
        case "did not find expected hexdecimal number", "found invalid Unicode character escape code":
            "an escape in double quotes names no character; expected '\\x41', '\\u0041' or '\\U00000041'"
        case "block sequence entries are not allowed in this context":
            "a list item '-' cannot stand here; begin the list on a line of its own"
        case "mapping keys are not allowed in this context":
            "a key '?' cannot stand here; begin it on a line of its own, or put the text in quotes"
        case "did not find expected <document start>":
            "text follows the end of the document; check the indentation, or begin another document with '---'"
        case "did not find expected node content": "a value is missing here"
        default: rareSentence
        }
    }

    private var rareSentence: String {
        switch problem {
        case "did not find expected comment or line break" where context.contains("block scalar"),
            "found an indentation indicator equal to 0":
            "after '|' or '>' only '+', '-', a digit from 1 to 9 and a comment can stand"
        case "found undefined tag handle",
            _ where context.contains("a tag"):
            "tags are not supported; remove the tag, or put the value in quotes if '!' belongs to it"
        case "found incompatible YAML document": "only YAML 1.1 and 1.2 are read; remove the '%YAML' line"
        default: "cannot be read as YAML: \(problem)"
        }
    }

    /// ` that begins on line N`, when libyaml knows where.
    private var begun: String {
        contextPlace.map { " that begins on line \($0.line)" } ?? ""
    }
}
