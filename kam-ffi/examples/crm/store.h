/* The CRM's own database: customers, contacts, activities, opportunities and sales in SQLite. */
#ifndef STORE_H
#define STORE_H

#include <kam.h>
#include <sqlite3.h>

/* A day as the database has it, "2024-03-31", with the zero byte at its end. */
typedef char day_text[11];

/* Opens the database, or makes one and fills it with a year's sales to sixty customers, the same on every machine. NULL after it said why. */
sqlite3 *store_open(const char *path);

/* Is it a day of the calendar, written like one? */
int store_is_day(sqlite3 *database, const char *text);

/* Records a sale. Gives SQLITE_OK, or SQLITE_CONSTRAINT for a customer that is not there or a day that is none. */
int store_sell(sqlite3 *database, const char *account, const char *day, const char *cents, const char *product);

/* The first day with sales after `after` and not after `until`; 0 where there is none. */
int store_next_day(sqlite3 *database, const char *after, const char *until, day_text day);

/* The sales of a day as a ledger, pushed as plain columns, and what its columns are called. */
kam_status store_sales_of(sqlite3 *database, const char *day, kam_ledger **ledger, kam_error **error);
extern const char *const STORE_COLUMNS;

/* The other tables as a crm, each an Arrow stream of a query. */
kam_status store_crm(sqlite3 *database, kam_crm **crm, kam_error **error);

#endif
