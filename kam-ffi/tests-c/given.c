#include "given.h"

const char *const COLUMNS = "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\"}";
const char *const AS_OF = "{\"as_of\":\"2024-12-31\"}";

const char *const NAMES[4] = {"Änderung GmbH", "ACME", NULL, "ACME"};
const int32_t DAYS[4] = {19737, 19800, 19801, 20000};
const int64_t AMOUNTS[4] = {850000, 120050, 100, -5000};
const int64_t COSTS[4] = {400000, 100000, 50, 0};
const char *const PRODUCTS[4] = {"tools", "parts", NULL, "parts"};

kam_ledger *pushed(void)
{
    kam_ledger_builder *builder = NULL;
    kam_ledger *ledger = NULL;
    GIVES(kam_ledger_builder_new("{\"base_currency\":\"EUR\"}", &builder, &error));
    GIVES(kam_ledger_builder_push(builder, 4, NAMES, DAYS, AMOUNTS, COSTS, &error));
    GIVES(kam_ledger_builder_add_text(builder, "direction", 4, PRODUCTS, &error));
    GIVES(kam_ledger_builder_finish(builder, &ledger, &error));
    kam_ledger_builder_free(builder);
    return ledger;
}

void stream_of(const char *text, struct ArrowArrayStream *stream)
{
    FILE *file = tmpfile();
    CHECK(file != NULL);
    fputs(text, file);
    rewind(file);
    columns_stream(columns_read(file), 2, stream);
    fclose(file);
}

const char *const ROWS = "3 3\nu account\n=ACME\n=Globex\n-\nu date\n=2024-01-05\n=2024-02-01\n=2024-03-01\ng amount\n=10.25\n=20\n=3\n";

int count_calls(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    CHECK(stage[0] != 0);
    ++*(int *)user;
    return 0;
}

int stop(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)user;
    (void)stage;
    (void)done;
    (void)total;
    return 1;
}
