/* The ways of rows into a ledger: pushed columns, a builder that nobody pushed to, numbered accounts. */
#include "given.h"

int main(void)
{
    kam_ledger_builder *builder = NULL;
    kam_ledger *ledger = pushed();
    kam_facts *facts = NULL;
    struct ArrowArrayStream stream;
    const char *json = NULL;
    const int64_t numbers[] = {1, 2};
    GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
    GIVES(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"accounts\":2") && strstr(json, "EUR"));
    kam_facts_free(facts);
    kam_ledger_free(ledger);

    GIVES(kam_ledger_builder_new("{\"scale\":0}", &builder, &error));
    GIVES(kam_ledger_builder_finish(builder, &ledger, &error));
    GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
    GIVES(kam_facts_summary(facts, &json, &error));
    CHECK(strstr(json, "\"accounts\":0"));
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    GIVES(kam_ledger_builder_push_numbered(builder, 2, numbers, DAYS, AMOUNTS, COSTS, &error));
    GIVES(kam_ledger_builder_finish(builder, &ledger, &error));
    kam_ledger_builder_free(builder);
    GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
    GIVES(kam_facts_table(facts, "accounts", &stream, &error));
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    /* The stream outlives the facts. */
    struct ArrowArray batch;
    CHECK(stream.get_next(&stream, &batch) == 0 && batch.length == 2);
    CHECK(((const int64_t *)batch.children[0]->buffers[1])[batch.children[0]->offset + 1] == 2);
    batch.release(&batch);
    CHECK(stream.get_next(&stream, &batch) == 0 && batch.release == NULL);
    stream.release(&stream);
    printf("%d checks\n", checks);
    return 0;
}
