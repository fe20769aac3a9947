#include "CSimdjson.h"

#include <new>
#include <simdjson.h>
#include <vector>

struct nilus_simdjson_parser {
    simdjson::dom::parser parser;
    std::vector<uint32_t> closings;
    std::vector<uint32_t> open;
};

namespace {

/// Finds the closing bracket of each opening one. Brackets that do not match, as in a text that is not JSON after all,
/// are left without a partner.
void match_brackets(nilus_simdjson_parser &parser, const uint8_t *text, const uint32_t *offsets, size_t count) {
    parser.closings.resize(count + 1);
    parser.open.clear();
    for (size_t index = 0; index < count; index++) {
        // The bits 0x20 tell brackets from braces, which the grammar check has done or will do.
        const uint8_t folded = text[offsets[index]] | 0x20;
        if (folded == '{') {
            parser.open.push_back(static_cast<uint32_t>(index));
        } else if (folded == '}' && !parser.open.empty()) {
            parser.closings[parser.open.back()] = static_cast<uint32_t>(index);
            parser.open.pop_back();
        }
    }
}

} // namespace

size_t simdjson_padding(void) { return simdjson::SIMDJSON_PADDING; }

// simdjson tells its version by a macro only; this file and the library are built from the same package.
#define NILUS_TEXT_OF(macro) NILUS_TEXT(macro)
#define NILUS_TEXT(value) #value
const char *simdjson_version(void) { return NILUS_TEXT_OF(SIMDJSON_VERSION); }

nilus_simdjson_parser *simdjson_create(void) { return new (std::nothrow) nilus_simdjson_parser(); }

void simdjson_destroy(nilus_simdjson_parser *parser) { delete parser; }

nilus_simdjson_verdict simdjson_parse(nilus_simdjson_parser *parser, const uint8_t *text, size_t length,
                                      nilus_simdjson_structurals *structurals, const char **message) {
    const auto error = parser->parser.parse(text, length, false).error();
    const bool isUndecided = error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR;
    if (error != simdjson::SUCCESS) {
        *message = simdjson::error_message(error);
        if (!isUndecided) {
            return NILUS_SIMDJSON_INVALID;
        }
    }
    structurals->offsets = parser->parser.implementation->structural_indexes.get();
    structurals->count = parser->parser.implementation->n_structural_indexes;
    try {
        match_brackets(*parser, text, structurals->offsets, structurals->count);
    } catch (const std::bad_alloc &) {
        *message = "no memory for the index of a JSON text";
        return NILUS_SIMDJSON_INVALID;
    }
    structurals->closings = parser->closings.data();
    return isUndecided ? NILUS_SIMDJSON_UNDECIDED : NILUS_SIMDJSON_VALID;
}
