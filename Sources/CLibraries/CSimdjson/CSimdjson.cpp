#include "CSimdjson.h"

#include <new>
#include <simdjson.h>

struct nilus_simdjson_parser {
    simdjson::dom::parser parser;
};

size_t simdjson_padding(void) { return simdjson::SIMDJSON_PADDING; }

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
    return isUndecided ? NILUS_SIMDJSON_UNDECIDED : NILUS_SIMDJSON_VALID;
}
