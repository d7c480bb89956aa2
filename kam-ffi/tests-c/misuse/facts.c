#include "misuse.h"

/* What activities cost reaches the profit of the facts and of the whale curve: 4,650.50 less a visit of 100. */
static void served(const kam_facts *good)
{
    kam_crm *crm = NULL;
    kam_facts *facts = NULL;
    kam_result *result = NULL;
    struct ArrowArrayStream stream;
    const char *json;
    GIVES(kam_crm_new(NULL, &crm, &error));
    stream_of("4 1\nu account\n=ACME\nu date\n=2024-05-01\nu kind\n=visit\ng cost\n=100\n", &stream);
    GIVES(kam_crm_add_stream(crm, "activities", &stream, NULL, &error));
    GIVES(kam_facts_summary(good, &json, &error));
    CHECK(strstr(json, "\"profit\":4650.5"));
    GIVES(kam_facts_with_cost_to_serve(good, crm, NULL, &facts, &error));
    GIVES(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"profit\":4550.5"));
    GIVES(kam_run(facts, crm, "whale_curve", NULL, &result, &error));
    GIVES(kam_result_summary(result, &json, &error));
    CHECK(strstr(json, "\"total\":4550.5"));
    kam_result_free(result);
    kam_facts_free(facts);
    kam_crm_free(crm);
}

int facts_calls(const kam_ledger *ledger, const kam_facts *good)
{
    kam_facts *facts = UNTOUCHED(kam_facts *);
    struct ArrowArrayStream stream, before;
    const char *json = UNTOUCHED(const char *);
    int calls = 0;
    IS_NULL("ledger", kam_facts_new(NULL, AS_OF, &facts, &error));
    IS_NULL("options_json", kam_facts_new(ledger, NULL, &facts, &error));
    IS_NULL("facts", kam_facts_new(ledger, AS_OF, NULL, &error));
    IS_NULL("ledger", kam_facts_new_with_progress(NULL, AS_OF, NULL, NULL, &facts, &error));
    IS_NULL("options_json", kam_facts_new_with_progress(ledger, NULL, NULL, NULL, &facts, &error));
    IS_NULL("facts", kam_facts_new_with_progress(ledger, AS_OF, NULL, NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`options_json`", kam_facts_new(ledger, BROKEN, &facts, &error));
    FAILS(KAM_OPTION, "as_of", kam_facts_new(ledger, "{}", &facts, &error));
    FAILS(KAM_OPTION, "2024-02-30", kam_facts_new(ledger, "{\"as_of\":\"2024-02-30\"}", &facts, &error));
    FAILS(KAM_OPTION, "windows", kam_facts_new(ledger, "{\"as_of\":\"2024-12-31\",\"windows\":3}", &facts, &error));
    FAILS(KAM_INTERRUPTED, "stopped", kam_facts_new_with_progress(ledger, AS_OF, stop, NULL, &facts, &error));
    CHECK(facts == UNTOUCHED(kam_facts *));
    GIVES(kam_facts_new_with_progress(ledger, AS_OF, count_calls, &calls, &facts, &error));
    CHECK(calls > 0);
    kam_facts_free(facts);
    GIVES(kam_facts_new(ledger, "{\"as_of\":\"2024-12-31\",\"perspective\":\"supplier\"}", &facts, &error));
    GIVES(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"perspective\":\"supplier\""));
    json = UNTOUCHED(const char *);
    kam_facts_free(facts);

    memset(&stream, 0x5a, sizeof stream);
    before = stream;
    IS_NULL("facts", kam_facts_table(NULL, "accounts", &stream, &error));
    IS_NULL("name", kam_facts_table(good, NULL, &stream, &error));
    IS_NULL("stream", kam_facts_table(good, "accounts", NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`name`", kam_facts_table(good, BROKEN, &stream, &error));
    FAILS(KAM_INVALID_ARGUMENT, "`account`", kam_facts_table(good, "account", &stream, &error));
    CHECK(memcmp(&stream, &before, sizeof stream) == 0);
    const char *tables[] = {"accounts", "periods", "directions", "quarantine", "reconciliation"};
    for (size_t at = 0; at < sizeof tables / sizeof *tables; at++) {
        GIVES(kam_facts_table(good, tables[at], &stream, &error));
        stream.release(&stream);
    }
    kam_crm *no_accounts = NULL;
    GIVES(kam_crm_new(NULL, &no_accounts, &error));
    facts = UNTOUCHED(kam_facts *);
    IS_NULL("facts", kam_facts_roll_up(NULL, no_accounts, &facts, &error));
    IS_NULL("crm", kam_facts_roll_up(good, NULL, &facts, &error));
    IS_NULL("rolled_up", kam_facts_roll_up(good, no_accounts, NULL, &error));
    FAILS(KAM_MISSING_INPUT, "`parent`", kam_facts_roll_up(good, no_accounts, &facts, &error));
    IS_NULL("facts", kam_facts_with_cost_to_serve(NULL, no_accounts, NULL, &facts, &error));
    IS_NULL("crm", kam_facts_with_cost_to_serve(good, NULL, NULL, &facts, &error));
    IS_NULL("served", kam_facts_with_cost_to_serve(good, no_accounts, NULL, NULL, &error));
    FAILS(KAM_OPTION, "guess", kam_facts_with_cost_to_serve(good, no_accounts, "{\"spread\": \"guess\"}", &facts, &error));
    FAILS(KAM_MISSING_INPUT, "activities", kam_facts_with_cost_to_serve(good, no_accounts, NULL, &facts, &error));
    CHECK(facts == UNTOUCHED(kam_facts *));
    kam_crm_free(no_accounts);
    served(good);
    IS_NULL("facts", kam_facts_summary(NULL, &json, &error));
    IS_NULL("json", kam_facts_summary(good, NULL, &error));
    CHECK(json == UNTOUCHED(const char *));
    return checks;
}
