/* Appends a file to a book as one batch, and prints the book's batches and the facts of all of them.
 *
 *   book ledger.kam sales.csv '{"account":"customer","date":"day","amount":"net"}' 2011-12-09 '{"as_of":"2011-12-09"}'
 *
 * Run it again with the same batch id and nothing happens; with another id and the next day's file, the book grows.
 */
#include "kam.h"
#include "print_table.h"

int main(int argc, char **argv)
{
    kam_book *book = NULL;
    kam_ledger *ledger = NULL;
    kam_facts *facts = NULL;
    kam_error *error = NULL;
    kam_appended appended = {0};
    struct ArrowArrayStream stream;
    if (argc != 6) {
        fprintf(stderr, "usage: %s BOOK LEDGER COLUMNS_JSON BATCH_ID FACTS_JSON\n", argv[0]);
        return 2;
    }
    kam_status status = kam_book_open(argv[1], argv[3], &book, &error);
    if (status == KAM_OK)
        status = kam_ledger_open(argv[2], argv[3], &ledger, &error);
    if (status == KAM_OK)
        status = kam_book_append(book, ledger, argv[4], &appended, &error);
    if (status == KAM_OK && appended.repeated)
        printf("%s: was there already\n", argv[4]);
    else if (status == KAM_OK)
        printf("%s: %" PRIu64 " rows, %" PRIu64 " used, %" PRIu64 " quarantined\n", argv[4], appended.rows, appended.used,
               appended.quarantined);
    if (status == KAM_OK)
        status = kam_book_batches(book, &stream, &error);
    if (status == KAM_OK) {
        print_table(&stream, 20, 5);
        status = kam_book_facts(book, argv[5], &facts, &error);
    }
    if (status == KAM_OK)
        status = kam_facts_table(facts, "accounts", &stream, &error);
    if (status == KAM_OK)
        print_table(&stream, 10, 11);
    if (status != KAM_OK)
        fprintf(stderr, "error %d: %s\n", (int)status, kam_error_message(error));
    if (appended.merge_failure != NULL)
        fprintf(stderr, "stored batches were not merged: %s\n", kam_error_message(appended.merge_failure));
    kam_error_free(appended.merge_failure);
    kam_error_free(error);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    kam_book_free(book);
    return status == KAM_OK ? 0 : 1;
}
