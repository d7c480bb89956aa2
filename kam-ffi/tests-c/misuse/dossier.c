#include "misuse.h"

int dossiers(const kam_facts *facts)
{
    kam_review *review = NULL;
    kam_dossier *dossier = UNTOUCHED(kam_dossier *);
    const char *text = UNTOUCHED(const char *);
    GIVES(kam_review_new(facts, NULL, NULL, &review, &error));
    IS_NULL("review", kam_review_dossier(NULL, "Änderung GmbH", NULL, &dossier, &error));
    IS_NULL("account", kam_review_dossier(review, NULL, NULL, &dossier, &error));
    IS_NULL("dossier", kam_review_dossier(review, "Änderung GmbH", NULL, NULL, &error));
    FAILS(KAM_INVALID_UTF8, "`account`", kam_review_dossier(review, BROKEN, NULL, &dossier, &error));
    FAILS(KAM_OPTION, "row", kam_review_dossier(review, "Änderung GmbH", "{\"row\":1}", &dossier, &error));
    FAILS(KAM_UNKNOWN_ACCOUNT, "Anderung GmbH", kam_review_dossier(review, "Anderung GmbH", NULL, &dossier, &error));
    CHECK(dossier == UNTOUCHED(kam_dossier *));
    GIVES(kam_review_dossier(review, "Änderung GmbH", "{\"rows\":3}", &dossier, &error));
    IS_NULL("dossier", kam_dossier_json(NULL, &text, &error));
    IS_NULL("json", kam_dossier_json(dossier, NULL, &error));
    IS_NULL("dossier", kam_dossier_markdown(NULL, &text, &error));
    IS_NULL("markdown", kam_dossier_markdown(dossier, NULL, &error));
    IS_NULL("dossier", kam_dossier_html(NULL, &text, &error));
    IS_NULL("html", kam_dossier_html(dossier, NULL, &error));
    CHECK(text == UNTOUCHED(const char *));
    /* It lives on without the review. */
    kam_review_free(review);
    GIVES(kam_dossier_json(dossier, &text, &error));
    CHECK(text[0] == '{' && strstr(text, "\"account\":\"Änderung GmbH\""));
    GIVES(kam_dossier_markdown(dossier, &text, &error));
    CHECK(text[0] == '#' && strstr(text, "Änderung GmbH"));
    GIVES(kam_dossier_html(dossier, &text, &error));
    CHECK(strstr(text, "</article>") && strstr(text, "Änderung GmbH"));
    kam_dossier_free(dossier);
    kam_dossier_free(NULL);
    return checks;
}
