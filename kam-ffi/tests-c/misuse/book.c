#include "misuse.h"

int books(const char *folder)
{
    static const char *const SHAPE = "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\",\"cost\":\"cost\"}";
    kam_book *book = UNTOUCHED(kam_book *), *again = NULL;
    kam_facts *facts = UNTOUCHED(kam_facts *);
    kam_ledger_builder *builder = NULL;
    kam_ledger *ledger = NULL, *other = pushed();
    kam_appended appended = {7, 7, 7, 7, 7, 7, NULL};
    struct ArrowArrayStream stream, before;
    const char *json = NULL;
    char path[1024], copy[1024];
    int calls = 0;
    snprintf(path, sizeof path, "%s/book.kam", folder);
    snprintf(copy, sizeof copy, "%s/copy.kam", folder);
    IS_NULL("path", kam_book_open(NULL, SHAPE, &book, &error));
    IS_NULL("book", kam_book_open(path, SHAPE, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`path`", kam_book_open(BROKEN, SHAPE, &book, &error));
    FAILS(KAM_INVALID_UTF8, "`columns_json`", kam_book_open(path, BROKEN, &book, &error));
    FAILS(KAM_OPTION, "not JSON", kam_book_open(path, "{", &book, &error));
    FAILS(KAM_BOOK_STORAGE, "book.kam", kam_book_open(path, NULL, &book, &error));
    FAILS(KAM_BOOK_STORAGE, folder, kam_book_open(folder, NULL, &book, &error));
    CHECK(book == UNTOUCHED(kam_book *));
    GIVES(kam_book_open(path, SHAPE, &book, &error));
    FAILS(KAM_BOOK_HELD, "book.kam", kam_book_open(path, SHAPE, &again, &error));

    GIVES(kam_ledger_builder_new(NULL, &builder, &error));
    GIVES(kam_ledger_builder_push(builder, 4, NAMES, DAYS, AMOUNTS, COSTS, &error));
    GIVES(kam_ledger_builder_finish(builder, &ledger, &error));
    kam_ledger_builder_free(builder);
    IS_NULL("book", kam_book_append(NULL, ledger, "1", &appended, &error));
    IS_NULL("ledger", kam_book_append(book, NULL, "1", &appended, &error));
    IS_NULL("batch_id", kam_book_append(book, ledger, NULL, &appended, &error));
    IS_NULL("book", kam_book_append_with_progress(NULL, ledger, "1", NULL, NULL, &appended, &error));
    IS_NULL("ledger", kam_book_append_with_progress(book, NULL, "1", NULL, NULL, &appended, &error));
    IS_NULL("batch_id", kam_book_append_with_progress(book, ledger, NULL, NULL, NULL, &appended, &error));
    FAILS(KAM_INVALID_UTF8, "`batch_id`", kam_book_append(book, ledger, BROKEN, &appended, &error));
    FAILS(KAM_OPTION, "batch_id", kam_book_append(book, ledger, "", &appended, &error));
    FAILS(KAM_BOOK_COLUMNS, "direction", kam_book_append(book, other, "1", &appended, &error));
    FAILS(KAM_INTERRUPTED, "stopped", kam_book_append_with_progress(book, ledger, "1", stop, NULL, &appended, &error));
    FAILS(KAM_MISSING_INPUT, "no batch", kam_book_facts(book, AS_OF, &facts, &error));
    CHECK(appended.repeated == 7 && appended.rows == 7);
    GIVES(kam_book_append_with_progress(book, ledger, "1", count_calls, &calls, &appended, &error));
    CHECK(calls > 0 && appended.repeated == 0 && appended.rows == 4 && appended.used == 3 && appended.unassigned == 1);
    GIVES(kam_book_append(book, ledger, "1", &appended, &error));
    CHECK(appended.repeated == 1 && appended.rows == 4 && appended.quarantined == 0);
    CHECK(appended.merged_runs == 0 && appended.merge_failure == NULL);
    GIVES(kam_book_append(book, ledger, "2", NULL, &error));

    IS_NULL("book", kam_book_facts(NULL, AS_OF, &facts, &error));
    IS_NULL("options_json", kam_book_facts(book, NULL, &facts, &error));
    IS_NULL("facts", kam_book_facts(book, AS_OF, NULL, &error));
    IS_NULL("book", kam_book_facts_with_progress(NULL, AS_OF, NULL, NULL, &facts, &error));
    IS_NULL("options_json", kam_book_facts_with_progress(book, NULL, NULL, NULL, &facts, &error));
    IS_NULL("facts", kam_book_facts_with_progress(book, AS_OF, NULL, NULL, NULL, &error));
    FAILS(KAM_OPTION, "as_of", kam_book_facts(book, "{}", &facts, &error));
    FAILS(KAM_OPTION, "`perspective`", kam_book_facts(book, "{\"as_of\":\"2024-12-31\",\"perspective\":\"buyer\"}", &facts, &error));
    FAILS(KAM_INTERRUPTED, "stopped", kam_book_facts_with_progress(book, AS_OF, stop, NULL, &facts, &error));
    CHECK(facts == UNTOUCHED(kam_facts *));
    memset(&stream, 0x5a, sizeof stream);
    before = stream;
    IS_NULL("book", kam_book_batches(NULL, &stream, &error));
    IS_NULL("stream", kam_book_batches(book, NULL, &error));
    CHECK(memcmp(&stream, &before, sizeof stream) == 0);
    IS_NULL("book", kam_book_compact(NULL, &error));
    IS_NULL("book", kam_book_verify(NULL, &error));
    IS_NULL("book", kam_book_backup(NULL, copy, &error));
    IS_NULL("path", kam_book_backup(book, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`path`", kam_book_backup(book, BROKEN, &error));
    FAILS(KAM_BOOK_STORAGE, "book.kam", kam_book_backup(book, path, &error));

    IS_NULL("book", kam_book_compact_with_progress(NULL, NULL, NULL, &error));
    FAILS(KAM_INTERRUPTED, "stopped", kam_book_compact_with_progress(book, stop, NULL, &error));
    calls = 0;
    GIVES(kam_book_compact_with_progress(book, count_calls, &calls, &error));
    CHECK(calls > 0);
    GIVES(kam_book_compact(book, &error));
    GIVES(kam_book_verify(book, &error));
    GIVES(kam_book_backup(book, copy, &error));
    GIVES(kam_book_facts_with_progress(book, AS_OF, count_calls, &calls, &facts, &error));
    kam_book_free(book);
    kam_ledger_free(ledger);
    kam_ledger_free(other);
    /* The facts outlive the book. */
    GIVES(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"accounts\":2"));
    kam_facts_free(facts);
    FAILS(KAM_BOOK_COLUMNS, "`cost`", kam_book_open(path, COLUMNS, &book, &error));
    GIVES(kam_book_open(copy, NULL, &book, &error));
    GIVES(kam_book_batches(book, &stream, &error));
    kam_book_free(book);
    struct ArrowArray batch;
    CHECK(stream.get_next(&stream, &batch) == 0 && batch.length == 2);
    batch.release(&batch);
    stream.release(&stream);
    return checks;
}
