#include "desk.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct desk {
    sqlite3 *database;
    kam_book *book;
    pthread_t refresher;

    pthread_mutex_t mutex; /* over what follows */
    pthread_cond_t changed;
    day_text asked, closed, as_of; /* days to close, closed or being closed, and of the review */
    int reviews, stopping;

    pthread_rwlock_t swap; /* over the review: dossiers are made in microseconds, so nobody waits long */
    kam_review *review;
};

static void complain(const char *what, kam_status status, kam_error *error)
{
    fprintf(stderr, "%s: error %d: %s\n", what, (int)status, kam_error_message(error));
    kam_error_free(error);
}

static int stop_when_asked(void *user, const char *stage, uint64_t done, uint64_t total)
{
    struct desk *desk = user;
    (void)stage, (void)done, (void)total;
    pthread_mutex_lock(&desk->mutex);
    int stop = desk->stopping;
    pthread_mutex_unlock(&desk->mutex);
    return stop;
}

/* Appends a day as one batch. A day that is in the book already, because the program ended before it could go on, is not counted twice. */
static kam_status append(struct desk *desk, const char *day, kam_error **error)
{
    kam_ledger *ledger = NULL;
    kam_appended appended = {0};
    pthread_mutex_lock(&desk->mutex);
    if (strcmp(day, desk->closed) > 0)
        snprintf(desk->closed, sizeof desk->closed, "%s", day); /* from here on nobody records a sale of that day */
    pthread_mutex_unlock(&desk->mutex);
    kam_status status = store_sales_of(desk->database, day, &ledger, error);
    if (status == KAM_OK)
        status = kam_book_append_with_progress(desk->book, ledger, day, stop_when_asked, desk, &appended, error);
    if (status == KAM_OK)
        printf("%s: %s, %llu rows\n", day, appended.repeated ? "was there already" : "appended", (unsigned long long)appended.rows);
    if (appended.merge_failure != NULL)
        complain("a merge that will be tried again", kam_error_code(appended.merge_failure), appended.merge_failure);
    kam_ledger_free(ledger);
    return status;
}

/* Makes the review of everything that the book and the database know, and puts it in the place of the one before. */
static kam_status refresh(struct desk *desk, const char *as_of, kam_error **error)
{
    char options[64];
    kam_facts *facts = NULL;
    kam_crm *crm = NULL;
    kam_review *review = NULL;
    snprintf(options, sizeof options, "{\"as_of\":\"%s\"}", as_of);
    kam_status status = store_crm(desk->database, &crm, error);
    if (status == KAM_OK)
        status = kam_book_facts_with_progress(desk->book, options, stop_when_asked, desk, &facts, error);
    if (status == KAM_OK)
        status = kam_review_new_with_progress(facts, crm, NULL, stop_when_asked, desk, &review, error);
    if (status == KAM_OK) {
        pthread_rwlock_wrlock(&desk->swap);
        kam_review *older = desk->review;
        desk->review = review;
        pthread_rwlock_unlock(&desk->swap);
        kam_review_free(older); /* dossiers that were made from it live on */
        pthread_mutex_lock(&desk->mutex);
        snprintf(desk->as_of, sizeof desk->as_of, "%s", as_of);
        desk->reviews++;
        pthread_mutex_unlock(&desk->mutex);
        printf("review as of %s\n", as_of);
    }
    kam_facts_free(facts);
    kam_crm_free(crm);
    return status;
}

static void *refresher(void *argument)
{
    struct desk *desk = argument;
    day_text until, day = "";
    kam_error *error = NULL;
    pthread_mutex_lock(&desk->mutex);
    while (!desk->stopping) {
        if (strcmp(desk->asked, desk->as_of) <= 0) {
            pthread_cond_wait(&desk->changed, &desk->mutex);
            continue;
        }
        memcpy(until, desk->asked, sizeof until);
        memcpy(day, desk->closed, sizeof day);
        pthread_mutex_unlock(&desk->mutex);
        kam_status status = KAM_OK;
        while (status == KAM_OK && store_next_day(desk->database, day, until, day))
            status = append(desk, day, &error);
        if (status == KAM_OK && strcmp(day, until) < 0)
            status = append(desk, until, &error); /* a day without sales is closed as well */
        if (status == KAM_OK)
            status = refresh(desk, until, &error);
        if (status != KAM_OK && status != KAM_INTERRUPTED)
            complain(until, status, error);
        else
            kam_error_free(error);
        error = NULL;
        pthread_mutex_lock(&desk->mutex);
        if (status != KAM_OK && strcmp(desk->asked, until) == 0)
            desk->asked[0] = 0; /* not again and again: whoever asked may ask once more */
    }
    pthread_mutex_unlock(&desk->mutex);
    return NULL;
}

/* The last day in the book, read from its list of batches: nothing but the book says how far it is, so nothing can disagree with it. */
static kam_status last_batch(const kam_book *book, day_text day, kam_error **error)
{
    struct ArrowArrayStream stream;
    struct ArrowArray batch;
    kam_status status = kam_book_batches(book, &stream, error);
    if (status != KAM_OK)
        return status;
    while (stream.get_next(&stream, &batch) == 0 && batch.release != NULL) {
        const struct ArrowArray *ids = batch.children[0]; /* batch_id, text */
        const int32_t *offsets = (const int32_t *)ids->buffers[1] + ids->offset;
        if (batch.length > 0)
            snprintf(day, sizeof(day_text), "%.*s", (int)(offsets[batch.length] - offsets[batch.length - 1]),
                     (const char *)ids->buffers[2] + offsets[batch.length - 1]);
        batch.release(&batch);
    }
    stream.release(&stream);
    return KAM_OK;
}

struct desk *desk_open(sqlite3 *database, const char *book)
{
    kam_error *error = NULL;
    struct desk *desk = calloc(1, sizeof *desk);
    desk->database = database;
    pthread_mutex_init(&desk->mutex, NULL);
    pthread_cond_init(&desk->changed, NULL);
    pthread_rwlock_init(&desk->swap, NULL);
    kam_status status = kam_book_open(book, STORE_COLUMNS, &desk->book, &error);
    if (status == KAM_OK)
        status = last_batch(desk->book, desk->closed, &error);
    /* After a restart the newest day is appended once more: the book does nothing, or says that the database has other sales of it. */
    if (status == KAM_OK && desk->closed[0] != 0)
        status = append(desk, desk->closed, &error);
    memcpy(desk->asked, desk->closed, sizeof desk->asked);
    if (status == KAM_OK && pthread_create(&desk->refresher, NULL, refresher, desk) == 0)
        return desk;
    complain(book, status, error);
    kam_book_free(desk->book);
    free(desk);
    return NULL;
}

int desk_close_days(struct desk *desk, const char *day)
{
    if (!store_is_day(desk->database, day))
        return 0;
    pthread_mutex_lock(&desk->mutex);
    if (strcmp(day, desk->asked) > 0)
        snprintf(desk->asked, sizeof desk->asked, "%s", day);
    pthread_cond_signal(&desk->changed);
    pthread_mutex_unlock(&desk->mutex);
    return 1;
}

int desk_sell(struct desk *desk, const char *account, const char *day, const char *cents, const char *product)
{
    /* Not let go between the question and the answer: the day must not be closed meanwhile. */
    pthread_mutex_lock(&desk->mutex);
    int failed = strcmp(day, desk->closed) <= 0 ? SQLITE_READONLY : store_sell(desk->database, account, day, cents, product);
    pthread_mutex_unlock(&desk->mutex);
    return failed;
}

kam_status desk_dossier(struct desk *desk, const char *account, kam_dossier **dossier, kam_error **error)
{
    pthread_rwlock_rdlock(&desk->swap);
    kam_status status = desk->review == NULL ? KAM_MISSING_INPUT : kam_review_dossier(desk->review, account, NULL, dossier, error);
    pthread_rwlock_unlock(&desk->swap);
    return status;
}

void desk_status(struct desk *desk, char *text, size_t size)
{
    pthread_mutex_lock(&desk->mutex);
    snprintf(text, size, "{\"closed\":\"%s\",\"as_of\":\"%s\",\"reviews\":%d}\n", desk->closed, desk->as_of, desk->reviews);
    pthread_mutex_unlock(&desk->mutex);
}

void desk_free(struct desk *desk)
{
    pthread_mutex_lock(&desk->mutex);
    desk->stopping = 1;
    pthread_cond_signal(&desk->changed);
    pthread_mutex_unlock(&desk->mutex);
    pthread_join(desk->refresher, NULL);
    kam_review_free(desk->review);
    kam_book_free(desk->book);
    pthread_rwlock_destroy(&desk->swap);
    pthread_cond_destroy(&desk->changed);
    pthread_mutex_destroy(&desk->mutex);
    free(desk);
}
