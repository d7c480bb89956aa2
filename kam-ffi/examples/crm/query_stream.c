#include "query_stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1000 };

/* What stands behind a stream. */
struct query {
    sqlite3_stmt *statement;
    int done; /* SQLite would begin again */
    char error[256];
};

/* What stands behind a column of a batch, or behind the batch itself. */
struct column {
    const void *buffers[3];
    uint8_t validity[(ROWS + 7) / 8];
    union {
        int64_t whole[ROWS];
        double number[ROWS];
        int32_t offsets[ROWS + 1];
    } values;
    char *text;
    size_t room;
};

static const char *format_of(sqlite3_stmt *statement, int column)
{
    const char *declared = sqlite3_column_decltype(statement, column);
    if (declared != NULL && strcmp(declared, "INTEGER") == 0)
        return "l";
    return declared != NULL && strcmp(declared, "REAL") == 0 ? "g" : "u";
}

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t child = 0; child < schema->n_children; child++) {
        if (schema->children[child]->release != NULL)
            schema->children[child]->release(schema->children[child]);
        free(schema->children[child]);
    }
    free(schema->children);
    free(schema->private_data);
    schema->release = NULL;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct query *query = stream->private_data;
    int columns = sqlite3_column_count(query->statement);
    if (query->error[0] != 0)
        return EINVAL;
    *out = (struct ArrowSchema){.format = "+s", .name = "", .n_children = columns, .release = release_schema};
    out->children = calloc((size_t)columns, sizeof *out->children);
    for (int column = 0; column < columns; column++) {
        struct ArrowSchema *child = out->children[column] = calloc(1, sizeof *child);
        child->format = format_of(query->statement, column);
        child->name = child->private_data = strdup(sqlite3_column_name(query->statement, column));
        child->flags = ARROW_FLAG_NULLABLE;
        child->release = release_schema;
    }
    return 0;
}

static void release_array(struct ArrowArray *array)
{
    struct column *column = array->private_data;
    for (int64_t child = 0; child < array->n_children; child++) {
        if (array->children[child]->release != NULL)
            array->children[child]->release(array->children[child]);
        free(array->children[child]);
    }
    free(array->children);
    free(column->text);
    free(column);
    array->release = NULL;
}

static void begin(struct ArrowArray *array, const char *format)
{
    struct column *column = calloc(1, sizeof *column);
    *array = (struct ArrowArray){.n_buffers = *format == '+' ? 1 : *format == 'u' ? 3 : 2, .buffers = column->buffers};
    array->private_data = column;
    array->release = release_array;
    if (*format == '+')
        return; /* a batch has no values of its own, and none of its rows is NULL */
    column->buffers[0] = column->validity;
    column->buffers[1] = &column->values;
    column->buffers[2] = column->text = malloc(column->room = 4096);
}

/* Adds the value of the statement's row. */
static void add(struct ArrowArray *array, sqlite3_stmt *statement, int place, const char *format)
{
    struct column *column = array->private_data;
    int64_t row = array->length++;
    if (sqlite3_column_type(statement, place) == SQLITE_NULL)
        array->null_count++;
    else
        column->validity[row / 8] |= (uint8_t)(1 << (row % 8));
    if (*format == 'l')
        column->values.whole[row] = sqlite3_column_int64(statement, place);
    else if (*format == 'g')
        column->values.number[row] = sqlite3_column_double(statement, place);
    else {
        const unsigned char *text = sqlite3_column_text(statement, place);
        size_t begin = (size_t)column->values.offsets[row], length = (size_t)sqlite3_column_bytes(statement, place);
        if (begin + length > column->room)
            column->buffers[2] = column->text = realloc(column->text, column->room = 2 * (begin + length));
        if (length > 0)
            memcpy(column->text + begin, text, length);
        column->values.offsets[row + 1] = (int32_t)(begin + length);
    }
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct query *query = stream->private_data;
    int columns = sqlite3_column_count(query->statement), step = query->done ? SQLITE_DONE : SQLITE_ROW;
    begin(out, "+s");
    out->n_children = columns;
    out->children = calloc((size_t)columns, sizeof *out->children);
    for (int column = 0; column < columns; column++)
        begin(out->children[column] = calloc(1, sizeof **out->children), format_of(query->statement, column));
    while (!query->done && out->length < ROWS && (step = sqlite3_step(query->statement)) == SQLITE_ROW) {
        for (int column = 0; column < columns; column++)
            add(out->children[column], query->statement, column, format_of(query->statement, column));
        out->length++;
    }
    query->done = step != SQLITE_ROW;
    if (query->done && step != SQLITE_DONE)
        snprintf(query->error, sizeof query->error, "%s", sqlite3_errmsg(sqlite3_db_handle(query->statement)));
    if (query->error[0] != 0 || out->length == 0)
        out->release(out); /* a released batch is the end of the stream */
    return query->error[0] != 0 ? EIO : 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    struct query *query = stream->private_data;
    return query->error[0] != 0 ? query->error : NULL;
}

static void release_stream(struct ArrowArrayStream *stream)
{
    struct query *query = stream->private_data;
    sqlite3_finalize(query->statement);
    free(query);
    stream->release = NULL;
}

void query_stream(sqlite3 *database, const char *sql, struct ArrowArrayStream *stream)
{
    struct query *query = calloc(1, sizeof *query);
    if (sqlite3_prepare_v2(database, sql, -1, &query->statement, NULL) != SQLITE_OK)
        snprintf(query->error, sizeof query->error, "%s", sqlite3_errmsg(database));
    *stream = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, query};
}
