/* What the C tests are given: a ledger of a few rows, a stream of others, callbacks, and how they say what they expect of a call. */
#ifndef GIVEN_H
#define GIVEN_H

#include <string.h>

#include "check.h"
#include "columns.h"
#include "kam.h"

/* A call that must succeed, and leave the error alone. */
#define GIVES(call)                                                                                         \
    do {                                                                                                    \
        kam_error *error = NULL;                                                                            \
        kam_status got = call;                                                                              \
        checks++;                                                                                           \
        if (got != KAM_OK || error != NULL) {                                                               \
            fprintf(stderr, "%s:%d: %s gave %d: %s\n", __FILE__, __LINE__, #call, (int)got,                 \
                    kam_error_message(error));                                                              \
            exit(1);                                                                                        \
        }                                                                                                   \
    } while (0)

extern const char *const COLUMNS;
extern const char *const AS_OF;

/* Rows to push: three used ones, one without an account. */
extern const char *const NAMES[4];
extern const int32_t DAYS[4];
extern const int64_t AMOUNTS[4];
extern const int64_t COSTS[4];
extern const char *const PRODUCTS[4];

/* A ledger of them. */
kam_ledger *pushed(void);

/* A stream of columns as text, see columns.h, in batches of two rows; and such a text. */
void stream_of(const char *text, struct ArrowArrayStream *stream);
extern const char *const ROWS;

/* Progress that counts its calls in the int that `user` is, and progress that stops the work. */
int count_calls(void *user, const char *stage, uint64_t done, uint64_t total);
int stop(void *user, const char *stage, uint64_t done, uint64_t total);

#endif
