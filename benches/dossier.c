/* Times dossiers from C: `dossier LEDGER ACCOUNTS`, the keys of accounts one a line on standard input.
 *
 *   target/release/dossier 1000000 int --write /tmp/d
 *   cc -O2 -I kam-ffi/include benches/dossier.c -L target/release -lkam -o /tmp/d/dossier
 *   head -n 20000 keys.txt | LD_LIBRARY_PATH=target/release /tmp/d/dossier /tmp/d/ledger.arrow
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kam.h"

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1e6 + at.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    kam_ledger *ledger = NULL;
    kam_facts *facts = NULL;
    kam_review *review = NULL;
    kam_error *error = NULL;
    static double taken[1000000];
    char key[256];
    size_t calls = 0, bytes = 0;
    if (argc != 2)
        return 2;
    kam_status status = kam_ledger_open(
        argv[1], "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\",\"cost\":\"cost\",\"scale\":0}", &ledger, &error);
    if (status == KAM_OK)
        status = kam_facts_new(ledger, "{\"as_of\":\"2024-12-31\",\"window\":24}", &facts, &error);
    if (status == KAM_OK)
        status = kam_review_new(facts, NULL, NULL, &review, &error);
    while (status == KAM_OK && calls < 1000000 && fgets(key, sizeof key, stdin) != NULL) {
        kam_dossier *dossier = NULL;
        const char *json = NULL;
        key[strcspn(key, "\r\n")] = '\0';
        double start = now();
        status = kam_review_dossier(review, key, NULL, &dossier, &error);
        if (status == KAM_OK)
            status = kam_dossier_json(dossier, &json, &error);
        taken[calls] = now() - start;
        if (status == KAM_OK) {
            bytes += strlen(json);
            calls++;
        } else if (status == KAM_UNKNOWN_ACCOUNT) {
            /* The shape draws accounts; a few may not have come up. */
            kam_error_free(error);
            error = NULL;
            status = KAM_OK;
        }
        kam_dossier_free(dossier);
    }
    if (status != KAM_OK || calls == 0) {
        fprintf(stderr, "error %d: %s\n", (int)status, error != NULL ? kam_error_message(error) : "no keys");
        kam_error_free(error);
        return 1;
    }
    qsort(taken, calls, sizeof *taken, ascending);
    printf("%zu dossiers from C: %.1f µs median, %.1f µs p99, %.1f µs max, %zu bytes of JSON each\n", calls, taken[calls / 2],
           taken[(calls - 1) * 99 / 100], taken[calls - 1], bytes / calls);
    kam_review_free(review);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    return 0;
}
