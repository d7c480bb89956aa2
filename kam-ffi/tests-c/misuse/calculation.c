#include "misuse.h"

int calculations(void)
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
    GIVES(kam_calculate("mcda.weighted_sum", input, &result, &error));
    GIVES(kam_result_summary(result, &text, &error));
    CHECK(strstr(text, "\"score\":[0.75,0.25]"));
    kam_result_free(result);
    GIVES(kam_calculations(&text, &error));
    CHECK(text[0] == '[' && strstr(text, "\"name\":\"mcda.weighted_sum\""));
    return checks;
}
