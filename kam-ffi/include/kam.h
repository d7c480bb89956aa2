/*
 * kam.h: key account management analytics for C.
 *
 * THE CALLING CONTRACT
 *
 * Status. Every call that can fail returns a kam_status: KAM_OK (0), or a stable code that says why. Functions that cannot fail return
 * what they are asked for, or nothing.
 *
 * Errors. The last argument of such a call, `error`, is the address of a kam_error pointer, or NULL if only the status is wanted. On
 * failure it is set to a new error, which is the caller's: free it with kam_error_free before the pointer is used again. On success it is
 * left alone, so begin with `kam_error *error = NULL;`.
 *
 * Outputs. An output is written on success only; after a failure it is what it was before. Results come through pointers that the caller
 * passes, which must not be NULL.
 *
 * NULL. No argument may be NULL unless its function says so; one that is gives KAM_NULL_ARGUMENT, and nothing else happens but that a
 * stream in is moved. The functions named *_free do nothing when given NULL.
 *
 * Handles. kam_ledger, kam_ledger_builder, kam_facts, kam_crm, kam_result, kam_review, kam_dossier, kam_book and kam_error are opaque. Each belongs to the
 * caller from the call that made it, and is freed once by the function of its name that ends in _free. No handle needs another one to live
 * on: a ledger may be freed as soon as the facts are made. A handle that was freed must not be used again.
 *
 * const. A call does not change what it takes as a pointer to const. A book is a handle to a file: what is appended changes the file.
 *
 * Threads. Any number of threads may call at once, and may use one handle at once in arguments that are pointers to const. A call that
 * takes a handle as a pointer to non-const, and the one that frees it, needs the handle for itself. There is no global state to set up.
 * A call may itself use several threads (as many as the machine has, or as RAYON_NUM_THREADS says); they never call the caller's functions.
 *
 * Strings. Every string, in and out, is UTF-8 and ends with a zero byte; one in that is not UTF-8 gives KAM_INVALID_UTF8. Strings in are
 * copied. A string out that is a pointer to const belongs to the handle it was asked of, and lives as long: never free it.
 *
 * JSON. Options and summaries are JSON. Names that an object must not have, wrong types and impossible values give KAM_OPTION and a
 * message that says which.
 *
 * Tables. Tables go in and out as Arrow C streams (https://arrow.apache.org/docs/format/CStreamInterface.html). A stream in is moved: when
 * the call returns, `stream->release` is NULL, whether the call succeeded or not. A stream out is written into the caller's struct, whose
 * former contents are overwritten; the caller calls its `release`. The cells of a table with a row an account are worked out when it is asked
 * for, anew at every call: of a million accounts that takes a second or so and the memory of its columns. Columns are text (utf8), 64-bit
 * integers and doubles, booleans, 32-bit dates, and lists of these; the account column is always called `account`. Money in tables is in
 * units of the currency.
 *
 * Defects. No panic of the library crosses into the caller: one gives KAM_INTERNAL and a note on stderr. A pointer that is neither NULL nor
 * what it is said to be is beyond what can be checked.
 */

#ifndef KAM_H
#define KAM_H

#include <stddef.h>
#include <stdint.h>

/* The structs of the Arrow C data and stream interfaces, as their specification asks to repeat them. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

#ifdef __cplusplus
extern "C" {
#endif

/* -- What every call returns ----------------------------------------------------------------------------------------------------------- */

/**
 * What a call returns: KAM_OK, or why it failed. Numbers are stable and never reused; newer versions may add some, so treat one that
 * you do not know as a failure. Blocks of one hundred belong to one stage: 100 reading a source, 200 columns and their types, 300
 * options, 400 facts, 500 crm tables, 600 fitting a model, 700 the book, 900 the caller or a defect.
 */
typedef int32_t kam_status;

#define KAM_OK 0                      /**< Done; the outputs are written. */
#define KAM_SOURCE_NOT_FOUND 101      /**< A file or folder that is not there or may not be read. */
#define KAM_SOURCE_DAMAGED 102        /**< A file that is not what its name says, is empty, or is cut short. */
#define KAM_SOURCE_UNSUPPORTED 103    /**< A kind of source that kam does not read. */
#define KAM_SOURCE_FAILED 104         /**< A failure below kam while a source was read: disk, network, the caller's stream. */
#define KAM_NOT_UTF8 105              /**< Bytes in the data that are not UTF-8. */
#define KAM_TOO_MANY_BAD_ROWS 110     /**< More bad rows than max_bad_share allows, or any with on_bad_rows = raise. */
#define KAM_CURRENCY_WITHOUT_RATE 111 /**< Several currencies and no rates, or a currency that the rates do not know. */
#define KAM_COLUMN_MISSING 201        /**< A column that the source does not have. */
#define KAM_COLUMN_TYPE 202           /**< A column whose type cannot hold what it should. */
#define KAM_COLUMN_CHANGED 203        /**< Batches or files of one ledger that disagree on a column. */
#define KAM_OPTION 301                /**< An option of no such name, a wrong type or an impossible value; JSON that cannot be read. */
#define KAM_UNKNOWN_METHOD 302        /**< A method that does not exist. */
#define KAM_DATE 303                  /**< A date that cannot be read or is impossible. */
#define KAM_OVERFLOW 401              /**< Money that does not fit 63 bits at the chosen scale. */
#define KAM_STATE_MISMATCH 402        /**< States that cannot be merged, or cannot answer what was asked. */
#define KAM_STATE_DAMAGED 403         /**< Encoded facts that are damaged or of a newer version. */
#define KAM_MISSING_INPUT 404         /**< A method that lacks what it needs. */
#define KAM_UNKNOWN_ACCOUNT 405       /**< An account that the facts do not know. */
#define KAM_DUPLICATE_KEY 501         /**< Two rows of a crm table for one key. */
#define KAM_CRM_VALUE 502             /**< A value of a crm table that cannot be used. */
#define KAM_FIT_INPUT 601             /**< Input that a model cannot be fitted to. */
#define KAM_BOOK_HELD 701             /**< A book that another process holds. */
#define KAM_BOOK_DAMAGED 702          /**< A book that is damaged. */
#define KAM_BOOK_VERSION 703          /**< A book of a newer format. */
#define KAM_BOOK_COLUMNS 704          /**< A book or a batch with other columns than the book was made with. */
#define KAM_BOOK_BATCH 705            /**< A batch that stands in the book with other rows. */
#define KAM_BOOK_STORAGE 706          /**< A book that is not there, may not be written, or has no room left. */
#define KAM_INTERRUPTED 901           /**< The progress callback asked to stop. */
#define KAM_NULL_ARGUMENT 902         /**< A pointer is NULL that must not be; the message names the argument. */
#define KAM_INVALID_UTF8 903          /**< A string argument is not UTF-8; the message names the argument. */
#define KAM_INVALID_ARGUMENT 904      /**< An argument that cannot be: no such table, a released stream, columns of different lengths. */
#define KAM_INTERNAL 999              /**< A defect of kam: please report it. The call's handles can still be read and freed. */

/* -- Which library this is ------------------------------------------------------------------------------------------------------------- */

#define KAM_VERSION_MAJOR 0           /**< The major version that this header belongs to. */
#define KAM_VERSION_MINOR 1           /**< The minor version that this header belongs to. */
#define KAM_VERSION_PATCH 0           /**< The patch that this header belongs to. */

/**
 * The calling interface that this header describes. It grows with every change that a compiled program would notice; compare it with
 * kam_abi_version() when the library is loaded at run time.
 */
#define KAM_ABI_VERSION 1

/** The version of the library that is loaded, as text: "0.1.0". The text belongs to the library. */
const char *kam_version(void);

/** The calling interface of the library that is loaded: it fits a program that was compiled with the same KAM_ABI_VERSION. */
uint32_t kam_abi_version(void);

/* -- Why a call failed ----------------------------------------------------------------------------------------------------------------- */

/** Why a call failed: a code, a message that says where, and often a hint what to do. Read-only; free it with kam_error_free. */
typedef struct kam_error kam_error;

/** The code, the same that the call returned; KAM_OK for NULL. */
kam_status kam_error_code(const kam_error *error);

/** The message, which names table, row, column and value where there are any. It lives as long as the error; "" for NULL. */
const char *kam_error_message(const kam_error *error);

/** What to do about it, or NULL where there is no hint or no error. It lives as long as the error. */
const char *kam_error_hint(const kam_error *error);

/** Frees an error and its texts. NULL is allowed. */
void kam_error_free(kam_error *error);

/* -- Progress of long calls ------------------------------------------------------------------------------------------------------------ */

/**
 * Hears how far the work is, and may stop it: return 0 to go on, anything else to stop with KAM_INTERRUPTED.
 *
 * `user` is the pointer that was given with the callback; `stage` is valid during the call only; `done` of `total` are rows (or
 * methods of a review), `total` is 0 where it is not known. It is called on the thread that made the call, must not throw or jump out,
 * and must not change or free the handles of the call.
 */
typedef int (*kam_progress)(void *user, const char *stage, uint64_t done, uint64_t total);

/* -- Ledgers: files and Arrow streams -------------------------------------------------------------------------------------------------- */

/** A sales ledger: where its rows are, and what its columns mean. Free it with kam_ledger_free; facts made of it live on. */
typedef struct kam_ledger kam_ledger;

/**
 * A ledger in files: the path of a Parquet, CSV or Arrow IPC file, or a glob of such ("sales/2024-*.parquet").
 *
 * `columns_json` says which column is which: {"account": …, "date": …, "amount": …} are required, and any of "order", "cost",
 * "cost_to_serve", "list_amount", "direction", "currency", "manager", "date_format", "amount_format", "timezone", "scale",
 * "base_currency", "on_bad_rows", "max_bad_share", "earliest", "latest", "delimiter", "header" may follow. A money column may be a
 * formula of two columns, "quantity * price" or "sales - profit".
 *
 * Nothing is read before kam_facts_new, so a file that is not there is reported by that call. On success `*ledger` is the caller's.
 * Fails with KAM_OPTION where `columns_json` is not JSON or not as it must be.
 */
kam_status kam_ledger_open(const char *path,
                           const char *columns_json,
                           kam_ledger **ledger,
                           kam_error **error);

/** A ledger in several files or globs, `count` of them, read in this order. Otherwise as kam_ledger_open. */
kam_status kam_ledger_open_files(const char *const *paths,
                                 size_t count,
                                 const char *columns_json,
                                 kam_ledger **ledger,
                                 kam_error **error);

/**
 * A ledger from an Arrow stream. Its batches are taken up at once and kept, without a copy, so facts can be made of it any number of
 * times.
 *
 * The stream is moved: after the call it is marked as released, whether the call succeeded or not, and the caller only reuses or
 * discards the struct. The ledger holds the batches until it is freed. Row numbers in messages count from 1 over all batches.
 * `columns_json` is as for kam_ledger_open. On success `*ledger` is the caller's.
 *
 * Fails with KAM_OPTION for `columns_json`, KAM_INVALID_ARGUMENT for a stream that was released, KAM_SOURCE_FAILED where the stream
 * itself fails, KAM_NOT_UTF8 and KAM_SOURCE_DAMAGED where what it brings cannot be read.
 */
kam_status kam_ledger_from_stream(struct ArrowArrayStream *stream,
                                  const char *columns_json,
                                  kam_ledger **ledger,
                                  kam_error **error);

/**
 * A ledger from an Arrow stream that is larger than memory: kam_facts_new reads it batch by batch, on the thread that calls it, and
 * keeps none. Facts can be made of it once; a second time is KAM_SOURCE_FAILED. Otherwise as kam_ledger_from_stream.
 */
kam_status kam_ledger_from_stream_once(struct ArrowArrayStream *stream,
                                       const char *columns_json,
                                       kam_ledger **ledger,
                                       kam_error **error);

/**
 * Sets the rates that turn all money of the ledger into one currency; the ledger needs a currency column.
 *
 * `base` is the currency to turn into. `rates_json` is a list of {"currency": "CAD", "date": "2015-01-05", "rate": "1.25"}: from that
 * day on, one unit of the base buys that many units of the currency. Rates are exact decimals, best given as text. A failed call
 * leaves the ledger as it was.
 *
 * Fails with KAM_OPTION for `rates_json` and for a ledger without a currency column, KAM_DATE for a date, KAM_CURRENCY_WITHOUT_RATE for
 * a rate that cannot be.
 */
kam_status kam_ledger_set_rates(kam_ledger *ledger,
                                const char *base,
                                const char *rates_json,
                                kam_error **error);

/** Frees a ledger. NULL is allowed. */
void kam_ledger_free(kam_ledger *ledger);

/* -- Ledgers pushed in plain C arrays, for hosts without Arrow ------------------------------------------------------------------------- */

/** A ledger in the making, of plain C arrays. Free it with kam_ledger_builder_free, also after kam_ledger_builder_finish. */
typedef struct kam_ledger_builder kam_ledger_builder;

/**
 * Begins a ledger of plain C arrays.
 *
 * `settings_json` is NULL or what kam_ledger_open takes as columns_json without the names of columns, such as {"scale": 2,
 * "base_currency": "EUR"}. The scale (2 without) says what a minor unit is: with 2, 1050 stands for 10.50. On success `*builder` is the
 * caller's. Fails with KAM_OPTION for `settings_json`.
 */
kam_status kam_ledger_builder_new(const char *settings_json,
                                  kam_ledger_builder **builder,
                                  kam_error **error);

/**
 * Adds rows: `rows` values each of the account (text; NULL in a row without one), the day (days since 1970-01-01), the amount and, if
 * `cost_minor` is not NULL, the cost, both in minor units. Everything is copied. A failed call adds nothing. Fails with KAM_INVALID_UTF8
 * for an account, naming its row.
 */
kam_status kam_ledger_builder_push(kam_ledger_builder *builder,
                                   size_t rows,
                                   const char *const *accounts,
                                   const int32_t *days_since_1970,
                                   const int64_t *amount_minor,
                                   const int64_t *cost_minor,
                                   kam_error **error);

/** Adds rows whose accounts are whole numbers. Otherwise as kam_ledger_builder_push; a ledger has the one kind of accounts or the other. */
kam_status kam_ledger_builder_push_numbered(kam_ledger_builder *builder,
                                            size_t rows,
                                            const int64_t *accounts,
                                            const int32_t *days_since_1970,
                                            const int64_t *amount_minor,
                                            const int64_t *cost_minor,
                                            kam_error **error);

/**
 * Adds a money column to the rows of the last push: "cost", "cost_to_serve" or "list_amount", `rows` values in minor units.
 * Every push must get the same columns. Everything is copied. A failed call adds nothing. Fails with KAM_INVALID_ARGUMENT for another
 * column, another number of rows, a column given already, or before the first push.
 */
kam_status kam_ledger_builder_add_money(kam_ledger_builder *builder,
                                        const char *column,
                                        size_t rows,
                                        const int64_t *minor,
                                        kam_error **error);

/**
 * Adds a text column to the rows of the last push: "order", "direction", "currency" or "manager", `rows` texts, NULL where a row has
 * none. Every push must get the same columns. Everything is copied. A failed call adds nothing. Fails as kam_ledger_builder_add_money, and
 * with KAM_INVALID_UTF8 for a value, naming its row.
 */
kam_status kam_ledger_builder_add_text(kam_ledger_builder *builder,
                                       const char *column,
                                       size_t rows,
                                       const char *const *values,
                                       kam_error **error);

/**
 * Makes a ledger of the rows pushed so far. The builder stays the caller's, may be pushed more rows and finished again. On success
 * `*ledger` is the caller's. Fails with KAM_INVALID_ARGUMENT where pushes have different columns.
 */
kam_status kam_ledger_builder_finish(const kam_ledger_builder *builder,
                                     kam_ledger **ledger,
                                     kam_error **error);

/** Frees a builder. Ledgers made of it live on. NULL is allowed. */
void kam_ledger_builder_free(kam_ledger_builder *builder);

/* -- The optional tables of a CRM ------------------------------------------------------------------------------------------------------ */

/**
 * What a CRM knows beside the ledger: any of the tables accounts, ratings, activities, opportunities, contacts, plans, contracts,
 * competitors, managers, manager_ratings. Free it with kam_crm_free; results and reviews made of it live on.
 */
typedef struct kam_crm kam_crm;

/**
 * An empty crm. `options_json` is NULL or {"date_format": "%d.%m.%Y", "timezone": "Europe/Berlin"}: how text dates of its tables are
 * written (ISO 8601 without) and in which zone instants become days (UTC without). On success `*crm` is the caller's. Fails
 * with KAM_OPTION for `options_json`.
 */
kam_status kam_crm_new(const char *options_json,
                       kam_crm **crm,
                       kam_error **error);

/**
 * Adds a table from an Arrow stream; it is checked at once.
 *
 * `columns_json` is NULL where the columns have their canonical names, or says which column is which: {"account": "customer"}.
 * The stream is moved: after the call it is marked as released, whether the call succeeded or not. A failed call adds nothing. A table
 * can be given once. No other thread may use the crm during the call.
 *
 * Fails with KAM_OPTION for a table that does not exist or was given and for `columns_json`, the codes of 200 for its columns, those of
 * 500 for its rows, and for the stream as kam_ledger_from_stream.
 */
kam_status kam_crm_add_stream(kam_crm *crm,
                              const char *table,
                              struct ArrowArrayStream *stream,
                              const char *columns_json,
                              kam_error **error);

/**
 * Adds a table from a file: Parquet, CSV with commas and a header, or Arrow IPC. Otherwise as kam_crm_add_stream.
 *
 * Fails with the codes of 100 where the file is not there or cannot be read, and as kam_crm_add_stream.
 */
kam_status kam_crm_add_file(kam_crm *crm,
                            const char *table,
                            const char *path,
                            const char *columns_json,
                            kam_error **error);

/** Frees a crm. NULL is allowed. */
void kam_crm_free(kam_crm *crm);

/* -- Facts: the ledger summed up ------------------------------------------------------------------------------------------------------- */

/**
 * The exact sums of a ledger per account and period: what every method reads. It does not change, and any number of threads may use
 * it at once. Free it with kam_facts_free; results and reviews made of it live on.
 */
typedef struct kam_facts kam_facts;

/**
 * Reads a ledger and sums it up.
 *
 * `options_json` is {"as_of": "2011-12-09", "grain": "month", "window": 12, "perspective": "customer"}: the day the facts are seen from
 * (required: kam never reads the clock), the period of the series (day, week, month, quarter or year; month without), the number of
 * periods that segments and shares use (12 without), or "all", and whether accounts are customers or, of a purchase ledger, suppliers
 * ("supplier"; "customer" without). Rows that cannot be used are in the table "quarantine"; too many of them are KAM_TOO_MANY_BAD_ROWS.
 * On success `*facts` is the caller's, and needs the ledger no more.
 *
 * Fails with KAM_OPTION for `options_json`, the codes of 100 for a source that cannot be read and currencies without a rate, those of
 * 200 for its columns, KAM_OVERFLOW for sums too large.
 */
kam_status kam_facts_new(const kam_ledger *ledger,
                         const char *options_json,
                         kam_facts **facts,
                         kam_error **error);

/**
 * kam_facts_new that reports its progress and can be stopped. `progress` may be NULL; `user` is passed on to it and may be NULL. Fails
 * as kam_facts_new, and with KAM_INTERRUPTED where the callback says so.
 */
kam_status kam_facts_new_with_progress(const kam_ledger *ledger,
                                       const char *options_json,
                                       kam_progress progress,
                                       void *user,
                                       kam_facts **facts,
                                       kam_error **error);

/**
 * Makes facts of head offices: each account is counted with the top of its chain of parents, which the crm's table "accounts" names in
 * its column "parent". On success `*rolled_up` is the caller's, and needs neither the facts nor the crm any more.
 *
 * Fails with KAM_MISSING_INPUT for a crm without that table or column, KAM_CRM_VALUE for parents that go in a circle.
 */
kam_status kam_facts_roll_up(const kam_facts *facts,
                             const kam_crm *crm,
                             kam_facts **rolled_up,
                             kam_error **error);

/**
 * Makes facts whose cost to serve holds the cost of the crm's activities, so that profit and every method on it count them.
 *
 * `options_json` is NULL or {"hour_rate": 95.0, "spread": "revenue"}: what an hour costs where an activity does not say what it cost, and
 * by what (revenue, lines, orders, equal) the cost that belongs to no account is shared out. On success `*served` is the caller's, and needs
 * neither the facts nor the crm any more.
 *
 * Fails with KAM_OPTION for `options_json`, KAM_MISSING_INPUT for a crm without activities or their cost, KAM_STATE_MISMATCH for facts that
 * hold the cost already, KAM_OVERFLOW for sums too large.
 */
kam_status kam_facts_with_cost_to_serve(const kam_facts *facts,
                                        const kam_crm *crm,
                                        const char *options_json,
                                        kam_facts **served,
                                        kam_error **error);

/**
 * Gives a table of the facts as an Arrow stream: "accounts" (one row an account), "periods" (an account and period), "directions" (an
 * account and direction), "quarantine" (the rows that could not be used, and why) or "reconciliation" (how rows and money add up).
 *
 * The caller releases the stream. It may outlive the facts. Fails with KAM_INVALID_ARGUMENT for another name.
 */
kam_status kam_facts_table(const kam_facts *facts,
                           const char *name,
                           struct ArrowArrayStream *stream,
                           kam_error **error);

/** Gives the facts in short as JSON: as_of, the window, accounts, rows, totals. The text belongs to the facts and lives as long as they. */
kam_status kam_facts_summary(const kam_facts *facts,
                             const char **json,
                             kam_error **error);

/** Frees facts. NULL is allowed. */
void kam_facts_free(kam_facts *facts);

/* -- Methods and what they give -------------------------------------------------------------------------------------------------------- */

/**
 * What a method gave: tables, the first of which is the main one, and a summary. It does not change, and any number of threads may use
 * it at once. Free it with kam_result_free.
 */
typedef struct kam_result kam_result;

/**
 * Runs a method of the registry by its name: "abc", "pareto", "pyramid" and so on, see kam_methods.
 *
 * `crm` may be NULL. `options_json` is NULL or an object of the options that differ from their defaults. A method that needs a column
 * or table that was not given is KAM_MISSING_INPUT. On success `*result` is the caller's; it does not need facts and crm to live on.
 * Fails with KAM_UNKNOWN_METHOD and, for `options_json`, KAM_OPTION as well.
 */
kam_status kam_run(const kam_facts *facts,
                   const kam_crm *crm,
                   const char *method,
                   const char *options_json,
                   kam_result **result,
                   kam_error **error);

/** Gives the number of tables. */
kam_status kam_result_table_count(const kam_result *result, size_t *count, kam_error **error);

/**
 * Gives the name of a table; table 0 is the main one. The text belongs to the result and lives as long as it. Fails with
 * KAM_INVALID_ARGUMENT where there are not so many tables.
 */
kam_status kam_result_table_name(const kam_result *result,
                                 size_t index,
                                 const char **name,
                                 kam_error **error);

/**
 * Gives a table as an Arrow stream, by its name or, if `name` is NULL, the main one. A field's metadata say under "kam.unit" what its
 * numbers are: money, share, count, days, periods, number or plain.
 *
 * The caller releases the stream. It may outlive the result. Fails with KAM_INVALID_ARGUMENT for a name that is none of its tables.
 */
kam_status kam_result_table(const kam_result *result,
                            const char *name,
                            struct ArrowArrayStream *stream,
                            kam_error **error);

/** Gives the few figures that sum the result up, as a JSON object. The text belongs to the result and lives as long as it. */
kam_status kam_result_summary(const kam_result *result,
                              const char **json,
                              kam_error **error);

/**
 * Gives what the numbers of the summary are, as a JSON object: by name money, share (0.25 is 25 %), count, days, periods or number. A name
 * stands for all numbers below it, "outer.inner" for some of them. The text belongs to the result and lives as long as it.
 */
kam_status kam_result_units(const kam_result *result,
                            const char **json,
                            kam_error **error);

/**
 * Gives the whole result as JSON: {"summary": {…}, "units": {name: unit}, "tables": {name: {"name": …, "rows": n, "columns": {name:
 * [values]}}}}. The text belongs to the result and lives as long as it.
 */
kam_status kam_result_json(const kam_result *result,
                           const char **json,
                           kam_error **error);

/**
 * Gives a chart as a Vega-Lite specification in JSON, for light paper: the one of this name, or if `name` is NULL the main one. Its data are
 * in it, thinned where the result is large. A chart with nothing to show says so. kam_methods lists which method has which charts.
 *
 * The text belongs to the result and lives as long as it. Fails with KAM_OPTION for a name that is none of its charts, and with
 * KAM_INVALID_ARGUMENT where the method has no charts.
 */
kam_status kam_result_chart(const kam_result *result,
                            const char *name,
                            const char **json,
                            kam_error **error);

/**
 * kam_result_chart in a theme: "light" (as NULL), "dark", or "page", whose colours are custom properties of the page's style sheet
 * (`var(--kam-accent)` and so on, see docs/charts.md). Fails as kam_result_chart, and with KAM_OPTION for another theme.
 */
kam_status kam_result_chart_in(const kam_result *result,
                               const char *name,
                               const char *theme,
                               const char **json,
                               kam_error **error);

/** Frees a result. NULL is allowed. */
void kam_result_free(kam_result *result);

/* -- Calculations: the domain-free numerics by name ------------------------------------------------------------------------------------ */

/**
 * Calculates by name, domain-free and without facts: "mcda.topsis", "btyd.fit" and so on, see kam_calculations.
 *
 * `input_json` is an object of what the calculation takes, null where a number is missing. On success `*result` is the caller's: it has no
 * tables, and kam_result_summary gives what was calculated. Fails with KAM_UNKNOWN_METHOD and, for `input_json`, KAM_OPTION as well.
 */
kam_status kam_calculate(const char *name,
                         const char *input_json,
                         kam_result **result,
                         kam_error **error);

/* -- What methods and calculations there are ------------------------------------------------------------------------------------------- */

/**
 * Gives every method as a JSON list of {"name", "title", "about", "family", "needs": [what it cannot do without], "builds_on": [methods],
 * "tables": [{"name", "rows"}], "charts": [{"name", "about"}], "options": their JSON schema, "defaults": {…}}. The text belongs to the
 * library and lives as long as it.
 */
kam_status kam_methods(const char **json,
                       kam_error **error);

/**
 * Gives every calculation as a JSON list of {"name", "about", "input": the JSON schema of what it takes}. The text belongs to the
 * library and lives as long as it.
 */
kam_status kam_calculations(const char **json,
                            kam_error **error);

/* -- The review: every method that the data allow, at once ----------------------------------------------------------------------------- */

/**
 * What every method that the data allow says, in one. It does not change, and any number of threads may use it at once. Free it with
 * kam_review_free.
 */
typedef struct kam_review kam_review;

/**
 * Runs every method that the data allow. A method that lacks a table or column is listed as skipped, with the reason.
 *
 * `crm` may be NULL. `options_json` is NULL or {"methods": ["abc", …], "options": {"abc": {…}, …}}: the methods to run (all without),
 * and the options of single methods that differ from their defaults. On success `*review` is the caller's; it does not need facts and
 * crm to live on. Fails with KAM_OPTION for `options_json` and KAM_UNKNOWN_METHOD for a method that it names.
 */
kam_status kam_review_new(const kam_facts *facts,
                          const kam_crm *crm,
                          const char *options_json,
                          kam_review **review,
                          kam_error **error);

/**
 * kam_review_new that reports its progress, method by method, and can be stopped. `progress` may be NULL; `user` is passed on to it and
 * may be NULL. Fails as kam_review_new, and with KAM_INTERRUPTED where the callback says so.
 */
kam_status kam_review_new_with_progress(const kam_facts *facts,
                                        const kam_crm *crm,
                                        const char *options_json,
                                        kam_progress progress,
                                        void *user,
                                        kam_review **review,
                                        kam_error **error);

/**
 * Gives a table as an Arrow stream: "accounts" (the master table, one row an account with what every method says of it), "skipped"
 * (method, reason, hint), "reconciliation", "quarantine", the main table of a method by the method's name ("abc"), or any of its tables
 * as "method.table".
 *
 * The caller releases the stream. It may outlive the review. Fails with KAM_INVALID_ARGUMENT for a name that is none of these.
 */
kam_status kam_review_table(const kam_review *review,
                            const char *name,
                            struct ArrowArrayStream *stream,
                            kam_error **error);

/**
 * Gives the whole review as JSON: facts, methods (each with title, about, options, summary, tables), skipped, accounts, reconciliation,
 * quarantine. The text belongs to the review and lives as long as it.
 */
kam_status kam_review_json(const kam_review *review,
                           const char **json,
                           kam_error **error);

/**
 * Gives the review as one self-contained HTML page that asks for nothing from outside; what comes from data is escaped. Its tables sort and
 * search by a script of the page's own; charts need kam_review_html_with. The text belongs to the review and lives as long as it.
 */
kam_status kam_review_html(const kam_review *review,
                           const char **html,
                           kam_error **error);

/**
 * Compares a review with an older one: who moved between classes, levels and quadrants, and which figures moved them.
 *
 * `options_json` is NULL or {"methods": ["abc", …]}: the methods whose classes are compared, all without. On success `*result` is the caller's; its
 * tables are "changes" (one row an account and class that changed), "moves" (one row a class and a pair of words) and "accounts" (those that only
 * one review knows). Rules that are not what they were (window, grain, options) stand in the summary as "rules_changed", and its "note" says so. It
 * does not need the reviews to live on. Fails with KAM_STATE_MISMATCH for reviews of two currencies or of two ends of the relationship, or where
 * the older one is of a later day; KAM_OPTION for `options_json`.
 */
kam_status kam_review_compare(const kam_review *review,
                              const kam_review *older,
                              const char *options_json,
                              kam_result **result,
                              kam_error **error);

/**
 * kam_review_html with options, NULL or an object of: "title", "max_rows" (of each table), "max_accounts" (of the master table, largest revenue
 * first), "dossiers" (for how many key accounts, or an array of accounts), and "script": the text of a script that gives `vegaEmbed`, with Vega
 * and Vega-Lite in it, by which the page draws its charts.
 *
 * The text belongs to the review and lives as long as it. Fails with KAM_OPTION for `options_json`, also where "script" cannot stand inside a page.
 */
kam_status kam_review_html_with(const kam_review *review,
                                const char *options_json,
                                const char **html,
                                kam_error **error);

/** Frees a review. NULL is allowed. */
void kam_review_free(kam_review *review);

/* -- The dossier of one account, from a review ----------------------------------------------------------------------------------------- */

/**
 * Everything that a review knows of one account. It does not change, and any number of threads may use it at once. It lives on when the
 * review is freed. Free it with kam_dossier_free.
 */
typedef struct kam_dossier kam_dossier;

/**
 * Gives the dossier of an account, by its key in the ledger or the crm: who it is, its group, its classes with the figures that put it there,
 * what was delivered, won and lost, what was done, who decides, competitors, contracts, plans, ratings, and what to do next.
 *
 * It takes microseconds whatever the size of the review. `options_json` is NULL or {"rows": 20, "periods": 24, "due_within_days": 90}: how many
 * rows of each list and how many periods it holds, and until when clauses are a next step. On success `*dossier` is the caller's. Fails with
 * KAM_UNKNOWN_ACCOUNT for a key that is not there, and the error's hint names keys like it; KAM_OPTION for `options_json`.
 */
kam_status kam_review_dossier(const kam_review *review,
                              const char *account,
                              const char *options_json,
                              kam_dossier **dossier,
                              kam_error **error);

/** Gives the dossier as JSON. The text belongs to the dossier and lives as long as it. */
kam_status kam_dossier_json(const kam_dossier *dossier, const char **json, kam_error **error);

/** Gives the dossier as Markdown (CommonMark with tables); what comes from data is escaped. The text belongs to the dossier and lives as long as it. */
kam_status kam_dossier_markdown(const kam_dossier *dossier,
                                const char **markdown,
                                kam_error **error);

/**
 * Gives the dossier as a fragment of HTML with its style, without scripts and without anything from outside; what comes from data is escaped. The
 * text belongs to the dossier and lives as long as it.
 */
kam_status kam_dossier_html(const kam_dossier *dossier,
                            const char **html,
                            kam_error **error);

/** Frees a dossier. NULL is allowed. */
void kam_dossier_free(kam_dossier *dossier);

/* -- The book: a persistent ledger of facts -------------------------------------------------------------------------------------------- */

/**
 * A persistent ledger of facts in one file: batches are appended as they come, facts asked for at any time. Any number of threads may
 * use one book at once, also to append: appends wait for each other, facts do not wait for appends. Free it with kam_book_free, which
 * lets go of the file; facts made of it live on.
 */
typedef struct kam_book kam_book;

/** What became of a batch. */
typedef struct {
    /** 1 if the batch was in the book already with the same rows, so that nothing was done; 0 if it was added. */
    int32_t repeated;
    /** All rows that were read. */
    uint64_t rows;
    /** Rows that facts can use. */
    uint64_t used;
    /** Rows without an account. */
    uint64_t unassigned;
    /** Rows that could not be used. */
    uint64_t quarantined;
    /** How many stored runs were merged on the way, so that their number stays small. */
    uint64_t merged_runs;
    /**
     * NULL, or why runs that were due could not be merged, say for want of room: the batch is in the book all the same, and the next
     * append tries again. It is the caller's: free it with kam_error_free.
     */
    kam_error *merge_failure;
} kam_appended;

/**
 * Opens the book in a file, or makes a new one where there is none.
 *
 * `columns_json` is as for kam_ledger_open, and must be that with which the book was made. It may be NULL: then the book must be there,
 * and is opened as it was made. Another process that has the book open is KAM_BOOK_HELD, and so is another handle of this one. On
 * success `*book` is the caller's.
 *
 * Fails with KAM_OPTION for `columns_json`, KAM_BOOK_COLUMNS where it differs from the book's, KAM_BOOK_DAMAGED, KAM_BOOK_VERSION for a
 * book of a newer kam, KAM_BOOK_STORAGE where the file is not there or cannot be written.
 */
kam_status kam_book_open(const char *path,
                         const char *columns_json,
                         kam_book **book,
                         kam_error **error);

/**
 * Adds the rows of a ledger to the book as the batch `batch_id`, all or none. When it returns KAM_OK, they are on the disk.
 *
 * The ledger comes from files, a stream or a builder, and must have the columns of the book; a builder's columns have their own names:
 * {"account": "account", "date": "date", "amount": "amount", …}. A batch id that is in the book already with the same rows, in whatever
 * order, does nothing and says so in `appended`; with other rows it is KAM_BOOK_BATCH. `appended` may be NULL, and then nobody hears of a
 * failed merge.
 *
 * Fails with KAM_BOOK_COLUMNS for other columns, KAM_STATE_MISMATCH for another kind of accounts or currency, KAM_BOOK_STORAGE where the
 * disk is full, and as kam_facts_new for what is wrong with the ledger. After a failure the book is as it was.
 */
kam_status kam_book_append(const kam_book *book,
                           const kam_ledger *ledger,
                           const char *batch_id,
                           kam_appended *appended,
                           kam_error **error);

/**
 * kam_book_append that reports its progress and can be stopped, which adds nothing. `progress` may be NULL; `user` is passed on to it
 * and may be NULL. Fails as kam_book_append, and with KAM_INTERRUPTED where the callback says so.
 */
kam_status kam_book_append_with_progress(const kam_book *book,
                                         const kam_ledger *ledger,
                                         const char *batch_id,
                                         kam_progress progress,
                                         void *user,
                                         kam_appended *appended,
                                         kam_error **error);

/**
 * Makes facts of all batches that are in the book, as of any day and in any grain.
 *
 * `options_json` is as for kam_facts_new. The facts are those of one ledger with all rows, but for the table "quarantine", whose column
 * "source" names the batch and whose rows are numbered within it. On success `*facts` is the caller's, and needs the book no more.
 *
 * Fails with KAM_OPTION for `options_json`, KAM_MISSING_INPUT for a book without a batch, KAM_BOOK_DAMAGED.
 */
kam_status kam_book_facts(const kam_book *book,
                          const char *options_json,
                          kam_facts **facts,
                          kam_error **error);

/**
 * kam_book_facts that reports its progress and can be stopped. `progress` may be NULL; `user` is passed on to it and may be NULL. Fails
 * as kam_book_facts, and with KAM_INTERRUPTED where the callback says so.
 */
kam_status kam_book_facts_with_progress(const kam_book *book,
                                        const char *options_json,
                                        kam_progress progress,
                                        void *user,
                                        kam_facts **facts,
                                        kam_error **error);

/**
 * Gives the list of batches as an Arrow stream: batch_id, rows, used, unassigned, quarantined, amount, used_amount, first_date,
 * last_date, in the order in which they came. The caller releases the stream. It may outlive the book.
 */
kam_status kam_book_batches(const kam_book *book,
                            struct ArrowArrayStream *stream,
                            kam_error **error);

/**
 * Merges what was appended into what facts are read from fastest, and gives free room back to the disk. It costs as much as the whole
 * history; once a month or after a first load is enough. Fails with KAM_BOOK_STORAGE where the disk is full: the book is as it was.
 */
kam_status kam_book_compact(const kam_book *book,
                            kam_error **error);

/**
 * kam_book_compact that reports its progress and can be stopped, which leaves the book as it was. `progress` may be NULL; `user` is
 * passed on to it and may be NULL. Fails as kam_book_compact, and with KAM_INTERRUPTED where the callback says so.
 */
kam_status kam_book_compact_with_progress(const kam_book *book,
                                          kam_progress progress,
                                          void *user,
                                          kam_error **error);

/**
 * Copies the book as it is now into a new file, while it is in use. Fails with KAM_BOOK_STORAGE where there is a file already or no
 * room, KAM_BOOK_DAMAGED for a book that is not whole.
 */
kam_status kam_book_backup(const kam_book *book,
                           const char *path,
                           kam_error **error);

/** Reads the whole file and looks at every checksum. Fails with KAM_BOOK_DAMAGED, naming what is damaged. */
kam_status kam_book_verify(const kam_book *book, kam_error **error);

/** Frees a book and lets go of its file. NULL is allowed. */
void kam_book_free(kam_book *book);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* KAM_H */
