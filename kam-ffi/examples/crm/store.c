#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query_stream.h"

/* The columns have kam's own names, so that nothing has to be mapped. Money is whole cents: what is exact stays exact. */
static const char *const SCHEMA =
    "PRAGMA journal_mode = wal;"
    "PRAGMA foreign_keys = on;"
    "CREATE TABLE IF NOT EXISTS customers (account INTEGER PRIMARY KEY, name TEXT, industry TEXT, region TEXT, manager TEXT,"
    " budget REAL, reference INTEGER);"
    "CREATE TABLE IF NOT EXISTS contacts (account INTEGER REFERENCES customers, name TEXT, title TEXT, role TEXT, influence REAL, support REAL);"
    "CREATE TABLE IF NOT EXISTS activities (account INTEGER REFERENCES customers, date TEXT, kind TEXT, hours REAL, manager TEXT,"
    " resolved INTEGER);"
    "CREATE TABLE IF NOT EXISTS opportunities (account INTEGER REFERENCES customers, opened TEXT, closed TEXT, outcome TEXT, value REAL,"
    " probability REAL, reason TEXT);"
    "CREATE TABLE IF NOT EXISTS sales (account INTEGER NOT NULL REFERENCES customers, day TEXT NOT NULL CHECK (day IS date(day, '+0 days')),"
    " cents INTEGER NOT NULL CHECK (typeof(cents) = 'integer'), cost INTEGER NOT NULL, product TEXT);"
    "CREATE INDEX IF NOT EXISTS sales_by_day ON sales (day);";

/* Numbers that only look random, from the row's own number: the recursive queries below need no chance, and repeat themselves anywhere. */
#define MIXED(number, salt, of) "((" number " * 7919 + " #salt ") * 2654435761 / 65536 % " #of ")"
static const char *const SEED =
    "BEGIN;"
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 59)"
    " INSERT INTO customers SELECT 1001 + i, CASE i WHEN 3 THEN 'Änderung & Söhne' WHEN 4 THEN '<script>alert(1)</script>' ELSE 'Customer ' || i END,"
    " CASE i % 3 WHEN 0 THEN 'steel' WHEN 1 THEN 'food' ELSE 'paper' END, CASE i % 2 WHEN 0 THEN 'north' ELSE 'south' END,"
    " CASE i % 4 WHEN 0 THEN 'Ann' WHEN 1 THEN 'Ben' WHEN 2 THEN 'Cyd' ELSE 'Dan' END, 1000.0 * (60 - i), i = 7 FROM n;"
    "INSERT INTO contacts SELECT account, 'Ada of ' || account, 'Head of purchasing', 'decision_maker', 0.9, 0.5 FROM customers"
    " UNION ALL SELECT account, 'Carl of ' || account, NULL, 'user', 0.2, -0.1 FROM customers WHERE account % 3 > 0;"
    "INSERT INTO activities SELECT account, date('2024-12-20', '-' || " MIXED("account", 1, 300) " || ' days'), 'visit', 2.5, manager, NULL FROM customers"
    " UNION ALL SELECT account, date('2024-12-20', '-' || " MIXED("account", 2, 300) " || ' days'),"
    " CASE account % 5 WHEN 0 THEN 'joint_team' WHEN 1 THEN 'late' WHEN 2 THEN 'complaint' ELSE 'call' END, 1.0, manager, account % 2 FROM customers;"
    "INSERT INTO opportunities SELECT account, '2024-06-01', CASE WHEN account % 3 < 2 THEN '2024-09-01' END,"
    " CASE account % 3 WHEN 0 THEN 'won' WHEN 1 THEN 'lost' ELSE 'open' END, 500.0 * (account % 7 + 1), CASE account % 3 WHEN 2 THEN 0.6 END,"
    " CASE account % 3 WHEN 1 THEN 'price' END FROM customers;"
    /* Few customers buy much: the place is the square of an even draw. */
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2927)"
    " INSERT INTO sales SELECT 1001 + u * u / 17000, date('2024-01-01', '+' || (i / 8) || ' days'), cents, cents * 7 / 10, product FROM"
    " (SELECT i, " MIXED("i", 3, 1000) " AS u, 1000 + " MIXED("i", 4, 90000) " AS cents, CASE i % 3 WHEN 0 THEN 'tools' ELSE 'parts' END AS product FROM n);"
    "COMMIT;";

sqlite3 *store_open(const char *path)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    int failed = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL) ||
                 sqlite3_busy_timeout(database, 5000) || sqlite3_exec(database, SCHEMA, NULL, NULL, NULL) ||
                 sqlite3_prepare_v2(database, "SELECT 1 FROM customers", -1, &statement, NULL);
    int empty = !failed && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    if (!failed && (!empty || sqlite3_exec(database, SEED, NULL, NULL, NULL) == SQLITE_OK))
        return database;
    fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(database));
    sqlite3_close(database);
    return NULL;
}

/* A statement with its texts bound; NULL after it said why. */
static sqlite3_stmt *prepared(sqlite3 *database, const char *sql, int count, const char *const *texts)
{
    sqlite3_stmt *statement = NULL;
    int failed = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
    for (int at = 0; !failed && at < count; at++)
        failed = sqlite3_bind_text(statement, at + 1, texts[at], -1, SQLITE_TRANSIENT);
    if (!failed)
        return statement;
    fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(database));
    sqlite3_finalize(statement);
    return NULL;
}

int store_is_day(sqlite3 *database, const char *text)
{
    sqlite3_stmt *statement = prepared(database, "SELECT 1 WHERE ?1 IS date(?1, '+0 days')", 1, &text);
    int found = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return found;
}

int store_sell(sqlite3 *database, const char *account, const char *day, const char *cents, const char *product)
{
    const char *const texts[] = {account, day, cents, product};
    sqlite3_stmt *statement = prepared(database, "INSERT INTO sales VALUES (?1, ?2, ?3, CAST(?3 AS INTEGER) * 7 / 10, ?4)", 4, texts);
    sqlite3_step(statement);
    return sqlite3_finalize(statement); /* gives again what the step gave */
}

int store_next_day(sqlite3 *database, const char *after, const char *until, day_text day)
{
    const char *const texts[] = {after, until};
    sqlite3_stmt *statement = prepared(database, "SELECT min(day) FROM sales WHERE day > ?1 AND day <= ?2", 2, texts);
    int found = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_TEXT;
    if (found)
        snprintf(day, sizeof(day_text), "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return found;
}

const char *const STORE_COLUMNS = "{\"account\":\"account\",\"date\":\"date\",\"amount\":\"amount\",\"cost\":\"cost\","
                                  "\"direction\":\"direction\",\"scale\":2,\"base_currency\":\"EUR\"}";

enum { BLOCK = 256 };

/* Rows on their way to kam, which copies them. */
struct block {
    size_t rows;
    int64_t accounts[BLOCK], cents[BLOCK], costs[BLOCK];
    int32_t days[BLOCK];
    char *products[BLOCK];
};

static kam_status push(struct block *block, kam_ledger_builder *builder, kam_error **error)
{
    kam_status status = kam_ledger_builder_push_numbered(builder, block->rows, block->accounts, block->days, block->cents, block->costs, error);
    if (status == KAM_OK)
        status = kam_ledger_builder_add_text(builder, "direction", block->rows, (const char *const *)block->products, error);
    for (size_t row = 0; row < block->rows; row++)
        free(block->products[row]);
    block->rows = 0;
    return status;
}

kam_status store_sales_of(sqlite3 *database, const char *day, kam_ledger **ledger, kam_error **error)
{
    struct block block = {0};
    kam_ledger_builder *builder = NULL;
    kam_status status = kam_ledger_builder_new("{\"scale\":2,\"base_currency\":\"EUR\"}", &builder, error);
    sqlite3_stmt *statement =
        prepared(database, "SELECT account, unixepoch(day) / 86400, cents, cost, product FROM sales WHERE day = ?1", 1, &day);
    while (status == KAM_OK && sqlite3_step(statement) == SQLITE_ROW) {
        size_t row = block.rows++;
        const unsigned char *product = sqlite3_column_text(statement, 4);
        block.accounts[row] = sqlite3_column_int64(statement, 0);
        block.days[row] = sqlite3_column_int(statement, 1);
        block.cents[row] = sqlite3_column_int64(statement, 2);
        block.costs[row] = sqlite3_column_int64(statement, 3);
        block.products[row] = product == NULL ? NULL : strdup((const char *)product); /* SQLite's text is gone with the next row */
        if (block.rows == BLOCK)
            status = push(&block, builder, error);
    }
    /* A statement that failed must not pass for a day with fewer sales. */
    if (sqlite3_finalize(statement) != SQLITE_OK || statement == NULL)
        status = KAM_SOURCE_FAILED;
    kam_status last = push(&block, builder, status == KAM_OK ? error : NULL);
    if (status == KAM_OK)
        status = last;
    if (status == KAM_OK)
        status = kam_ledger_builder_finish(builder, ledger, error);
    kam_ledger_builder_free(builder);
    return status;
}

kam_status store_crm(sqlite3 *database, kam_crm **crm, kam_error **error)
{
    static const char *const TABLES[][2] = {{"accounts", "SELECT * FROM customers"},
                                            {"contacts", "SELECT * FROM contacts"},
                                            {"activities", "SELECT * FROM activities"},
                                            {"opportunities", "SELECT * FROM opportunities"}};
    kam_crm *made = NULL;
    kam_status status = kam_crm_new(NULL, &made, error);
    for (size_t table = 0; status == KAM_OK && table < sizeof TABLES / sizeof *TABLES; table++) {
        struct ArrowArrayStream stream;
        query_stream(database, TABLES[table][1], &stream); /* if the query is wrong, the stream says so when it is read */
        status = kam_crm_add_stream(made, TABLES[table][0], &stream, NULL, error);
    }
    if (status == KAM_OK)
        *crm = made;
    else
        kam_crm_free(made);
    return status;
}
