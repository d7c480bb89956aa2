#include "misuse.h"

static void files(void)
{
    kam_ledger *ledger = UNTOUCHED(kam_ledger *);
    const char *paths[] = {"a.csv", NULL};
    IS_NULL("path", kam_ledger_open(NULL, COLUMNS, &ledger, &error));
    IS_NULL("columns_json", kam_ledger_open("a.csv", NULL, &ledger, &error));
    IS_NULL("ledger", kam_ledger_open("a.csv", COLUMNS, NULL, &error));
    IS_NULL("paths", kam_ledger_open_files(NULL, 1, COLUMNS, &ledger, &error));
    IS_NULL("paths", kam_ledger_open_files(paths, 2, COLUMNS, &ledger, &error));
    IS_NULL("columns_json", kam_ledger_open_files(paths, 1, NULL, &ledger, &error));
    IS_NULL("ledger", kam_ledger_open_files(paths, 1, COLUMNS, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`path`", kam_ledger_open(BROKEN, COLUMNS, &ledger, &error));
    FAILS(KAM_INVALID_UTF8, "`columns_json`", kam_ledger_open("a.csv", BROKEN, &ledger, &error));
    FAILS(KAM_OPTION, "not JSON", kam_ledger_open("a.csv", "{", &ledger, &error));
    FAILS(KAM_OPTION, "amount", kam_ledger_open("a.csv", "{\"account\":\"a\",\"date\":\"d\"}", &ledger, &error));
    FAILS(KAM_OPTION, "coast", kam_ledger_open("a.csv", "{\"account\":\"a\",\"date\":\"d\",\"amount\":\"m\",\"coast\":\"c\"}", &ledger, &error));
    CHECK(ledger == UNTOUCHED(kam_ledger *));
    CHECK(kam_ledger_open(NULL, COLUMNS, &ledger, NULL) == KAM_NULL_ARGUMENT);
    CHECK(ledger == UNTOUCHED(kam_ledger *));
}

static void streams(void)
{
    kam_ledger *ledger = UNTOUCHED(kam_ledger *);
    kam_facts *facts = NULL;
    struct ArrowArrayStream stream;
    IS_NULL("stream", kam_ledger_from_stream(NULL, COLUMNS, &ledger, &error));
    IS_NULL("stream", kam_ledger_from_stream_once(NULL, COLUMNS, &ledger, &error));
    /* A stream that is passed is taken, whatever else is wrong. */
    stream_of(ROWS, &stream);
    IS_NULL("columns_json", kam_ledger_from_stream(&stream, NULL, &ledger, &error));
    CHECK(stream.release == NULL && columns_unreleased == 0);
    FAILS(KAM_INVALID_ARGUMENT, "released", kam_ledger_from_stream(&stream, COLUMNS, &ledger, &error));
    FAILS(KAM_INVALID_ARGUMENT, "released", kam_ledger_from_stream_once(&stream, COLUMNS, &ledger, &error));
    stream_of(ROWS, &stream);
    IS_NULL("ledger", kam_ledger_from_stream(&stream, COLUMNS, NULL, &error));
    stream_of(ROWS, &stream);
    IS_NULL("columns_json", kam_ledger_from_stream_once(&stream, NULL, &ledger, &error));
    stream_of(ROWS, &stream);
    IS_NULL("ledger", kam_ledger_from_stream_once(&stream, COLUMNS, NULL, &error));
    stream_of(ROWS, &stream);
    FAILS(KAM_OPTION, "amount", kam_ledger_from_stream(&stream, "{\"account\":\"a\",\"date\":\"d\"}", &ledger, &error));
    CHECK(stream.release == NULL && columns_unreleased == 0);
    stream_of("1 1\nu account\n=ab\xff\n", &stream);
    FAILS(KAM_NOT_UTF8, "column `account`", kam_ledger_from_stream(&stream, COLUMNS, &ledger, &error));
    stream_of(ROWS, &stream);
    stream.get_schema = NULL;
    FAILS(KAM_SOURCE_FAILED, "schema", kam_ledger_from_stream(&stream, COLUMNS, &ledger, &error));
    CHECK(ledger == UNTOUCHED(kam_ledger *) && columns_unreleased == 0);

    /* A column that the stream does not have. */
    stream_of(ROWS, &stream);
    GIVES(kam_ledger_from_stream(&stream, "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"net\"}", &ledger, &error));
    FAILS(KAM_COLUMN_MISSING, "net", kam_facts_new(ledger, AS_OF, &facts, &error));
    kam_ledger_free(ledger);
    CHECK(facts == NULL && columns_unreleased == 0);

    /* A collected stream gives facts again and again, the other one once. */
    stream_of(ROWS, &stream);
    GIVES(kam_ledger_from_stream(&stream, COLUMNS, &ledger, &error));
    for (int again = 0; again < 2; again++) {
        GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
        kam_facts_free(facts);
    }
    kam_ledger_free(ledger);
    stream_of(ROWS, &stream);
    GIVES(kam_ledger_from_stream_once(&stream, COLUMNS, &ledger, &error));
    CHECK(stream.release == NULL && columns_unreleased > 0);
    GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
    kam_facts_free(facts);
    CHECK(columns_unreleased == 0);
    facts = NULL;
    FAILS(KAM_SOURCE_FAILED, "read already", kam_facts_new(ledger, AS_OF, &facts, &error));
    CHECK(facts == NULL);
    kam_ledger_free(ledger);
}

static void rates(void)
{
    kam_ledger *ledger = pushed(), *foreign = NULL;
    kam_ledger_builder *builder = NULL;
    kam_facts *facts = NULL;
    const char *const currencies[] = {"USD", "CAD"};
    const int64_t cents[] = {10000, 12500};
    const char *cad = "[{\"currency\":\"CAD\",\"date\":\"2000-01-01\",\"rate\":\"1.25\"}]";
    const char *json = NULL;
    IS_NULL("ledger", kam_ledger_set_rates(NULL, "USD", cad, &error));
    IS_NULL("base", kam_ledger_set_rates(ledger, NULL, cad, &error));
    IS_NULL("rates_json", kam_ledger_set_rates(ledger, "USD", NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`base`", kam_ledger_set_rates(ledger, BROKEN, cad, &error));
    FAILS(KAM_OPTION, "rate 0", kam_ledger_set_rates(ledger, "USD", "{}", &error));
    FAILS(KAM_OPTION, "rate 0", kam_ledger_set_rates(ledger, "USD", "[{\"currency\":\"CAD\"}]", &error));
    FAILS(KAM_DATE, "5.1.2015", kam_ledger_set_rates(ledger, "USD", "[{\"currency\":\"CAD\",\"date\":\"5.1.2015\",\"rate\":1}]", &error));
    FAILS(KAM_OPTION, "no currency column", kam_ledger_set_rates(ledger, "USD", cad, &error));
    kam_ledger_free(ledger);

    GIVES(kam_ledger_builder_new(NULL, &builder, &error));
    GIVES(kam_ledger_builder_push(builder, 2, NAMES, DAYS, cents, NULL, &error));
    GIVES(kam_ledger_builder_add_text(builder, "currency", 2, currencies, &error));
    GIVES(kam_ledger_builder_finish(builder, &foreign, &error));
    kam_ledger_builder_free(builder);
    FAILS(KAM_CURRENCY_WITHOUT_RATE, "CAD", kam_facts_new(foreign, AS_OF, &facts, &error));
    GIVES(kam_ledger_set_rates(foreign, "USD", cad, &error));
    GIVES(kam_facts_new(foreign, AS_OF, &facts, &error));
    GIVES(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "USD"));
    kam_facts_free(facts);
    kam_ledger_free(foreign);
}

int ledgers(void)
{
    files();
    streams();
    rates();
    return checks;
}
