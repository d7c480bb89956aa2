#include "misuse.h"

char untouched;

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    kam_ledger *ledger = pushed();
    kam_facts *facts = NULL;
    GIVES(kam_facts_new(ledger, AS_OF, &facts, &error));
    int made = errors() + ledgers() + builders() + facts_calls(ledger, facts) + crms(facts, argv[1]) + results(facts) + calculations() +
               reviews(facts) + dossiers(facts) + books(argv[1]);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    printf("%d checks\n", made);
    return 0;
}
