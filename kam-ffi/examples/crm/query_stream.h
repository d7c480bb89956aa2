/* The rows of a SQL query as an Arrow C stream. */
#ifndef QUERY_STREAM_H
#define QUERY_STREAM_H

#include <kam.h>
#include <sqlite3.h>

/* Columns that are declared INTEGER or REAL become 64-bit integers and doubles, all others text. Rows are read as they are asked for, a
 * thousand at a time, on the thread that asks; the database must stay open until the stream is released. What goes wrong is said by the
 * stream's get_last_error. */
void query_stream(sqlite3 *database, const char *sql, struct ArrowArrayStream *stream);

#endif
