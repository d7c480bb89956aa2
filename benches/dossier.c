/* Times dossiers from C on the tables that the Rust program beside it writes: `dossier FOLDER`, the keys of accounts one a line on standard
 * input. With `--json` it prints the dossiers instead.
 *
 *   cargo build --release -p kam-ffi -p kam-benches
 *   mkdir -p /tmp/d && target/release/dossier 1000000 int --write /tmp/d
 *   cc -std=c11 -O2 -I kam-ffi/include benches/dossier.c -L target/release -lkam -Wl,-rpath,$PWD/target/release -o /tmp/d/dossier
 *   python benches/peers/dossier.py /tmp/d       # draws the keys, and times the same from Python
 *   /tmp/d/dossier /tmp/d < /tmp/d/keys.txt
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kam.h"

enum { CALLS = 1000000 };

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static kam_status make_review(const char *folder, kam_review **review, kam_error **error)
{
    static const char *const TABLES[] = {"accounts", "contacts", "activities", "opportunities", "contracts", "competitors"};
    char path[4096];
    kam_ledger *ledger = NULL;
    kam_facts *facts = NULL;
    kam_crm *crm = NULL;
    snprintf(path, sizeof path, "%s/ledger.arrow", folder);
    kam_status status =
        kam_ledger_open(path, "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\",\"cost\":\"cost\",\"scale\":0}", &ledger, error);
    if (status == KAM_OK)
        status = kam_facts_new(ledger, "{\"as_of\":\"2024-12-31\",\"window\":24}", &facts, error);
    if (status == KAM_OK)
        status = kam_crm_new(NULL, &crm, error);
    for (size_t table = 0; status == KAM_OK && table < sizeof TABLES / sizeof *TABLES; table++) {
        snprintf(path, sizeof path, "%s/%s.arrow", folder, TABLES[table]);
        status = kam_crm_add_file(crm, TABLES[table], path, NULL, error);
    }
    if (status == KAM_OK)
        status = kam_review_new(facts, crm, NULL, review, error);
    kam_crm_free(crm);
    kam_facts_free(facts);
    kam_ledger_free(ledger);
    return status;
}

int main(int argc, char **argv)
{
    kam_review *review = NULL;
    kam_error *error = NULL;
    double *taken = calloc(CALLS, sizeof *taken);
    char key[256];
    size_t calls = 0, bytes = 0;
    int print = argc == 3 && strcmp(argv[2], "--json") == 0;
    if (taken == NULL || (argc != 2 && !print)) {
        fprintf(stderr, "usage: %s FOLDER [--json] < KEYS\n", argv[0]);
        free(taken);
        return 2;
    }
    double start = now();
    kam_status status = make_review(argv[1], &review, &error);
    if (status == KAM_OK && !print)
        printf("review from C: %.1f s\n", (now() - start) / 1e6);
    while (status == KAM_OK && calls < CALLS && fgets(key, sizeof key, stdin) != NULL) {
        kam_dossier *dossier = NULL;
        const char *json = NULL;
        key[strcspn(key, "\r\n")] = '\0';
        start = now();
        status = kam_review_dossier(review, key, NULL, &dossier, &error);
        if (status == KAM_OK)
            status = kam_dossier_json(dossier, &json, &error);
        taken[calls] = now() - start;
        if (status == KAM_OK) {
            bytes += strlen(json);
            calls++;
            if (print)
                puts(json);
        }
        kam_dossier_free(dossier);
    }
    if (status != KAM_OK || calls == 0)
        fprintf(stderr, "error %d: %s\n", (int)status, error != NULL ? kam_error_message(error) : "no keys on standard input");
    else if (!print) {
        qsort(taken, calls, sizeof *taken, ascending);
        printf("%zu dossiers from C: %.1f µs median, %.1f µs p99, %.1f µs max, %zu bytes of JSON each\n", calls, taken[calls / 2],
               taken[(calls - 1) * 99 / 100], taken[calls - 1], bytes / calls);
    }
    kam_error_free(error);
    kam_review_free(review);
    free(taken);
    return status == KAM_OK && calls > 0 ? 0 : 1;
}
