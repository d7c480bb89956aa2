#include "misuse.h"

static void compares(const kam_review *review)
{
    kam_result *result = UNTOUCHED(kam_result *);
    const char *text;
    IS_NULL("review", kam_review_compare(NULL, review, NULL, &result, &error));
    IS_NULL("older", kam_review_compare(review, NULL, NULL, &result, &error));
    IS_NULL("result", kam_review_compare(review, review, NULL, NULL, &error));
    FAILS(KAM_OPTION, "method", kam_review_compare(review, review, "{\"method\":1}", &result, &error));
    FAILS(KAM_OPTION, "`lorenz`", kam_review_compare(review, review, "{\"methods\":[\"lorenz\"]}", &result, &error));
    CHECK(result == UNTOUCHED(kam_result *));
    GIVES(kam_review_compare(review, review, NULL, &result, &error));
    GIVES(kam_result_summary(result, &text, &error));
    CHECK(strstr(text, "\"changes\":0"));
    kam_result_free(result);
}

int reviews(const kam_facts *facts)
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

    GIVES(kam_review_new_with_progress(facts, NULL, NULL, count_calls, &calls, &review, &error));
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
        GIVES(kam_review_table(review, tables[at], &stream, &error));
        stream.release(&stream);
    }
    GIVES(kam_review_json(review, &text, &error));
    CHECK(strstr(text, "\"skipped\"") && strstr(text, "Änderung GmbH"));
    IS_NULL("review", kam_review_html_with(NULL, NULL, &text, &error));
    IS_NULL("html", kam_review_html_with(review, NULL, NULL, &error));
    FAILS(KAM_OPTION, "options of the page", kam_review_html_with(review, "{\"rows\":1}", &text, &error));
    FAILS(KAM_OPTION, "`script`", kam_review_html_with(review, "{\"script\":\"</script>\"}", &text, &error));
    GIVES(kam_review_html_with(review, "{\"title\":\"Ours\",\"script\":\"/* draws */\"}", &text, &error));
    CHECK(strstr(text, "<script>/* draws */</script>") && strstr(text, ">Ours</h1>") && strstr(text, "data-chart="));
    GIVES(kam_review_html(review, &text, &error));
    CHECK(strstr(text, "</html>") && strstr(text, "Änderung GmbH"));
    compares(review);
    kam_review_free(review);
    return checks;
}
