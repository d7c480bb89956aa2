#include "misuse.h"

int results(const kam_facts *facts)
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

    GIVES(kam_run(facts, NULL, "abc", NULL, &result, &error));
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
    IS_NULL("result", kam_result_units(NULL, &text, &error));
    IS_NULL("json", kam_result_units(result, NULL, &error));
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
        CHECK(text == UNTOUCHED(const char *));
        const char *chart = NULL;
        GIVES(kam_result_chart(result, NULL, &chart, &error));
        CHECK(strstr(chart, "vega-lite/v6") && strstr(chart, "#0072b2"));
        GIVES(kam_result_chart_in(result, NULL, "light", &again, &error));
        CHECK(again == chart);
        GIVES(kam_result_chart_in(result, "classes", "dark", &again, &error));
        CHECK(again != chart && strstr(again, "#5cb8f2"));
        GIVES(kam_result_chart_in(result, "classes", "page", &again, &error));
        CHECK(strstr(again, "var(--kam-accent)") != NULL);
    }
    IS_NULL("json", kam_methods(NULL, &error));
    IS_NULL("json", kam_calculations(NULL, &error));
    CHECK(count == 77 && text == UNTOUCHED(const char *) && memcmp(&stream, &before, sizeof stream) == 0);

    GIVES(kam_result_table_count(result, &count, &error));
    CHECK(count >= 1 && count < 77);
    for (size_t at = 0; at < count; at++) {
        GIVES(kam_result_table_name(result, at, &text, &error));
        GIVES(kam_result_table(result, text, &stream, &error));
        stream.release(&stream);
    }
    GIVES(kam_result_summary(result, &text, &error));
    const char *again = NULL;
    GIVES(kam_result_summary(result, &again, &error));
    CHECK(text == again && text[0] == '{');
    GIVES(kam_result_units(result, &text, &error));
    CHECK(strstr(text, "\"accounts\":\"count\"") != NULL && strstr(text, "\"total\":\"money\"") != NULL);
    kam_result_free(result);
    GIVES(kam_methods(&text, &error));
    CHECK(text[0] == '[' && strstr(text, "\"name\":\"abc\"") && strstr(text, "\"name\":\"pyramid\""));
    return checks;
}
