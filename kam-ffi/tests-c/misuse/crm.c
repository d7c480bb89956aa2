#include "misuse.h"

static void add_files(const char *folder)
{
    kam_crm *crm = NULL;
    char path[1024];
    snprintf(path, sizeof path, "%s/accounts.csv", folder);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    fputs("customer,budget\nACME,100000\n\"Smith, Sons\",\n", file);
    fclose(file);
    const char *mapping = "{\"account\":\"customer\"}";
    GIVES(kam_crm_new(NULL, &crm, &error));
    IS_NULL("crm", kam_crm_add_file(NULL, "accounts", path, mapping, &error));
    IS_NULL("table", kam_crm_add_file(crm, NULL, path, mapping, &error));
    IS_NULL("path", kam_crm_add_file(crm, "accounts", NULL, mapping, &error));
    FAILS(KAM_INVALID_UTF8, "`path`", kam_crm_add_file(crm, "accounts", BROKEN, mapping, &error));
    FAILS(KAM_SOURCE_NOT_FOUND, "none.csv", kam_crm_add_file(crm, "accounts", "none.csv", mapping, &error));
    FAILS(KAM_OPTION, "`people`", kam_crm_add_file(crm, "people", path, mapping, &error));
    FAILS(KAM_OPTION, "accounts", kam_crm_add_file(crm, "accounts", path, "[]", &error));
    FAILS(KAM_COLUMN_MISSING, "account", kam_crm_add_file(crm, "accounts", path, NULL, &error));
    GIVES(kam_crm_add_file(crm, "accounts", path, mapping, &error));
    FAILS(KAM_OPTION, "twice", kam_crm_add_file(crm, "accounts", path, mapping, &error));
    kam_crm_free(crm);
}

int crms(const kam_facts *facts, const char *folder)
{
    kam_crm *crm = UNTOUCHED(kam_crm *);
    kam_result *result = NULL;
    struct ArrowArrayStream stream;
    const char *rows = "2 2\nu customer\n=ACME\n=Globex\ng budget\n=100000\n-\n";
    const char *mapping = "{\"account\":\"customer\"}";
    IS_NULL("crm", kam_crm_new(NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`options_json`", kam_crm_new(BROKEN, &crm, &error));
    FAILS(KAM_OPTION, "date_formats", kam_crm_new("{\"date_formats\":\"%d\"}", &crm, &error));
    CHECK(kam_crm_new("{\"timezone\":\"Europe/Nowhere\"}", &crm, NULL) != KAM_OK);
    CHECK(crm == UNTOUCHED(kam_crm *));
    GIVES(kam_crm_new("{\"date_format\":\"%d.%m.%Y\",\"timezone\":\"Europe/Berlin\"}", &crm, &error));
    kam_crm_free(crm);
    GIVES(kam_crm_new(NULL, &crm, &error));
    stream_of(rows, &stream);
    IS_NULL("crm", kam_crm_add_stream(NULL, "accounts", &stream, mapping, &error));
    CHECK(stream.release == NULL && columns_unreleased == 0);
    stream_of(rows, &stream);
    IS_NULL("table", kam_crm_add_stream(crm, NULL, &stream, mapping, &error));
    IS_NULL("stream", kam_crm_add_stream(crm, "accounts", NULL, mapping, &error));
    stream_of(rows, &stream);
    FAILS(KAM_INVALID_UTF8, "`table`", kam_crm_add_stream(crm, BROKEN, &stream, mapping, &error));
    stream_of(rows, &stream);
    FAILS(KAM_OPTION, "`people`", kam_crm_add_stream(crm, "people", &stream, mapping, &error));
    stream_of(rows, &stream);
    FAILS(KAM_COLUMN_MISSING, "account", kam_crm_add_stream(crm, "accounts", &stream, NULL, &error));
    CHECK(columns_unreleased == 0);
    stream_of(rows, &stream);
    GIVES(kam_crm_add_stream(crm, "accounts", &stream, mapping, &error));
    stream_of(rows, &stream);
    FAILS(KAM_OPTION, "twice", kam_crm_add_stream(crm, "accounts", &stream, mapping, &error));
    GIVES(kam_run(facts, crm, "abc", NULL, &result, &error));
    kam_result_free(result);
    kam_crm_free(crm);
    CHECK(columns_unreleased == 0);
    add_files(folder);
    return checks;
}
