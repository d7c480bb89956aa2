#include "misuse.h"

static void errors_say_what(void)
{
    kam_error *error = NULL;
    kam_facts *facts = NULL;
    kam_ledger *ledger = NULL;
    CHECK(kam_ledger_open("no/such/file.csv", COLUMNS, &ledger, &error) == KAM_OK && error == NULL);
    CHECK(kam_facts_new(ledger, AS_OF, &facts, &error) == KAM_SOURCE_NOT_FOUND);
    CHECK(kam_error_code(error) == KAM_SOURCE_NOT_FOUND && strstr(kam_error_message(error), "no/such/file.csv"));
    kam_error_free(error);
    CHECK(kam_facts_new(ledger, AS_OF, &facts, NULL) == KAM_SOURCE_NOT_FOUND && facts == NULL);
    kam_ledger_free(ledger);
    CHECK(kam_error_code(NULL) == KAM_OK);
    CHECK(strcmp(kam_error_message(NULL), "") == 0);
    CHECK(kam_error_hint(NULL) == NULL);
}

static void freeing_null(void)
{
    kam_error_free(NULL);
    kam_ledger_free(NULL);
    kam_ledger_builder_free(NULL);
    kam_facts_free(NULL);
    kam_crm_free(NULL);
    kam_result_free(NULL);
    kam_review_free(NULL);
    kam_book_free(NULL);
}

static void versions(void)
{
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", KAM_VERSION_MAJOR, KAM_VERSION_MINOR, KAM_VERSION_PATCH);
    CHECK(strcmp(kam_version(), text) == 0);
    CHECK(kam_abi_version() == KAM_ABI_VERSION);
}

int errors(void)
{
    errors_say_what();
    freeing_null();
    versions();
    return checks;
}
