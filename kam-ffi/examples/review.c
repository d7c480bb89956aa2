/* Reads a ledger, runs the ABC analysis and the pyramid, and prints both.
 *
 *   review sales.csv '{"account":"customer","date":"day","amount":"net"}' '{"as_of":"2011-12-09"}'
 */
#include "kam.h"
#include "print_table.h"

static int run(const kam_facts *facts, const char *method, kam_error **error)
{
    kam_result *result = NULL;
    struct ArrowArrayStream stream;
    const char *summary;
    kam_status status = kam_run(facts, NULL, method, NULL, &result, error);
    if (status == KAM_OK)
        status = kam_result_summary(result, &summary, error);
    if (status == KAM_OK)
        status = kam_result_table(result, NULL, &stream, error);
    if (status == KAM_OK) {
        printf("%s %s\n", method, summary);
        print_table(&stream, 10, 4);
    }
    kam_result_free(result);
    return status;
}

int main(int argc, char **argv)
{
    kam_ledger *ledger = NULL;
    kam_facts *facts = NULL;
    kam_error *error = NULL;
    if (argc != 4) {
        fprintf(stderr, "usage: %s LEDGER COLUMNS_JSON FACTS_JSON\n", argv[0]);
        return 2;
    }
    kam_status status = kam_ledger_open(argv[1], argv[2], &ledger, &error);
    if (status == KAM_OK)
        status = kam_facts_new(ledger, argv[3], &facts, &error);
    if (status == KAM_OK)
        status = run(facts, "abc", &error);
    if (status == KAM_OK)
        status = run(facts, "pyramid", &error);
    if (status != KAM_OK) {
        const char *hint = kam_error_hint(error);
        fprintf(stderr, "error %d: %s\n%s\n", (int)status, kam_error_message(error), hint != NULL ? hint : "");
    }
    kam_error_free(error);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    return status == KAM_OK ? 0 : 1;
}
