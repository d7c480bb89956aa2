/* Everything that a caller may get wrong and kam must survive: NULL, bytes that are not UTF-8, names that do not exist, streams that were
 * released, outputs that must stay as they were. One file an object; each function gives how many checks it made. */
#ifndef MISUSE_H
#define MISUSE_H

#include "given.h"

/* A call that must fail in this way: it says so by status and error, and names what is wrong in its message. */
#define FAILS(status, word, call)                                                                           \
    do {                                                                                                    \
        _Static_assert(sizeof(word) > 1, "a message that says something");                                  \
        kam_error *error = NULL;                                                                            \
        kam_status got = call;                                                                              \
        checks++;                                                                                           \
        if (got != (status) || kam_error_code(error) != got || !strstr(kam_error_message(error), word)) {   \
            fprintf(stderr, "%s:%d: %s gave %d: %s\n", __FILE__, __LINE__, #call, (int)got,                 \
                    kam_error_message(error));                                                              \
            exit(1);                                                                                        \
        }                                                                                                   \
        kam_error_free(error);                                                                              \
    } while (0)

#define IS_NULL(argument, call) FAILS(KAM_NULL_ARGUMENT, "`" argument "` is NULL", call)

#define BROKEN "ab\xff" /* not UTF-8 */

/* Places of outputs hold this before a call that fails, and after it. */
extern char untouched;
#define UNTOUCHED(type) ((type)(void *)&untouched)

int errors(void);
int ledgers(void);
int builders(void);
int facts_calls(const kam_ledger *ledger, const kam_facts *good);
int crms(const kam_facts *facts, const char *folder);
int results(const kam_facts *facts);
int calculations(void);
int reviews(const kam_facts *facts);
int dossiers(const kam_facts *facts);
int books(const char *folder);

#endif
