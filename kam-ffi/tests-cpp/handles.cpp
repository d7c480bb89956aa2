// kam.hpp on a few rows: what becomes of handles, texts, streams, errors and progress.
#include <array>
#include <cstring>
#include <thread>
#include <type_traits>

#include "check.h"
#include "kam.hpp"

namespace {

const char *const AS_OF = R"({"as_of":"2024-12-31"})";
const char *const COLUMNS = R"({"account":"account","date":"date","amount":"amount"})";

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

// Makes a call that must throw this class with this code; gives the message.
template <class Failure, class Call>
std::string fails(kam_status code, Call call)
{
    try {
        call();
    } catch (const Failure &failure) {
        if (failure.code() != code)
            std::fprintf(stderr, "%d: %s\n", failure.code(), failure.what());
        CHECK(failure.code() == code);
        CHECK(std::strlen(failure.what()) > 0);
        return failure.what();
    } catch (const std::exception &other) {
        std::fprintf(stderr, "%s\n", other.what());
    }
    CHECK(!"the right class");
    return {};
}

kam::ledger pushed(kam::optional_text settings = R"({"base_currency":"EUR"})")
{
    kam::ledger_builder builder(settings);
    const std::vector<std::optional<std::string>> accounts{"Änderung GmbH", "ACME", std::nullopt, "ACME"};
    const std::int32_t days[] = {19737, 19800, 19801, 20000};
    const std::array<std::int64_t, 4> amounts{850000, 120050, 100, -5000};
    const std::vector<std::int64_t> costs{400000, 100000, 50, 0};
    builder.push(accounts, days, amounts, costs);
    builder.add_text("direction", std::array<const char *, 4>{"tools", "parts", nullptr, "parts"});
    builder.add_money("list_amount", costs);
    return builder.finish();
}

void handles_move()
{
    static_assert(!std::is_copy_constructible_v<kam::facts> && !std::is_copy_assignable_v<kam::facts>);
    static_assert(std::is_nothrow_move_constructible_v<kam::facts> && std::is_nothrow_move_assignable_v<kam::facts>);
    static_assert(!std::is_copy_constructible_v<kam::stream> && std::is_nothrow_move_constructible_v<kam::stream>);
    static_assert(std::is_nothrow_copy_constructible_v<kam::error>);
    static_assert(sizeof(kam::facts) == sizeof(kam_facts *));

    kam::facts facts(pushed(), AS_OF);
    kam::facts moved = std::move(facts);
    CHECK(moved.get() != nullptr && facts.get() == nullptr);
    fails<kam::call_error>(KAM_NULL_ARGUMENT, [&] { facts.summary(); });
    facts = std::move(moved);
    CHECK(has(facts.summary(), "\"accounts\":2") && has(facts.summary(), "EUR"));

    // Both headers in one program: a handle goes over to C and comes back.
    kam_facts *plain = facts.release();
    const char *json = nullptr;
    CHECK(facts.get() == nullptr && kam_facts_summary(plain, &json, nullptr) == KAM_OK);
    const kam::facts again(plain);
    CHECK(again.summary().data() == json);

    kam::crm crm;
    kam::crm other = std::move(crm);
    fails<kam::call_error>(KAM_NULL_ARGUMENT, [&] { kam::run(again, crm, "abc"); });
    fails<kam::call_error>(KAM_NULL_ARGUMENT, [&] { kam::review(again, crm); });
    CHECK(kam::run(again, other, "abc").table_count() > 0);
}

void texts_go_in_and_out()
{
    const std::string longer = std::string(AS_OF) + " and what is not part of the view";
    const kam::facts facts(pushed(), std::string_view(longer).substr(0, std::strlen(AS_OF)));
    const kam::result abc = kam::run(facts, "abc");
    const std::string_view summary = abc.summary();
    CHECK(summary == abc.summary() && summary.data() == abc.summary().data() && summary.data()[summary.size()] == 0);
    CHECK(has(abc.units(), "\"") && has(kam::run(facts, "abc").units(), "\""));
    static_assert(std::is_same_v<decltype(kam::run(facts, "abc").json()), std::string>);
    CHECK(kam::run(facts, "abc").json() == abc.json());
    CHECK(abc.table_name(0) == "abc" && abc.table_count() >= 1);
    CHECK(has(abc.chart(), "vega-lite") && has(abc.chart(std::nullopt, "dark"), "vega-lite"));
    CHECK(has(kam::run(facts, "abc", R"({"a":0.5})").json(), "tables"));
    CHECK(has(fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { kam::run(facts, std::string_view("a\0c", 3)); }), "`method`"));
    CHECK(kam::version() == "0.1.0" && kam::abi_version() == KAM_ABI_VERSION);
    CHECK(has(kam::methods(), "\"pyramid\"") && has(kam::calculations(), "\"mcda.topsis\""));
    CHECK(has(kam::calculate("mcda.entropy_weights", R"({"matrix":[[1,2],[3,4]]})").summary(), "0."));
}

void rows_are_pushed()
{
    kam::ledger_builder builder;
    const std::string_view views[] = {std::string_view("ACME and more").substr(0, 4), "Globex"};
    builder.push(views, {{19737, 19738}}, {{100, 200}});
    CHECK(has(kam::facts(builder.finish(), AS_OF).summary(), "\"accounts\":2"));
    // Nothing at all is a push too.
    builder.push(std::vector<std::string>(), {}, {});
    CHECK(has(kam::facts(builder.finish(), AS_OF).summary(), "\"accounts\":2"));
    const std::array<std::int64_t, 1> one{3};
    CHECK(has(fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { builder.push(views, {{1}}, {{1, 2}}); }), "`days` has 1 values for 2"));
    CHECK(has(fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { builder.push(views, {{1, 2}}, {{1, 2}}, one); }), "`cost` has 1"));
    const std::string zero[] = {"a", std::string("b\0c", 3)};
    CHECK(has(fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { builder.push(zero, {{1, 2}}, {{1, 2}}); }), "row 1"));
    CHECK(has(fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { builder.add_text("colour", zero); }), "row 1"));
    CHECK(has(fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { builder.add_text("colour", views); }), "colour"));

    kam::ledger_builder numbered(R"({"scale":0})");
    const std::int64_t numbers[] = {1, 2};
    numbered.push_numbered(numbers, {{19737, 19738}}, {{100, 200}}, kam::values(numbers));
    CHECK(has(kam::facts(numbered.finish(), AS_OF).summary(), "\"accounts\":2"));
}

void streams_go_in_and_out()
{
    const char *columns = R"({"account":"account","date":"last_date","amount":"revenue"})";
    kam::stream accounts = [] { return kam::facts(pushed(), AS_OF).table("accounts"); }(); // Its facts are gone.
    const kam::schema schema = accounts.columns();
    CHECK(schema->n_children > 3 && std::strcmp(schema->children[0]->name, "account") == 0);
    const kam::ledger kept = kam::ledger::of_stream(std::move(accounts), columns);
    CHECK(!accounts);
    CHECK(has(kam::facts(kept, AS_OF).summary(), "\"accounts\":2") && has(kam::facts(kept, AS_OF).summary(), "\"accounts\":2"));

    const kam::facts facts(pushed(), AS_OF);
    ArrowArrayStream raw = facts.table("accounts").release();
    const kam::ledger once = kam::ledger::of_stream_once(raw, columns);
    CHECK(raw.release == nullptr);
    CHECK(has(kam::facts(once, AS_OF).summary(), "\"accounts\":2"));
    fails<kam::ledger_error>(KAM_SOURCE_FAILED, [&] { kam::facts(once, AS_OF); });

    // A stream in is gone whatever happens, also where C is not even called.
    raw = facts.table("accounts").release();
    fails<kam::option_error>(KAM_OPTION, [&] { kam::ledger::of_stream(raw, "{"); });
    CHECK(raw.release == nullptr);
    raw = facts.table("accounts").release();
    fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { kam::ledger::of_stream(raw, std::string_view("\0", 1)); });
    CHECK(raw.release == nullptr);
    fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { kam::ledger::of_stream(raw, columns); });

    kam::stream table = kam::run(facts, "abc").table();
    std::int64_t rows = 0;
    while (const kam::array batch = table.next())
        rows += batch->length;
    CHECK(rows == 2);
    CHECK(kam::run(facts, "abc").table("abc").columns()->n_children > 1);

    kam::crm crm;
    crm.add_stream("accounts", facts.table("accounts"));
    raw = facts.table("accounts").release();
    CHECK(has(fails<kam::option_error>(KAM_OPTION, [&] { crm.add_stream("accounts", raw, R"({"account":"account"})"); }), "accounts"));
    CHECK(raw.release == nullptr);
}

void every_block_has_its_class(const std::string &folder)
{
    const kam::facts facts(pushed(), AS_OF);
    fails<kam::ledger_error>(KAM_SOURCE_NOT_FOUND, [&] { kam::facts(kam::ledger(folder + "/none.csv", COLUMNS), AS_OF); });
    std::FILE *file = std::fopen((folder + "/sales.csv").c_str(), "w");
    CHECK(file != nullptr && std::fputs("account,date,amount\nACME,2024-01-05,5\n", file) > 0 && std::fclose(file) == 0);
    const std::vector<std::string> paths{folder + "/sales.csv", folder + "/s*.csv"};
    CHECK(has(kam::facts(kam::ledger::of_files(paths, COLUMNS), AS_OF).summary(), "\"accounts\":1"));
    const kam::ledger other(paths[0], R"({"account":"customer","date":"date","amount":"amount"})");
    fails<kam::column_error>(KAM_COLUMN_MISSING, [&] { kam::facts(other, AS_OF); });
    fails<kam::option_error>(KAM_UNKNOWN_METHOD, [&] { kam::run(facts, "alphabet"); });
    fails<kam::facts_error>(KAM_MISSING_INPUT, [&] { kam::run(facts, "portfolio"); });
    fails<kam::facts_error>(KAM_MISSING_INPUT, [&] { facts.roll_up(kam::crm()); });
    fails<kam::facts_error>(KAM_MISSING_INPUT, [&] { facts.with_cost_to_serve(kam::crm(R"({"timezone":"UTC"})"), R"({"hour_rate":90})"); });
    file = std::fopen((folder + "/accounts.csv").c_str(), "w");
    CHECK(file != nullptr && std::fputs("account,name\nACME,A\nACME,B\n", file) > 0 && std::fclose(file) == 0);
    fails<kam::crm_error>(KAM_DUPLICATE_KEY, [&] { kam::crm().add_file("accounts", folder + "/accounts.csv"); });
    fails<kam::column_error>(KAM_COLUMN_MISSING, [&] { kam::crm().add_file("contacts", folder + "/accounts.csv", R"({"name":"title"})"); });
    fails<kam::fit_error>(KAM_FIT_INPUT, [&] { kam::calculate("btyd.fit", R"({"model":"bg_nbd","x":[1],"t_x":[5],"T":[2]})"); });
    fails<kam::call_error>(KAM_INVALID_ARGUMENT, [&] { facts.table("nothing"); });

    kam::ledger rated = pushed(std::nullopt);
    fails<kam::option_error>(KAM_OPTION, [&] { rated.set_rates("EUR", "[]"); });

    // What is caught by its base keeps all it has, and copies share it.
    try {
        kam::run(facts, "abd");
        CHECK(!"reached");
    } catch (const std::runtime_error &caught) {
        const auto *failure = dynamic_cast<const kam::error *>(&caught);
        CHECK(failure != nullptr && failure->code() == KAM_UNKNOWN_METHOD && has(failure->what(), "abd"));
        const kam::error copy = *failure;
        CHECK(copy.hint() && copy.hint()->data() == failure->hint()->data());
    }
}

void progress_is_heard(const std::string &folder)
{
    const kam::ledger ledger = pushed();
    int heard = 0;
    const kam::progress counts = [&](std::string_view stage, std::uint64_t, std::uint64_t) {
        CHECK(!stage.empty());
        heard++;
        return true;
    };
    const kam::progress stops = [](std::string_view, std::uint64_t, std::uint64_t) { return false; };
    const kam::progress throws = [](std::string_view, std::uint64_t, std::uint64_t) -> bool { throw std::domain_error("out of cheese"); };
    const auto thrown = [](const auto &call) {
        try {
            call();
            return false;
        } catch (const std::domain_error &failure) {
            return std::string_view(failure.what()) == "out of cheese";
        }
    };

    const kam::facts facts(ledger, AS_OF, counts);
    CHECK(heard > 0);
    CHECK(has(kam::facts(ledger, AS_OF, kam::progress()).summary(), "\"accounts\":2"));
    fails<kam::interrupted>(KAM_INTERRUPTED, [&] { kam::facts(ledger, AS_OF, stops); });
    CHECK(thrown([&] { kam::facts(ledger, AS_OF, throws); }));
    // A failure that is no interruption stays what it is.
    fails<kam::option_error>(KAM_OPTION, [&] { kam::facts(ledger, "{}", counts); });

    heard = 0;
    const kam::review review(facts, std::nullopt, counts);
    CHECK(heard > 10);
    CHECK(has(kam::review(facts, kam::crm(), R"({"methods":["abc"]})", counts).json(), "abc"));
    fails<kam::interrupted>(KAM_INTERRUPTED, [&] { kam::review(facts, std::nullopt, stops); });
    CHECK(thrown([&] { kam::review(facts, std::nullopt, throws); }));

    const kam::book book(folder + "/counted.kam", R"({"account":"account","date":"date","amount":"amount","cost":"cost",)"
                                                  R"("direction":"direction","list_amount":"list_amount","base_currency":"EUR"})");
    fails<kam::interrupted>(KAM_INTERRUPTED, [&] { book.append(ledger, "one", stops); });
    CHECK(thrown([&] { book.append(ledger, "one", throws); }));
    heard = 0;
    const kam::appended first = book.append(ledger, "one", counts);
    CHECK(heard > 0 && !first.repeated && first.rows == 4 && first.used == 3 && first.unassigned == 1 && !first.merge_failure);
    CHECK(thrown([&] { kam::facts(book, AS_OF, throws); }) && has(kam::facts(book, AS_OF, counts).summary(), "\"accounts\":2"));
    CHECK(thrown([&] { book.compact(throws); }));
    book.compact(counts);
}

void reviews_and_dossiers()
{
    const kam::facts facts(pushed(), AS_OF);
    std::optional<kam::review> review(std::in_place, facts);
    CHECK(has(review->json(), "\"abc\"") && has(review->html(), "<html") && has(review->html(R"({"title":"Ours"})"), "Ours"));
    CHECK(has(kam::review(facts).json(), "\"abc\"") && has(kam::review(facts).html(), "<html"));
    CHECK(review->table("accounts").next()->length == 2);
    const kam::result changes = review->compare(kam::review(facts, R"({"methods":["abc"]})"));
    CHECK(changes.table("changes").columns()->n_children > 0);

    // A dossier outlives its review, and threads read one at once.
    const kam::dossier dossier(*review, "ACME", R"({"rows":3})");
    fails<kam::facts_error>(KAM_UNKNOWN_ACCOUNT, [&] { kam::dossier(*review, "AC"); });
    review.reset();
    std::vector<std::thread> threads;
    std::array<std::string_view, 4> texts;
    for (auto &text : texts)
        threads.emplace_back([&dossier, &text] { text = dossier.json(); });
    for (auto &thread : threads)
        thread.join();
    for (const auto &text : texts)
        CHECK(has(text, "ACME") && text.data() == texts[0].data());
    CHECK(has(dossier.markdown(), "ACME") && has(dossier.html(), "ACME"));
}

void books_keep_what_they_got(const std::string &folder)
{
    const std::string path = folder + "/ledger.kam";
    std::optional<kam::book> book(std::in_place, path,
                                  R"({"account":"account","date":"date","amount":"amount","cost":"cost","direction":"direction",)"
                                  R"("list_amount":"list_amount","base_currency":"EUR"})");
    const kam::ledger ledger = pushed();
    CHECK(!book->append(ledger, "monday").repeated && book->append(ledger, "monday").repeated);
    fails<kam::book_error>(KAM_BOOK_HELD, [&] { kam::book second(path); });
    CHECK(has(kam::facts(*book, AS_OF).summary(), "\"accounts\":2"));
    CHECK(book->batches().next()->length == 1);
    book->compact();
    book->verify();
    book->backup(folder + "/copy.kam");
    fails<kam::book_error>(KAM_BOOK_STORAGE, [&] { book->backup(folder + "/copy.kam"); });
    book.reset();
    CHECK(kam::book(path).append(ledger, "monday").repeated);
    CHECK(kam::book(folder + "/copy.kam").batches().next()->length == 1);
}

} // namespace

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    handles_move();
    texts_go_in_and_out();
    rows_are_pushed();
    streams_go_in_and_out();
    every_block_has_its_class(argv[1]);
    progress_is_heard(argv[1]);
    reviews_and_dossiers();
    books_keep_what_they_got(argv[1]);
    std::printf("%d checks\n", checks);
    return 0;
}
