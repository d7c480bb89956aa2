#include "server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WORKERS = 4 };

struct server {
    struct desk *desk;
    int listener;
    pthread_t workers[WORKERS];
};

static void answer(int client, int code, const char *type, const char *text)
{
    char head[160];
    size_t length = strlen(text);
    int size = snprintf(head, sizeof head, "HTTP/1.1 %d -\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", code,
                        type, length);
    ssize_t sent = send(client, head, (size_t)size, MSG_NOSIGNAL | MSG_MORE);
    for (; sent > 0 && length > 0; text += sent, length -= (size_t)sent)
        sent = send(client, text, length, MSG_NOSIGNAL);
}

static void send_dossier(struct server *server, int client, const char *account, int html)
{
    char message[1024];
    kam_dossier *dossier = NULL;
    kam_error *error = NULL;
    const char *text = NULL;
    kam_status status = desk_dossier(server->desk, account, &dossier, &error);
    if (status == KAM_OK)
        status = html ? kam_dossier_html(dossier, &text, &error) : kam_dossier_json(dossier, &text, &error);
    if (status == KAM_OK) {
        answer(client, 200, html ? "text/html" : "application/json", text);
    } else if (error == NULL) {
        answer(client, 503, "text/plain", "no day is closed yet\n");
    } else {
        snprintf(message, sizeof message, "error %d: %s\n", (int)status, kam_error_message(error));
        answer(client, status == KAM_UNKNOWN_ACCOUNT ? 404 : 500, "text/plain", message);
    }
    kam_error_free(error);
    kam_dossier_free(dossier);
}

static void record_sale(struct server *server, int client, const char *account, const char *day, const char *cents, const char *product)
{
    switch (desk_sell(server->desk, account, day, cents, product)) {
    case SQLITE_OK: answer(client, 201, "text/plain", "recorded\n"); break;
    case SQLITE_READONLY: answer(client, 409, "text/plain", "that day is closed\n"); break;
    case SQLITE_CONSTRAINT: answer(client, 400, "text/plain", "no such customer, no day, or no whole number of cents\n"); break;
    default: answer(client, 500, "text/plain", "the database failed\n");
    }
}

static void serve(struct server *server, int client)
{
    char request[2048], a[32], b[32], c[32], d[32], text[160];
    size_t length = 0;
    ssize_t got = 1;
    request[0] = 0;
    while (strstr(request, "\r\n\r\n") == NULL && length + 1 < sizeof request && got > 0) {
        if ((got = recv(client, request + length, sizeof request - 1 - length, 0)) > 0)
            request[length += (size_t)got] = 0;
    }
    /* Every part of these addresses is a number, a day or a word, so nothing has to be decoded. */
    if (sscanf(request, "GET /dossiers/%31[0-9]%5s", a, b) == 2) {
        send_dossier(server, client, a, strcmp(b, ".html") == 0);
    } else if (sscanf(request, "POST /sales/%31[0-9]/%31[0-9-]/%31[0-9-]/%31[a-z] ", a, b, c, d) == 4) {
        record_sale(server, client, a, b, c, d);
    } else if (sscanf(request, "POST /close/%31[0-9-] ", a) == 1) {
        int asked = desk_close_days(server->desk, a);
        answer(client, asked ? 202 : 400, "text/plain", asked ? "asked for\n" : "no such day\n");
    } else if (strncmp(request, "GET / ", 6) == 0) {
        desk_status(server->desk, text, sizeof text);
        answer(client, 200, "application/json", text);
    } else {
        answer(client, 404, "text/plain", "GET /, GET /dossiers/1001 or 1001.html, POST /sales/1001/2024-12-01/12500/tools, POST /close/2024-12-31\n");
    }
}

static void *worker(void *argument)
{
    struct server *server = argument;
    const struct timeval patience = {5, 0}; /* a client that says nothing must not hold a thread for ever */
    int client;
    while ((client = accept(server->listener, NULL, NULL)) >= 0) {
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        serve(server, client);
        close(client);
    }
    return NULL;
}

struct server *server_start(struct desk *desk, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct server *server = calloc(1, sizeof *server);
    server->desk = desk;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    int again = 1;
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
    if (bind(server->listener, (struct sockaddr *)&address, size) != 0 || listen(server->listener, 64) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) != 0) {
        perror("127.0.0.1");
        close(server->listener);
        free(server);
        return NULL;
    }
    for (int at = 0; at < WORKERS; at++)
        pthread_create(&server->workers[at], NULL, worker, server);
    printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
    return server;
}

void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    for (int at = 0; at < WORKERS; at++)
        pthread_join(server->workers[at], NULL);
    close(server->listener);
    free(server);
}
