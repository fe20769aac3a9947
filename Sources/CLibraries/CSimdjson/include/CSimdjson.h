#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser with its buffers; used by one thread at a time.
typedef struct nilus_simdjson_parser nilus_simdjson_parser;

/// Where the structural characters of the parsed text are.
///
/// simdjson's first stage lists, in order, the offsets of every `{ } [ ] : ,` outside strings and of the first
/// byte of every string, number and literal. `closings` has, at the place of each opening bracket, the place of the
/// closing one, so that a reader can step over a value; its other entries mean nothing. Both have an entry more than
/// `count`; that of `offsets` is the length of the text. Valid until the next parse.
typedef struct {
    const uint32_t *offsets;
    const uint32_t *closings;
    size_t count;
} nilus_simdjson_structurals;

/// Bytes that must be readable after the text; their values do not matter.
size_t simdjson_padding(void);

/// The version of simdjson that is compiled in.
const char *simdjson_version(void);

/// NULL when there is no memory.
nilus_simdjson_parser *simdjson_create(void);
void simdjson_destroy(nilus_simdjson_parser *parser);

/// What `simdjson_parse` found.
typedef enum {
    /// The text is JSON and every number and string fits simdjson's types.
    NILUS_SIMDJSON_VALID,
    /// UTF-8 and quoting are sound, the structurals are listed, but a number exceeds 64 bits or a string holds half a
    /// surrogate pair, where simdjson stops: the caller checks the grammar itself.
    NILUS_SIMDJSON_UNDECIDED,
    /// The text is not JSON; `message` says why.
    NILUS_SIMDJSON_INVALID
} nilus_simdjson_verdict;

/// Validates the whole text (UTF-8, grammar, numbers, strings) and lists its structural characters.
/// `message` is set to a static English text unless the verdict is "valid".
nilus_simdjson_verdict simdjson_parse(nilus_simdjson_parser *parser, const uint8_t *text, size_t length,
                                      nilus_simdjson_structurals *structurals, const char **message);

#ifdef __cplusplus
}
#endif
