/* A small HTTP server on the loopback interface, for whoever shows dossiers. */
#ifndef SERVER_H
#define SERVER_H

#include "desk.h"

struct server;

/* Listens on 127.0.0.1 and begins the threads that answer. Port 0 is any free one. NULL after it said why. */
struct server *server_start(struct desk *desk, int port);

/* Lets the answers under way be finished, and frees the server. */
void server_stop(struct server *server);

#endif
