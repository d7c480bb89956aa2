/* A small reader of Arrow streams: prints the first rows of a table, enough for the types that kam's tables have. */
#ifndef PRINT_TABLE_H
#define PRINT_TABLE_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kam.h"

static int has_bit(const void *bits, int64_t at)
{
    return ((const uint8_t *)bits)[at / 8] >> (at % 8) & 1;
}

/* One value: text, whole number, number, yes or no, day. Lists and whatever else there may be are shown as "...". */
static void print_value(const char *format, const struct ArrowArray *column, int64_t row)
{
    const void *values = column->n_buffers > 1 ? column->buffers[1] : NULL;
    int64_t at = row + column->offset;
    if (column->null_count != 0 && column->buffers[0] != NULL && !has_bit(column->buffers[0], at)) {
        printf("%-16s", "-");
    } else if (strcmp(format, "u") == 0) {
        const int32_t *offsets = values;
        printf("%-16.*s", (int)(offsets[at + 1] - offsets[at]), (const char *)column->buffers[2] + offsets[at]);
    } else if (strcmp(format, "l") == 0) {
        printf("%-16" PRId64, ((const int64_t *)values)[at]);
    } else if (strcmp(format, "g") == 0) {
        printf("%-16.10g", ((const double *)values)[at]);
    } else if (strcmp(format, "b") == 0) {
        printf("%-16s", has_bit(values, at) ? "yes" : "no");
    } else if (strcmp(format, "tdD") == 0) {
        printf("day %-12" PRId32, ((const int32_t *)values)[at]);
    } else {
        printf("%-16s", "...");
    }
}

/* Prints up to `rows` rows of the first `columns` columns, and releases the stream. Returns 0, or the stream's error. */
static int print_table(struct ArrowArrayStream *stream, int64_t rows, int64_t columns)
{
    struct ArrowSchema schema;
    struct ArrowArray batch;
    int failed = stream->get_schema(stream, &schema);
    if (failed) {
        stream->release(stream);
        return failed;
    }
    if (columns > schema.n_children)
        columns = schema.n_children;
    for (int64_t column = 0; column < columns; column++)
        printf("%-16s", schema.children[column]->name);
    printf("\n");
    while ((failed = stream->get_next(stream, &batch)) == 0 && batch.release != NULL) {
        for (int64_t row = 0; row < batch.length && rows > 0; row++, rows--) {
            for (int64_t column = 0; column < columns; column++)
                print_value(schema.children[column]->format, batch.children[column], row + batch.offset);
            printf("\n");
        }
        batch.release(&batch);
    }
    schema.release(&schema);
    stream->release(stream);
    return failed;
}

#endif
