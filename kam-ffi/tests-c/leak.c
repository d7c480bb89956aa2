/* Loses a ledger on purpose, so that a test can see whether valgrind is awake. */
#include "check.h"
#include "kam.h"

static void lose(void)
{
    kam_ledger *ledger = NULL;
    CHECK(kam_ledger_open("sales.csv", "{\"account\":\"a\",\"date\":\"d\",\"amount\":\"m\"}", &ledger, NULL) == KAM_OK);
    CHECK(ledger != NULL);
    ledger = NULL;
}

int main(void)
{
    lose();
    kam_error_free(NULL);
    return 0;
}
