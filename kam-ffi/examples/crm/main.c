/* A small CRM on SQLite that knows its key accounts: sales come in, days are closed, dossiers are served meanwhile.
 *
 *   cc -std=c11 -D_DEFAULT_SOURCE *.c -o crm -pthread $(pkg-config --cflags --libs kam sqlite3)
 *   ./crm crm.sqlite sales.kam 8080 &
 *   curl -X POST http://127.0.0.1:8080/close/2024-11-30
 *   curl http://127.0.0.1:8080/dossiers/1001
 *   curl -X POST http://127.0.0.1:8080/sales/1001/2024-12-01/12500/tools
 *
 * store.c is the database, query_stream.c gives its tables to kam by Arrow, desk.c keeps the book and the review, server.c answers. It may be
 * ended at any moment, also by kill -9: what is in the book stays there once, and the next start goes on from it. Memory that runs out ends it too.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "server.h"

int main(int argc, char **argv)
{
    sigset_t signals;
    int received, failed = 1;
    if (argc != 4) {
        fprintf(stderr, "usage: %s DATABASE BOOK PORT\n", argv[0]);
        return 2;
    }
    if (kam_abi_version() != KAM_ABI_VERSION) {
        fprintf(stderr, "kam %s has another interface than the one this program was compiled with\n", kam_version());
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* Blocked in every thread, and waited for in this one. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    sqlite3 *database = store_open(argv[1]);
    struct desk *desk = database != NULL ? desk_open(database, argv[2]) : NULL;
    struct server *server = desk != NULL ? server_start(desk, atoi(argv[3])) : NULL;
    if (server != NULL) {
        failed = sigwait(&signals, &received) != 0;
        server_stop(server);
    }
    if (desk != NULL)
        desk_free(desk);
    sqlite3_close(database);
    return failed;
}
