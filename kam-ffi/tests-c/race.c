/* Two threads write one variable without a lock, so that a test can see whether the sanitizer of threads is awake. */
#include <pthread.h>

#include "given.h"

static const char *last;

static void *ask(void *argument)
{
    const char *json = NULL;
    if (kam_facts_summary(argument, &json, NULL) == KAM_OK)
        last = json;
    return NULL;
}

int main(void)
{
    kam_ledger *ledger = pushed();
    kam_facts *facts = NULL;
    pthread_t ids[2];
    GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
    for (int at = 0; at < 2; at++)
        CHECK(pthread_create(&ids[at], NULL, ask, facts) == 0);
    for (int at = 0; at < 2; at++)
        CHECK(pthread_join(ids[at], NULL) == 0);
    CHECK(last != NULL);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    return 0;
}
