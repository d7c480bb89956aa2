/* The desk: the book of all days that are closed, and the review that dossiers are served from. */
#ifndef DESK_H
#define DESK_H

#include "store.h"

struct desk;

/* Opens the book beside the database and begins the thread that refreshes the review. NULL after it said why. */
struct desk *desk_open(sqlite3 *database, const char *book);

/* Asks for all days up to this one to be closed: appended to the book, and the review made anew as of it. Returns at once; 0 if it is no day. */
int desk_close_days(struct desk *desk, const char *day);

/* Records a sale of a day that is not closed. Gives what SQLite gives: SQLITE_OK, SQLITE_CONSTRAINT for what cannot be, SQLITE_READONLY for a
 * day that is closed. */
int desk_sell(struct desk *desk, const char *account, const char *day, const char *cents, const char *product);

/* A dossier from the review of this moment, which is the caller's; KAM_MISSING_INPUT while there is no review. For any number of threads. */
kam_status desk_dossier(struct desk *desk, const char *account, kam_dossier **dossier, kam_error **error);

/* How far it is, as JSON. */
void desk_status(struct desk *desk, char *text, size_t size);

/* Stops the thread, also in the middle of a review, and frees everything. The database stays open. */
void desk_free(struct desk *desk);

#endif
