/* Everything that a caller may get wrong and kam must survive: NULL, bytes that are not UTF-8, names that do not exist, streams that were
 * released, outputs that must stay as they were, handles shared by threads. */
#include <pthread.h>
#include <string.h>

#include "check.h"
#include "columns.h"
#include "kam.h"

static const char *COLUMNS = "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\"}";
static const char *AS_OF = "{\"as_of\":\"2024-12-31\"}";
static const char *BROKEN = "ab\xff"; /* not UTF-8 */

/* A call that must fail in this way: it says so by status and error, and names what is wrong in its message. */
#define FAILS(status, word, call)                                                                           \
    do {                                                                                                    \
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
#define OK(call) FAILS(KAM_OK, "", call)

/* Places of outputs hold this before a call that fails, and after it. */
static char untouched;
#define UNTOUCHED(type) ((type)(void *)&untouched)

static const char *const NAMES[] = {"Änderung GmbH", "ACME", NULL, "ACME"};
static const int32_t DAYS[] = {19737, 19800, 19801, 20000};
static const int64_t AMOUNTS[] = {850000, 120050, 100, -5000};
static const int64_t COSTS[] = {400000, 100000, 50, 0};
static const char *const PRODUCTS[] = {"tools", "parts", NULL, "parts"};

static kam_ledger *pushed(void)
{
    kam_ledger_builder *builder = NULL;
    kam_ledger *ledger = NULL;
    OK(kam_ledger_builder_new("{\"base_currency\":\"EUR\"}", &builder, &error));
    OK(kam_ledger_builder_push(builder, 4, NAMES, DAYS, AMOUNTS, COSTS, &error));
    OK(kam_ledger_builder_add_text(builder, "direction", 4, PRODUCTS, &error));
    OK(kam_ledger_builder_finish(builder, &ledger, &error));
    kam_ledger_builder_free(builder);
    return ledger;
}

static void stream_of(const char *text, struct ArrowArrayStream *stream)
{
    FILE *file = tmpfile();
    CHECK(file != NULL);
    fputs(text, file);
    rewind(file);
    columns_stream(columns_read(file), 2, stream);
    fclose(file);
}

static const char *ROWS = "3 3\nu account\n=ACME\n=Globex\n-\nu date\n=2024-01-05\n=2024-02-01\n=2024-03-01\ng amount\n=10.25\n=20\n=3\n";

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

static void ledgers(void)
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

static void builders(void)
{
    kam_ledger_builder *builder = UNTOUCHED(kam_ledger_builder *);
    kam_ledger *ledger = UNTOUCHED(kam_ledger *);
    const char *const broken[] = {"ACME", BROKEN};
    const int64_t numbers[] = {1, 2};
    IS_NULL("builder", kam_ledger_builder_new(NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`settings_json`", kam_ledger_builder_new(BROKEN, &builder, &error));
    FAILS(KAM_OPTION, "`account`", kam_ledger_builder_new("{\"account\":\"a\"}", &builder, &error));
    FAILS(KAM_OPTION, "object", kam_ledger_builder_new("[]", &builder, &error));
    FAILS(KAM_OPTION, "scale", kam_ledger_builder_new("{\"scale\":7}", &builder, &error));
    CHECK(builder == UNTOUCHED(kam_ledger_builder *));
    OK(kam_ledger_builder_new(NULL, &builder, &error));

    IS_NULL("builder", kam_ledger_builder_push(NULL, 2, NAMES, DAYS, AMOUNTS, NULL, &error));
    IS_NULL("accounts", kam_ledger_builder_push(builder, 2, NULL, DAYS, AMOUNTS, NULL, &error));
    IS_NULL("days_since_1970", kam_ledger_builder_push(builder, 2, NAMES, NULL, AMOUNTS, NULL, &error));
    IS_NULL("amount_minor", kam_ledger_builder_push(builder, 2, NAMES, DAYS, NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "row 1", kam_ledger_builder_push(builder, 2, broken, DAYS, AMOUNTS, NULL, &error));
    FAILS(KAM_INVALID_ARGUMENT, "`rows`", kam_ledger_builder_push(builder, SIZE_MAX, NAMES, DAYS, AMOUNTS, NULL, &error));
    IS_NULL("builder", kam_ledger_builder_push_numbered(NULL, 2, numbers, DAYS, AMOUNTS, NULL, &error));
    IS_NULL("accounts", kam_ledger_builder_push_numbered(builder, 2, NULL, DAYS, AMOUNTS, NULL, &error));
    IS_NULL("days_since_1970", kam_ledger_builder_push_numbered(builder, 2, numbers, NULL, AMOUNTS, NULL, &error));
    IS_NULL("amount_minor", kam_ledger_builder_push_numbered(builder, 2, numbers, DAYS, NULL, NULL, &error));
    FAILS(KAM_INVALID_ARGUMENT, "before any rows", kam_ledger_builder_add_text(builder, "order", 2, NAMES, &error));

    OK(kam_ledger_builder_push(builder, 2, NAMES, DAYS, AMOUNTS, NULL, &error));
    IS_NULL("builder", kam_ledger_builder_add_money(NULL, "cost", 2, COSTS, &error));
    IS_NULL("column", kam_ledger_builder_add_money(builder, NULL, 2, COSTS, &error));
    IS_NULL("minor", kam_ledger_builder_add_money(builder, "cost", 2, NULL, &error));
    IS_NULL("builder", kam_ledger_builder_add_text(NULL, "order", 2, NAMES, &error));
    IS_NULL("column", kam_ledger_builder_add_text(builder, NULL, 2, NAMES, &error));
    IS_NULL("values", kam_ledger_builder_add_text(builder, "order", 2, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "row 1", kam_ledger_builder_add_text(builder, "order", 2, broken, &error));
    FAILS(KAM_INVALID_ARGUMENT, "`order`", kam_ledger_builder_add_money(builder, "order", 2, COSTS, &error));
    FAILS(KAM_INVALID_ARGUMENT, "`cost`", kam_ledger_builder_add_text(builder, "cost", 2, NAMES, &error));
    FAILS(KAM_INVALID_ARGUMENT, "3 values", kam_ledger_builder_add_money(builder, "cost", 3, COSTS, &error));
    OK(kam_ledger_builder_add_money(builder, "cost", 2, COSTS, &error));
    FAILS(KAM_INVALID_ARGUMENT, "already", kam_ledger_builder_add_money(builder, "cost", 2, COSTS, &error));
    IS_NULL("builder", kam_ledger_builder_finish(NULL, &ledger, &error));
    IS_NULL("ledger", kam_ledger_builder_finish(builder, NULL, &error));
    OK(kam_ledger_builder_push(builder, 2, NAMES, DAYS, AMOUNTS, NULL, &error));
    FAILS(KAM_INVALID_ARGUMENT, "push 2", kam_ledger_builder_finish(builder, &ledger, &error));
    CHECK(ledger == UNTOUCHED(kam_ledger *));
    kam_ledger_builder_free(builder);
}

/* Pushed columns, a stream of the same rows and a builder that nobody pushed to. */
static void good_ways(void)
{
    kam_ledger_builder *builder = NULL;
    kam_ledger *ledger = pushed();
    kam_facts *facts = NULL;
    struct ArrowArrayStream stream;
    const char *json = NULL;
    const int64_t numbers[] = {1, 2};
    OK(kam_facts_new(ledger, AS_OF, &facts, &error));
    OK(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"accounts\":2") && strstr(json, "EUR"));
    kam_facts_free(facts);
    kam_ledger_free(ledger);

    OK(kam_ledger_builder_new("{\"scale\":0}", &builder, &error));
    OK(kam_ledger_builder_finish(builder, &ledger, &error));
    OK(kam_facts_new(ledger, AS_OF, &facts, &error));
    OK(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"accounts\":0"));
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    OK(kam_ledger_builder_push_numbered(builder, 2, numbers, DAYS, AMOUNTS, COSTS, &error));
    OK(kam_ledger_builder_finish(builder, &ledger, &error));
    kam_ledger_builder_free(builder);
    OK(kam_facts_new(ledger, AS_OF, &facts, &error));
    OK(kam_facts_table(facts, "accounts", &stream, &error));
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    /* The stream outlives the facts. */
    struct ArrowArray batch;
    CHECK(stream.get_next(&stream, &batch) == 0 && batch.length == 2);
    CHECK(((const int64_t *)batch.children[0]->buffers[1])[batch.children[0]->offset + 1] == 2);
    batch.release(&batch);
    CHECK(stream.get_next(&stream, &batch) == 0 && batch.release == NULL);
    stream.release(&stream);
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
    OK(kam_ledger_from_stream(&stream, "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"net\"}", &ledger, &error));
    FAILS(KAM_COLUMN_MISSING, "net", kam_facts_new(ledger, AS_OF, &facts, &error));
    kam_ledger_free(ledger);
    CHECK(facts == NULL && columns_unreleased == 0);

    /* A collected stream gives facts again and again, the other one once. */
    stream_of(ROWS, &stream);
    OK(kam_ledger_from_stream(&stream, COLUMNS, &ledger, &error));
    for (int again = 0; again < 2; again++) {
        OK(kam_facts_new(ledger, AS_OF, &facts, &error));
        kam_facts_free(facts);
    }
    kam_ledger_free(ledger);
    stream_of(ROWS, &stream);
    OK(kam_ledger_from_stream_once(&stream, COLUMNS, &ledger, &error));
    CHECK(stream.release == NULL && columns_unreleased > 0);
    OK(kam_facts_new(ledger, AS_OF, &facts, &error));
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

    OK(kam_ledger_builder_new(NULL, &builder, &error));
    OK(kam_ledger_builder_push(builder, 2, NAMES, DAYS, cents, NULL, &error));
    OK(kam_ledger_builder_add_text(builder, "currency", 2, currencies, &error));
    OK(kam_ledger_builder_finish(builder, &foreign, &error));
    kam_ledger_builder_free(builder);
    FAILS(KAM_CURRENCY_WITHOUT_RATE, "", kam_facts_new(foreign, AS_OF, &facts, &error));
    OK(kam_ledger_set_rates(foreign, "USD", cad, &error));
    OK(kam_facts_new(foreign, AS_OF, &facts, &error));
    OK(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "USD"));
    kam_facts_free(facts);
    kam_ledger_free(foreign);
}

static int count_calls(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    CHECK(stage[0] != 0);
    ++*(int *)user;
    return 0;
}

static int stop(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)user;
    (void)stage;
    (void)done;
    (void)total;
    return 1;
}

static void facts_calls(const kam_ledger *ledger, const kam_facts *good)
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
    OK(kam_facts_new_with_progress(ledger, AS_OF, count_calls, &calls, &facts, &error));
    CHECK(calls > 0);
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
        OK(kam_facts_table(good, tables[at], &stream, &error));
        stream.release(&stream);
    }
    kam_crm *no_accounts = NULL;
    OK(kam_crm_new(NULL, &no_accounts, &error));
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
    IS_NULL("facts", kam_facts_summary(NULL, &json, &error));
    IS_NULL("json", kam_facts_summary(good, NULL, &error));
    CHECK(json == UNTOUCHED(const char *));
}

static void crms(const kam_facts *facts)
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
    OK(kam_crm_new("{\"date_format\":\"%d.%m.%Y\",\"timezone\":\"Europe/Berlin\"}", &crm, &error));
    kam_crm_free(crm);
    OK(kam_crm_new(NULL, &crm, &error));
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
    OK(kam_crm_add_stream(crm, "accounts", &stream, mapping, &error));
    stream_of(rows, &stream);
    FAILS(KAM_OPTION, "twice", kam_crm_add_stream(crm, "accounts", &stream, mapping, &error));
    OK(kam_run(facts, crm, "abc", NULL, &result, &error));
    kam_result_free(result);
    kam_crm_free(crm);
    CHECK(columns_unreleased == 0);
}

static void results(const kam_facts *facts)
{
    kam_result *result = UNTOUCHED(kam_result *);
    struct ArrowArrayStream stream, before;
    const char *text = UNTOUCHED(const char *);
    size_t count = 77;
    IS_NULL("facts", kam_run(NULL, NULL, "abc", NULL, &result, &error));
    IS_NULL("method", kam_run(facts, NULL, NULL, NULL, &result, &error));
    IS_NULL("result", kam_run(facts, NULL, "abc", NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`method`", kam_run(facts, NULL, BROKEN, NULL, &result, &error));
    FAILS(KAM_INVALID_UTF8, "`options_json`", kam_run(facts, NULL, "abc", BROKEN, &result, &error));
    FAILS(KAM_UNKNOWN_METHOD, "`abd`", kam_run(facts, NULL, "abd", NULL, &result, &error));
    FAILS(KAM_OPTION, "not JSON", kam_run(facts, NULL, "abc", "{\"a\":}", &result, &error));
    FAILS(KAM_OPTION, "threshold", kam_run(facts, NULL, "abc", "{\"threshold\":0.7}", &result, &error));
    FAILS(KAM_OPTION, "`a`", kam_run(facts, NULL, "abc", "{\"a\":2}", &result, &error));
    FAILS(KAM_OPTION, "abc", kam_run(facts, NULL, "abc", "[1]", &result, &error));
    CHECK(result == UNTOUCHED(kam_result *));

    kam_error *error = NULL;
    CHECK(kam_run(facts, NULL, "abc", "{\"a\":2}", &result, &error) == KAM_OPTION);
    CHECK(kam_error_hint(error) != NULL && strlen(kam_error_hint(error)) > 0);
    kam_error_free(error);

    OK(kam_run(facts, NULL, "abc", NULL, &result, &error));
    memset(&stream, 0x5a, sizeof stream);
    before = stream;
    IS_NULL("result", kam_result_table_count(NULL, &count, &error));
    IS_NULL("count", kam_result_table_count(result, NULL, &error));
    IS_NULL("result", kam_result_table_name(NULL, 0, &text, &error));
    IS_NULL("name", kam_result_table_name(result, 0, NULL, &error));
    FAILS(KAM_INVALID_ARGUMENT, "table 99", kam_result_table_name(result, 99, &text, &error));
    IS_NULL("result", kam_result_table(NULL, NULL, &stream, &error));
    IS_NULL("stream", kam_result_table(result, NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`name`", kam_result_table(result, BROKEN, &stream, &error));
    FAILS(KAM_INVALID_ARGUMENT, "`xyz`", kam_result_table(result, "xyz", &stream, &error));
    IS_NULL("result", kam_result_summary(NULL, &text, &error));
    IS_NULL("json", kam_result_summary(result, NULL, &error));
    IS_NULL("result", kam_result_json(NULL, &text, &error));
    IS_NULL("json", kam_result_json(result, NULL, &error));
    {
        const char *again = NULL;
        IS_NULL("result", kam_result_chart(NULL, NULL, &text, &error));
        IS_NULL("json", kam_result_chart(result, NULL, NULL, &error));
        FAILS(KAM_OPTION, "no chart `pie`", kam_result_chart(result, "pie", &text, &error));
        FAILS(KAM_OPTION, "`theme` is pink", kam_result_chart_in(result, NULL, "pink", &text, &error));
        FAILS(KAM_INVALID_UTF8, "`name`", kam_result_chart(result, BROKEN, &text, &error));
        FAILS(KAM_INVALID_UTF8, "`theme`", kam_result_chart_in(result, NULL, BROKEN, &text, &error));
        OK(kam_result_chart(result, NULL, &text, &error));
        CHECK(strstr(text, "vega-lite/v6") && strstr(text, "#0072b2"));
        OK(kam_result_chart_in(result, NULL, "light", &again, &error));
        CHECK(again == text);
        OK(kam_result_chart_in(result, "classes", "dark", &again, &error));
        CHECK(again != text && strstr(again, "#5cb8f2"));
        OK(kam_result_chart_in(result, "classes", "page", &again, &error));
        CHECK(strstr(again, "var(--kam-accent)") != NULL);
    }
    IS_NULL("json", kam_methods(NULL, &error));
    IS_NULL("json", kam_calculations(NULL, &error));
    CHECK(count == 77 && text == UNTOUCHED(const char *) && memcmp(&stream, &before, sizeof stream) == 0);

    OK(kam_result_table_count(result, &count, &error));
    CHECK(count >= 1 && count < 77);
    for (size_t at = 0; at < count; at++) {
        OK(kam_result_table_name(result, at, &text, &error));
        OK(kam_result_table(result, text, &stream, &error));
        stream.release(&stream);
    }
    OK(kam_result_summary(result, &text, &error));
    const char *again = NULL;
    OK(kam_result_summary(result, &again, &error));
    CHECK(text == again && text[0] == '{');
    kam_result_free(result);
    OK(kam_methods(&text, &error));
    CHECK(text[0] == '[' && strstr(text, "\"name\":\"abc\"") && strstr(text, "\"name\":\"pyramid\""));
}

static void calculations(void)
{
    static const char *const input = "{\"matrix\":[[1,0],[0,1]],\"weights\":[3,1]}";
    kam_result *result = UNTOUCHED(kam_result *);
    const char *text = NULL;
    IS_NULL("name", kam_calculate(NULL, input, &result, &error));
    IS_NULL("input_json", kam_calculate("mcda.weighted_sum", NULL, &result, &error));
    IS_NULL("result", kam_calculate("mcda.weighted_sum", input, NULL, &error));
    FAILS(KAM_UNKNOWN_METHOD, "mcda.sum", kam_calculate("mcda.sum", input, &result, &error));
    FAILS(KAM_OPTION, "weights", kam_calculate("mcda.weighted_sum", "{\"matrix\":[[1,0]]}", &result, &error));
    FAILS(KAM_OPTION, "JSON", kam_calculate("mcda.weighted_sum", "{", &result, &error));
    CHECK(result == UNTOUCHED(kam_result *));
    OK(kam_calculate("mcda.weighted_sum", input, &result, &error));
    OK(kam_result_summary(result, &text, &error));
    CHECK(strstr(text, "\"score\":[0.75,0.25]"));
    kam_result_free(result);
    OK(kam_calculations(&text, &error));
    CHECK(text[0] == '[' && strstr(text, "\"name\":\"mcda.weighted_sum\""));
}

static void reviews(const kam_facts *facts)
{
    kam_review *review = UNTOUCHED(kam_review *);
    struct ArrowArrayStream stream, before;
    const char *text = UNTOUCHED(const char *);
    int calls = 0;
    IS_NULL("facts", kam_review_new(NULL, NULL, NULL, &review, &error));
    IS_NULL("review", kam_review_new(facts, NULL, NULL, NULL, &error));
    IS_NULL("facts", kam_review_new_with_progress(NULL, NULL, NULL, NULL, NULL, &review, &error));
    IS_NULL("review", kam_review_new_with_progress(facts, NULL, NULL, NULL, NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`options_json`", kam_review_new(facts, NULL, BROKEN, &review, &error));
    FAILS(KAM_OPTION, "method", kam_review_new(facts, NULL, "{\"method\":[]}", &review, &error));
    FAILS(KAM_UNKNOWN_METHOD, "`abd`", kam_review_new(facts, NULL, "{\"methods\":[\"abd\"]}", &review, &error));
    FAILS(KAM_INTERRUPTED, "stopped", kam_review_new_with_progress(facts, NULL, NULL, stop, NULL, &review, &error));
    CHECK(review == UNTOUCHED(kam_review *));

    OK(kam_review_new_with_progress(facts, NULL, NULL, count_calls, &calls, &review, &error));
    CHECK(calls > 2);
    memset(&stream, 0x5a, sizeof stream);
    before = stream;
    IS_NULL("review", kam_review_table(NULL, "accounts", &stream, &error));
    IS_NULL("name", kam_review_table(review, NULL, &stream, &error));
    IS_NULL("stream", kam_review_table(review, "accounts", NULL, &error));
    FAILS(KAM_INVALID_ARGUMENT, "`account`", kam_review_table(review, "account", &stream, &error));
    IS_NULL("review", kam_review_json(NULL, &text, &error));
    IS_NULL("json", kam_review_json(review, NULL, &error));
    IS_NULL("review", kam_review_html(NULL, &text, &error));
    IS_NULL("html", kam_review_html(review, NULL, &error));
    CHECK(text == UNTOUCHED(const char *) && memcmp(&stream, &before, sizeof stream) == 0);
    const char *tables[] = {"accounts", "skipped", "reconciliation", "quarantine", "abc"};
    for (size_t at = 0; at < sizeof tables / sizeof *tables; at++) {
        OK(kam_review_table(review, tables[at], &stream, &error));
        stream.release(&stream);
    }
    OK(kam_review_json(review, &text, &error));
    CHECK(strstr(text, "\"skipped\"") && strstr(text, "Änderung GmbH"));
    IS_NULL("review", kam_review_html_with(NULL, NULL, &text, &error));
    IS_NULL("html", kam_review_html_with(review, NULL, NULL, &error));
    FAILS(KAM_OPTION, "options of the page", kam_review_html_with(review, "{\"rows\":1}", &text, &error));
    FAILS(KAM_OPTION, "`script`", kam_review_html_with(review, "{\"script\":\"</script>\"}", &text, &error));
    OK(kam_review_html_with(review, "{\"title\":\"Ours\",\"script\":\"/* draws */\"}", &text, &error));
    CHECK(strstr(text, "<script>/* draws */</script>") && strstr(text, ">Ours</h1>") && strstr(text, "data-chart="));
    OK(kam_review_html(review, &text, &error));
    CHECK(strstr(text, "</html>") && strstr(text, "Änderung GmbH"));
    kam_review_free(review);
}

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

static void threads(const kam_facts *facts)
{
    kam_result *result = NULL;
    pthread_t ids[2];
    OK(kam_run(facts, NULL, "abc", NULL, &result, &error));
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

static void books(const char *folder)
{
    static const char *SHAPE = "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\",\"cost\":\"cost\"}";
    kam_book *book = UNTOUCHED(kam_book *), *again = NULL;
    kam_facts *facts = UNTOUCHED(kam_facts *);
    kam_ledger_builder *builder = NULL;
    kam_ledger *ledger = NULL, *other = pushed();
    kam_appended appended = {7, 7, 7, 7, 7};
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
    OK(kam_book_open(path, SHAPE, &book, &error));
    FAILS(KAM_BOOK_HELD, "book.kam", kam_book_open(path, SHAPE, &again, &error));

    OK(kam_ledger_builder_new(NULL, &builder, &error));
    OK(kam_ledger_builder_push(builder, 4, NAMES, DAYS, AMOUNTS, COSTS, &error));
    OK(kam_ledger_builder_finish(builder, &ledger, &error));
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
    OK(kam_book_append_with_progress(book, ledger, "1", count_calls, &calls, &appended, &error));
    CHECK(calls > 0 && appended.repeated == 0 && appended.rows == 4 && appended.used == 3 && appended.unassigned == 1);
    OK(kam_book_append(book, ledger, "1", &appended, &error));
    CHECK(appended.repeated == 1 && appended.rows == 4 && appended.quarantined == 0);

    IS_NULL("book", kam_book_facts(NULL, AS_OF, &facts, &error));
    IS_NULL("options_json", kam_book_facts(book, NULL, &facts, &error));
    IS_NULL("facts", kam_book_facts(book, AS_OF, NULL, &error));
    IS_NULL("book", kam_book_facts_with_progress(NULL, AS_OF, NULL, NULL, &facts, &error));
    IS_NULL("options_json", kam_book_facts_with_progress(book, NULL, NULL, NULL, &facts, &error));
    IS_NULL("facts", kam_book_facts_with_progress(book, AS_OF, NULL, NULL, NULL, &error));
    FAILS(KAM_OPTION, "as_of", kam_book_facts(book, "{}", &facts, &error));
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

    pthread_t ids[2];
    for (int at = 0; at < 2; at++)
        CHECK(pthread_create(&ids[at], NULL, appender, book) == 0);
    for (int at = 0; at < 2; at++) {
        void *failed = NULL;
        CHECK(pthread_join(ids[at], &failed) == 0 && failed == NULL);
    }
    OK(kam_book_compact(book, &error));
    OK(kam_book_verify(book, &error));
    OK(kam_book_backup(book, copy, &error));
    OK(kam_book_facts_with_progress(book, AS_OF, count_calls, &calls, &facts, &error));
    kam_book_free(book);
    kam_ledger_free(ledger);
    kam_ledger_free(other);
    /* The facts outlive the book. */
    OK(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"accounts\":2"));
    kam_facts_free(facts);
    FAILS(KAM_BOOK_COLUMNS, "`cost`", kam_book_open(path, COLUMNS, &book, &error));
    OK(kam_book_open(copy, NULL, &book, &error));
    OK(kam_book_batches(book, &stream, &error));
    kam_book_free(book);
    struct ArrowArray batch;
    CHECK(stream.get_next(&stream, &batch) == 0 && batch.length == 21);
    batch.release(&batch);
    stream.release(&stream);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    kam_ledger *ledger = pushed();
    kam_facts *facts = NULL;
    errors_say_what();
    freeing_null();
    versions();
    ledgers();
    builders();
    good_ways();
    streams();
    rates();
    OK(kam_facts_new(ledger, AS_OF, &facts, &error));
    facts_calls(ledger, facts);
    crms(facts);
    results(facts);
    calculations();
    reviews(facts);
    threads(facts);
    books(argv[1]);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    printf("%d checks\n", checks);
    return 0;
}
