#include "misuse.h"

int builders(void)
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
    GIVES(kam_ledger_builder_new(NULL, &builder, &error));

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

    GIVES(kam_ledger_builder_push(builder, 2, NAMES, DAYS, AMOUNTS, NULL, &error));
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
    GIVES(kam_ledger_builder_add_money(builder, "cost", 2, COSTS, &error));
    FAILS(KAM_INVALID_ARGUMENT, "already", kam_ledger_builder_add_money(builder, "cost", 2, COSTS, &error));
    IS_NULL("builder", kam_ledger_builder_finish(NULL, &ledger, &error));
    IS_NULL("ledger", kam_ledger_builder_finish(builder, NULL, &error));
    GIVES(kam_ledger_builder_push(builder, 2, NAMES, DAYS, AMOUNTS, NULL, &error));
    FAILS(KAM_INVALID_ARGUMENT, "push 2", kam_ledger_builder_finish(builder, &ledger, &error));
    CHECK(ledger == UNTOUCHED(kam_ledger *));
    kam_ledger_builder_free(builder);
    return checks;
}
