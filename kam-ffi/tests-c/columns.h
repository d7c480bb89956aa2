/* Columns of plain values as an Arrow stream: a producer with release callbacks of its own, as a host would write it. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdint.h>
#include <stdio.h>

#include "kam.h"

/* One column: 'u' text, 'l' whole numbers, 'g' doubles, 'b' yes or no. */
struct column {
    char *name;
    char type;
    uint8_t *validity; /* a bit a row */
    int32_t *offsets;  /* rows + 1, for text */
    void *values;      /* bytes of the text, or the values */
    int64_t nulls;
};

struct columns {
    int64_t rows;
    int64_t count;
    struct column *columns;
};

/* Reads what the driver writes: a line "columns rows", then for each column a line "type name" and a line a value: "-" for none, or "="
 * and the value, in text with backslash-n for a line break and two backslashes for one. */
struct columns *columns_read(FILE *file);

void columns_free(struct columns *columns);

/* The columns as a stream of batches of at most `batch` rows. The stream owns the columns from then on. */
void columns_stream(struct columns *columns, int64_t batch, struct ArrowArrayStream *stream);

/* How many streams, schemas and arrays made here are not released yet. */
extern int columns_unreleased;

#endif
