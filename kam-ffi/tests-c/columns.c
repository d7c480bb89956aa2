#include "columns.h"

#include <stdlib.h>
#include <string.h>

int columns_unreleased = 0;

static void *need(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void *zeroes(int64_t count, size_t size)
{
    return need(calloc(count > 0 ? (size_t)count : 1, size));
}

static char *copy(const char *text)
{
    char *made = need(malloc(strlen(text) + 1));
    return strcpy(made, text);
}

/* A line of any length without its line break; the caller frees it. */
static char *line(FILE *file)
{
    size_t length = 0, room = 64;
    char *text = need(malloc(room));
    int letter;
    while ((letter = fgetc(file)) != EOF && letter != '\n') {
        if (length + 1 == room)
            text = need(realloc(text, room *= 2));
        text[length++] = (char)letter;
    }
    text[length] = 0;
    return text;
}

/* Turns the escapes of a text into what they stand for, in place. */
static void unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\') {
            text++;
            *to++ = *text == 'n' ? '\n' : *text;
        } else {
            *to++ = *text;
        }
    }
    *to = 0;
}

static void read_text(struct column *column, int64_t row, const char *value)
{
    size_t before = (size_t)column->offsets[row], length = value ? strlen(value) : 0;
    column->values = need(realloc(column->values, before + length + 1));
    if (value)
        memcpy((char *)column->values + before, value, length);
    column->offsets[row + 1] = (int32_t)(before + length);
}

static void read_value(struct column *column, int64_t row, char *text)
{
    char *value = text[0] == '=' ? text + 1 : NULL;
    if (value != NULL)
        column->validity[row / 8] |= (uint8_t)(1 << (row % 8));
    else
        column->nulls++;
    if (column->type == 'u') {
        if (value != NULL)
            unescape(value);
        read_text(column, row, value);
    } else if (value != NULL && column->type == 'l') {
        ((int64_t *)column->values)[row] = strtoll(value, NULL, 10);
    } else if (value != NULL && column->type == 'g') {
        ((double *)column->values)[row] = strtod(value, NULL);
    } else if (value != NULL && strcmp(value, "true") == 0) {
        ((uint8_t *)column->values)[row / 8] |= (uint8_t)(1 << (row % 8));
    }
}

struct columns *columns_read(FILE *file)
{
    struct columns *columns = zeroes(1, sizeof *columns);
    char *head = line(file);
    char *rest;
    columns->count = strtoll(head, &rest, 10);
    columns->rows = strtoll(rest, NULL, 10);
    free(head);
    columns->columns = zeroes(columns->count, sizeof *columns->columns);
    for (int64_t at = 0; at < columns->count; at++) {
        struct column *column = &columns->columns[at];
        char *title = line(file);
        column->type = title[0];
        column->name = copy(title[0] ? title + 2 : "");
        free(title);
        column->validity = zeroes(columns->rows / 8 + 1, 1);
        column->offsets = zeroes(columns->rows + 1, sizeof(int32_t));
        column->values = zeroes(columns->rows + 1, 8);
        for (int64_t row = 0; row < columns->rows; row++) {
            char *text = line(file);
            read_value(column, row, text);
            free(text);
        }
    }
    return columns;
}

void columns_free(struct columns *columns)
{
    for (int64_t at = 0; at < columns->count; at++) {
        free(columns->columns[at].name);
        free(columns->columns[at].validity);
        free(columns->columns[at].offsets);
        free(columns->columns[at].values);
    }
    free(columns->columns);
    free(columns);
}

/* Columns are shared by the stream and its arrays: the last one frees them. */
struct shared {
    struct columns *columns;
    int users;
    int64_t batch;
    int64_t next;
};

static void leave(struct shared *shared)
{
    columns_unreleased--;
    if (--shared->users == 0) {
        columns_free(shared->columns);
        free(shared);
    }
}

static void enter(struct shared *shared)
{
    columns_unreleased++;
    shared->users++;
}

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t child = 0; child < schema->n_children; child++) {
        if (schema->children[child]->release != NULL)
            schema->children[child]->release(schema->children[child]);
        free(schema->children[child]);
    }
    free(schema->children);
    free((char *)schema->format);
    free((char *)schema->name);
    schema->release = NULL;
    columns_unreleased--;
}

static void make_schema(struct ArrowSchema *schema, const char *format, const char *name)
{
    memset(schema, 0, sizeof *schema);
    schema->format = copy(format);
    schema->name = copy(name);
    schema->flags = ARROW_FLAG_NULLABLE;
    schema->release = release_schema;
    columns_unreleased++;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    const struct columns *columns = ((struct shared *)stream->private_data)->columns;
    make_schema(out, "+s", "");
    out->flags = 0;
    out->n_children = columns->count;
    out->children = zeroes(columns->count, sizeof *out->children);
    for (int64_t at = 0; at < columns->count; at++) {
        char format[2] = {columns->columns[at].type, 0};
        out->children[at] = zeroes(1, sizeof **out->children);
        make_schema(out->children[at], format, columns->columns[at].name);
    }
    return 0;
}

static void release_array(struct ArrowArray *array)
{
    for (int64_t child = 0; child < array->n_children; child++) {
        if (array->children[child]->release != NULL)
            array->children[child]->release(array->children[child]);
        free(array->children[child]);
    }
    free(array->children);
    free(array->buffers);
    array->release = NULL;
    leave(array->private_data);
}

static void make_array(struct ArrowArray *array, struct shared *shared, int64_t buffers)
{
    memset(array, 0, sizeof *array);
    array->n_buffers = buffers;
    array->buffers = zeroes(buffers, sizeof *array->buffers);
    array->release = release_array;
    array->private_data = shared;
    enter(shared);
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct shared *shared = stream->private_data;
    const struct columns *columns = shared->columns;
    int64_t rows = columns->rows - shared->next;
    if (rows > shared->batch)
        rows = shared->batch;
    if (rows <= 0) {
        memset(out, 0, sizeof *out);
        return 0;
    }
    make_array(out, shared, 1);
    out->length = rows;
    out->n_children = columns->count;
    out->children = zeroes(columns->count, sizeof *out->children);
    for (int64_t at = 0; at < columns->count; at++) {
        const struct column *column = &columns->columns[at];
        struct ArrowArray *array = out->children[at] = zeroes(1, sizeof *array);
        make_array(array, shared, column->type == 'u' ? 3 : 2);
        array->length = rows;
        array->offset = shared->next;
        array->null_count = column->nulls == 0 ? 0 : -1;
        array->buffers[0] = column->validity;
        array->buffers[1] = column->type == 'u' ? (const void *)column->offsets : column->values;
        if (column->type == 'u')
            array->buffers[2] = column->values;
    }
    shared->next += rows;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return NULL;
}

static void release_stream(struct ArrowArrayStream *stream)
{
    stream->release = NULL;
    leave(stream->private_data);
}

void columns_stream(struct columns *columns, int64_t batch, struct ArrowArrayStream *stream)
{
    struct shared *shared = zeroes(1, sizeof *shared);
    shared->columns = columns;
    shared->batch = batch;
    stream->get_schema = get_schema;
    stream->get_next = get_next;
    stream->get_last_error = get_last_error;
    stream->release = release_stream;
    stream->private_data = shared;
    enter(shared);
}
