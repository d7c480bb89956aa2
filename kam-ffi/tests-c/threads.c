/* Handles shared by threads: facts and results that are read, a book that is read and appended to. */
#include <pthread.h>

#include "given.h"

/* Threads share the facts and one result that nobody asked anything yet. */
struct shared {
    const kam_facts *facts;
    const kam_result *result;
};

static void *reader(void *argument)
{
    const struct shared *shared = argument;
    for (int round = 0; round < 50; round++) {
        kam_result *own = NULL;
        struct ArrowArrayStream stream;
        const char *mine = NULL, *common = NULL;
        if (kam_run(shared->facts, NULL, "abc", NULL, &own, NULL) != KAM_OK || kam_result_json(own, &mine, NULL) != KAM_OK ||
            kam_result_json(shared->result, &common, NULL) != KAM_OK || strcmp(mine, common) != 0 ||
            kam_facts_summary(shared->facts, &common, NULL) != KAM_OK ||
            kam_facts_table(shared->facts, "periods", &stream, NULL) != KAM_OK)
            return argument;
        stream.release(&stream);
        kam_result_free(own);
    }
    return NULL;
}

static void share_facts(const kam_facts *facts)
{
    kam_result *result = NULL;
    pthread_t ids[2];
    GIVES(kam_run(facts, NULL, "abc", NULL, &result, &error));
    struct shared shared = {facts, result};
    for (int at = 0; at < 2; at++)
        CHECK(pthread_create(&ids[at], NULL, reader, &shared) == 0);
    for (int at = 0; at < 2; at++) {
        void *failed = NULL;
        CHECK(pthread_join(ids[at], &failed) == 0 && failed == NULL);
    }
    kam_result_free(result);
}

/* Threads that read a book and append to it at once. */
static void *appender(void *argument)
{
    const kam_book *book = argument;
    for (int round = 0; round < 10; round++) {
        kam_ledger_builder *builder = NULL;
        kam_ledger *ledger = NULL;
        kam_facts *facts = NULL;
        struct ArrowArrayStream stream;
        char id[64];
        snprintf(id, sizeof id, "round %d of %p", round, (void *)&builder);
        if (kam_ledger_builder_new(NULL, &builder, NULL) != KAM_OK ||
            kam_ledger_builder_push(builder, 4, NAMES, DAYS, AMOUNTS, COSTS, NULL) != KAM_OK ||
            kam_ledger_builder_finish(builder, &ledger, NULL) != KAM_OK ||
            kam_book_append(book, ledger, id, NULL, NULL) != KAM_OK || kam_book_facts(book, AS_OF, &facts, NULL) != KAM_OK ||
            kam_book_batches(book, &stream, NULL) != KAM_OK)
            return argument;
        stream.release(&stream);
        kam_facts_free(facts);
        kam_ledger_free(ledger);
        kam_ledger_builder_free(builder);
    }
    return NULL;
}

static void share_book(const char *path)
{
    kam_book *book = NULL;
    struct ArrowArrayStream stream;
    struct ArrowArray batch;
    pthread_t ids[2];
    GIVES(kam_book_open(path, "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\",\"cost\":\"cost\"}", &book, &error));
    for (int at = 0; at < 2; at++)
        CHECK(pthread_create(&ids[at], NULL, appender, book) == 0);
    for (int at = 0; at < 2; at++) {
        void *failed = NULL;
        CHECK(pthread_join(ids[at], &failed) == 0 && failed == NULL);
    }
    GIVES(kam_book_batches(book, &stream, &error));
    kam_book_free(book);
    CHECK(stream.get_next(&stream, &batch) == 0 && batch.length == 20);
    batch.release(&batch);
    stream.release(&stream);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    kam_ledger *ledger = pushed();
    kam_facts *facts = NULL;
    GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
    share_facts(facts);
    share_book(argv[1]);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    printf("%d checks\n", checks);
    return 0;
}
