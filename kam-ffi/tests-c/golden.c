/* Runs one case of the golden corpus: golden METHOD COLUMNS_JSON FACTS_JSON OPTIONS_JSON LEDGER [TABLE FILE]...
 * or, for a calculation: golden NAME FILE, the file holding what it takes as JSON
 *
 * LEDGER is a file that kam reads or, with "@" in front, columns to push through a stream; so are the tables of the crm. Prints the
 * outcome as JSON with exit 0, or {"code": …, "message": …} lines with exit 3.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "columns.h"
#include "kam.h"

static void stream_of(const char *path, struct ArrowArrayStream *stream)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    columns_stream(columns_read(file), 3, stream);
    fclose(file);
}

static kam_status open_ledger(const char *name, const char *columns, kam_ledger **ledger, kam_error **error)
{
    struct ArrowArrayStream stream;
    if (name[0] != '@')
        return kam_ledger_open(name, columns, ledger, error);
    stream_of(name + 1, &stream);
    kam_status status = kam_ledger_from_stream(&stream, columns, ledger, error);
    CHECK(stream.release == NULL);
    return status;
}

static kam_status add_table(kam_crm *crm, const char *table, const char *path, kam_error **error)
{
    struct ArrowArrayStream stream;
    stream_of(path, &stream);
    kam_status status = kam_crm_add_stream(crm, table, &stream, NULL, error);
    CHECK(stream.release == NULL);
    return status;
}

/* Prints what came out and gives the exit code. */
static int give(kam_status status, kam_result *result, kam_error *error)
{
    const char *json = NULL;
    if (status == KAM_OK) {
        status = kam_result_json(result, &json, &error);
        CHECK(status == KAM_OK);
        puts(json);
    } else {
        const char *hint = kam_error_hint(error);
        CHECK(kam_error_code(error) == status && result == NULL);
        printf("%d\n%s; %s\n", (int)status, kam_error_message(error), hint != NULL ? hint : "");
    }
    kam_result_free(result);
    kam_error_free(error);
    return status == KAM_OK ? 0 : 3;
}

static int calculate(const char *name, const char *path)
{
    kam_result *result = NULL;
    kam_error *error = NULL;
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    rewind(file);
    char *input = calloc((size_t)size + 1, 1);
    CHECK(input != NULL && fread(input, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    kam_status status = kam_calculate(name, input, &result, &error);
    free(input);
    return give(status, result, error);
}

int main(int argc, char **argv)
{
    kam_ledger *ledger = NULL;
    kam_facts *facts = NULL;
    kam_crm *crm = NULL;
    kam_result *result = NULL;
    kam_error *error = NULL;
    CHECK(argc == 3 || (argc >= 6 && argc % 2 == 0));
    if (argc == 3)
        return calculate(argv[1], argv[2]);
    kam_status status = open_ledger(argv[5], argv[2], &ledger, &error);
    if (status == KAM_OK)
        status = kam_facts_new(ledger, argv[3], &facts, &error);
    kam_ledger_free(ledger);
    if (status == KAM_OK && argc > 6)
        status = kam_crm_new(NULL, &crm, &error);
    for (int at = 6; at < argc && status == KAM_OK; at += 2)
        status = add_table(crm, argv[at], argv[at + 1], &error);
    if (status == KAM_OK)
        status = kam_run(facts, crm, argv[1], argv[4], &result, &error);
    kam_facts_free(facts);
    kam_crm_free(crm);
    CHECK(columns_unreleased == 0);
    return give(status, result, error);
}
