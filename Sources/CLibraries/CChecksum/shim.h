#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), by the instruction that processors have for it.

// One byte at a time, for processors without the instruction.
static inline uint32_t checksum_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (size_t position = 0; position < count; position++) {
        crc ^= bytes[position];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static inline uint32_t checksum_crc32c_by_instruction(
    uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; count > 0; count--, bytes++) crc = __builtin_ia32_crc32qi(crc, *bytes);
    return crc;
}

static inline int checksum_has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__)
// Every 64-bit ARM server has the instruction: it is part of ARMv8.1.
__attribute__((target("crc"))) static inline uint32_t checksum_crc32c_by_instruction(
    uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __builtin_arm_crc32cd(crc, word);
    }
    for (; count > 0; count--, bytes++) crc = __builtin_arm_crc32cb(crc, *bytes);
    return crc;
}

static inline int checksum_has_instruction(void) { return 1; }
#else
static inline uint32_t checksum_crc32c_by_instruction(uint32_t crc, const uint8_t *bytes, size_t count) {
    return checksum_crc32c_portable(crc, bytes, count);
}

static inline int checksum_has_instruction(void) { return 0; }
#endif
