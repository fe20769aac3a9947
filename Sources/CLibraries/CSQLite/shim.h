#pragma once

#include <sqlite3.h>

/// Binds text that SQLite copies; its marker for that, SQLITE_TRANSIENT, is a cast that Swift does not import.
static inline int sqlite_bind_text(sqlite3_stmt *statement, int position, const char *text, int length) {
    return sqlite3_bind_text(statement, position, text, length, SQLITE_TRANSIENT);
}
