/*
 * kam.hpp: kam.h in C++17. Header-only; link the same library.
 *
 *     kam::ledger ledger("sales.csv", R"({"account":"customer","date":"day","amount":"net"})");
 *     kam::facts facts(ledger, R"({"as_of":"2024-12-31"})");
 *     std::cout << kam::run(facts, "abc").json() << '\n';
 *
 * What a function does, which options it takes and which codes it fails with stands with the function of kam.h that it calls, and is not
 * repeated here. What C++ adds to the calling contract:
 *
 * Handles. One class for each handle, named like it: movable, not copyable, freed when it goes out of scope. A handle that was moved from
 * is empty: calls with it throw KAM_NULL_ARGUMENT. get() lends the C handle, release() hands it over, and the constructor from a C handle
 * takes one over, so both headers can be used in one program.
 *
 * Errors. A failure is thrown as kam::error, or as its subclass for the hundred that the code belongs to. A constructor that throws has
 * made nothing, and a call that throws has changed nothing.
 *
 * Strings. Strings in are std::string_view and need no zero byte at their end; one inside is KAM_INVALID_ARGUMENT. What may be NULL in C is
 * a std::optional. Texts out are a std::string_view into the handle, which lives as long as it (data() ends with a zero byte); asked of a
 * temporary, as in run(facts, "abc").json(), they are a std::string of their own.
 *
 * Streams. Tables go in as ArrowArrayStream, which is moved even if the call throws, and out as kam::stream, which releases itself.
 * Libraries of Arrow import what kam::stream::get() points to: they move it, and nothing is left to release.
 *
 * Progress. A std::function. What it throws stops the work, does not cross the border, and is thrown again by the call.
 *
 * Threads. As in kam.h: const member functions may be called by any number of threads at once, others need the object for themselves.
 */

#ifndef KAM_HPP
#define KAM_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "kam.h"

namespace kam {

/* -- Errors ---------------------------------------------------------------------------------------------------------------------------- */

/** A failed call: what() is the message, which names table, row, column and value where there are any. */
class error : public std::runtime_error {
public:
    error(kam_status code, const std::string &message, const char *hint = nullptr)
        : std::runtime_error(message), status(code), advice(hint == nullptr ? nullptr : std::make_shared<const std::string>(hint))
    {
    }

    /** The code, one of kam.h: stable, the same in every language. */
    kam_status code() const noexcept { return status; }

    /** What to do about it, where there is a hint. It lives as long as the error. */
    std::optional<std::string_view> hint() const noexcept
    {
        return advice == nullptr ? std::nullopt : std::optional<std::string_view>(*advice);
    }

private:
    kam_status status;
    std::shared_ptr<const std::string> advice; /* Shared, because copies of an exception must not throw. */
};

/** 1xx: a ledger that cannot be read, or of which too much cannot be used. */
class ledger_error : public error {
    using error::error;
};
/** 2xx: a column that is missing or of a type that cannot hold what it should. */
class column_error : public error {
    using error::error;
};
/** 3xx: an option, a method's name or a date that cannot be. */
class option_error : public error {
    using error::error;
};
/** 4xx: facts that cannot be made, or do not hold what was asked of them. */
class facts_error : public error {
    using error::error;
};
/** 5xx: a crm table with a row that cannot be used. */
class crm_error : public error {
    using error::error;
};
/** 6xx: input that a model cannot be fitted to. */
class fit_error : public error {
    using error::error;
};
/** 7xx: a book that is held, damaged, newer, made with other columns, or without room. */
class book_error : public error {
    using error::error;
};
/** 901: the progress function asked to stop. */
class interrupted : public error {
    using error::error;
};
/** 9xx: an argument that cannot be or, with KAM_INTERNAL, a defect of kam. */
class call_error : public error {
    using error::error;
};

/**
 * Hears how far the work is, as kam_progress: true to go on, false to stop, which throws kam::interrupted. It may throw; `total` is 0 where
 * it is not known.
 */
using progress = std::function<bool(std::string_view stage, std::uint64_t done, std::uint64_t total)>;

/** Options and columns as JSON text, none for the defaults. */
using optional_text = std::optional<std::string_view>;

/* -- What the classes are made of ------------------------------------------------------------------------------------------------------ */

namespace detail {

template <class T, void (*Free)(T *)>
struct deleter {
    void operator()(T *handle) const noexcept { Free(handle); }
};

/** The error of C as one of C++, which is thrown by the caller or kept. */
template <class Give>
void as_error(kam_status code, const kam_error *from, const Give &give)
{
    const std::string message = kam_error_message(from);
    const char *hint = kam_error_hint(from);
    if (code == KAM_INTERRUPTED)
        return give(interrupted(code, message, hint));
    switch (code / 100) {
    case 1: return give(ledger_error(code, message, hint));
    case 2: return give(column_error(code, message, hint));
    case 3: return give(option_error(code, message, hint));
    case 4: return give(facts_error(code, message, hint));
    case 5: return give(crm_error(code, message, hint));
    case 6: return give(fit_error(code, message, hint));
    case 7: return give(book_error(code, message, hint));
    case 9: return give(call_error(code, message, hint));
    default: return give(error(code, message, hint));
    }
}

using error_handle = std::unique_ptr<kam_error, deleter<kam_error, kam_error_free>>;

/** Makes a call with a place for its error, and throws what it finds there. */
template <class Call>
void check(const Call &call)
{
    kam_error *made = nullptr;
    const kam_status code = call(&made);
    const error_handle owner(made);
    if (code != KAM_OK)
        as_error(code, made, [](const auto &failure) { throw failure; });
}

/** The same for a call with an output. */
template <class T, class Call>
T output(const Call &call)
{
    T made{};
    check([&](kam_error **failure) { return call(&made, failure); });
    return made;
}

/** A function of C++ behind the callback of C. */
struct listener {
    const progress &function;
    std::exception_ptr thrown;
};

extern "C" inline int kam_hpp_progress(void *user, const char *stage, std::uint64_t done, std::uint64_t total) noexcept
{
    auto *hears = static_cast<listener *>(user);
    try {
        return hears->function(stage, done, total) ? 0 : 1;
    } catch (...) {
        hears->thrown = std::current_exception();
        return 1;
    }
}

/** A call with progress: `call` gets callback, user and the place for the error. What the function threw is thrown once `done` had its say. */
template <class Call>
void check_with(const progress &hear, const Call &call)
{
    listener hears{hear, nullptr};
    try {
        check([&](kam_error **failure) { return hear ? call(kam_hpp_progress, &hears, failure) : call(nullptr, nullptr, failure); });
    } catch (const interrupted &) {
        if (hears.thrown == nullptr)
            throw;
    }
    if (hears.thrown != nullptr)
        std::rethrow_exception(hears.thrown);
}

/** Text with a zero byte at its end, or NULL. `row` is where it stands in a list. */
class c_string {
public:
    c_string(optional_text from, const char *name, std::optional<std::size_t> row = std::nullopt)
        : given(from.has_value()), text(from.value_or(std::string_view()))
    {
        if (const auto at = text.find('\0'); at != std::string::npos)
            throw call_error(KAM_INVALID_ARGUMENT, (row ? "row " + std::to_string(*row) + " of the push: " : std::string()) + "argument `" +
                                                       name + "` has a zero byte at place " + std::to_string(at));
    }

    const char *get() const noexcept { return given ? text.c_str() : nullptr; }

private:
    bool given;
    std::string text;
};

/** A list of texts for C out of whatever stands for a text in C++; an empty optional, and a NULL, is none. */
class c_strings {
public:
    template <class List>
    c_strings(const List &list, const char *name) : argument(name)
    {
        for (const auto &value : list)
            add(value);
    }

    const char *const *data() const noexcept { return pointers.data(); }
    std::size_t size() const noexcept { return pointers.size(); }

private:
    void add(const char *value) { pointers.push_back(value); }
    void add(std::string_view value) { pointers.push_back(copies.emplace_back(value, argument, pointers.size()).get()); }
    void add(const std::string &value) { add(std::string_view(value)); }
    template <class T>
    void add(const std::optional<T> &value)
    {
        if (value)
            add(*value);
        else
            pointers.push_back(nullptr);
    }

    const char *argument;
    std::vector<const char *> pointers;
    std::deque<c_string> copies; /* A deque does not move what is in it. */
};

} // namespace detail

/** A handle of kam.h that frees itself. */
template <class T, void (*Free)(T *)>
class handle {
public:
    /** Takes over a handle of C. */
    explicit handle(T *from) noexcept : owned(from) {}

    /** Lends the handle to a function of kam.h; NULL after a move. */
    T *get() noexcept { return owned.get(); }
    const T *get() const noexcept { return owned.get(); }

    /** Hands the handle over to the caller, who frees it. */
    [[nodiscard]] T *release() noexcept { return owned.release(); }

protected:
    /** An output of C: a function that takes the place of the handle and that of the error. */
    template <class Call>
    static T *made(const Call &call)
    {
        return detail::output<T *>(call);
    }

    /** The same with progress. */
    template <class Call>
    static T *made_with(const progress &hear, const Call &call)
    {
        /* Owned at once: what the progress function threw may come after a handle was made. */
        handle out(nullptr);
        detail::check_with(hear, [&](kam_progress function, void *user, kam_error **failure) {
            T *place = nullptr;
            const kam_status status = call(function, user, &place, failure);
            out.owned.reset(place);
            return status;
        });
        return out.release();
    }

private:
    std::unique_ptr<T, detail::deleter<T, Free>> owned;
};

/** Values that lie one after the other: a vector, an array, a span, or a pointer with a length. It does not own them. */
template <class T>
class values {
public:
    constexpr values() noexcept = default;
    constexpr values(const T *list, std::size_t length) noexcept : first(list), count(length) {}
    template <std::size_t Length>
    constexpr values(const T (&list)[Length]) noexcept : first(list), count(Length)
    {
    }
    template <class List, class = std::enable_if_t<std::is_convertible_v<decltype(std::declval<const List &>().data()), const T *>>>
    constexpr values(const List &list) noexcept : first(list.data()), count(list.size())
    {
    }

    constexpr const T *data() const noexcept { return first; }
    constexpr std::size_t size() const noexcept { return count; }

private:
    const T *first = nullptr;
    std::size_t count = 0;
};

/* -- Arrow ----------------------------------------------------------------------------------------------------------------------------- */

/** A struct of the Arrow C interface that releases itself: movable, not copyable. */
template <class Struct>
class released {
public:
    released() noexcept : held() {}
    /** Takes over what `from` holds, and marks it as released. */
    explicit released(Struct &from) noexcept : held(from) { from.release = nullptr; }
    released(released &&from) noexcept : released(from.held) {}
    released &operator=(released &&from) noexcept
    {
        std::swap(held, from.held);
        return *this;
    }
    ~released()
    {
        if (held.release != nullptr)
            held.release(&held);
    }

    Struct *get() noexcept { return &held; }
    const Struct *get() const noexcept { return &held; }
    Struct *operator->() noexcept { return &held; }
    const Struct *operator->() const noexcept { return &held; }
    /** Is there anything in it? */
    explicit operator bool() const noexcept { return held.release != nullptr; }
    /** Hands the struct over to the caller, who releases it. */
    [[nodiscard]] Struct release() noexcept
    {
        Struct out = held;
        held.release = nullptr;
        return out;
    }

private:
    Struct held;
};

using schema = released<ArrowSchema>;
using array = released<ArrowArray>;

/** A table as an Arrow stream. It needs the handle it came from no more. */
class stream : public released<ArrowArrayStream> {
public:
    using released::released;

    /** The names and types of the columns. Throws ledger_error where the stream fails. */
    kam::schema columns()
    {
        kam::schema out;
        answer(get()->get_schema(get(), out.get()));
        return out;
    }

    /** The next batch, or an empty one behind the last. Throws ledger_error where the stream fails. */
    array next()
    {
        array out;
        answer(get()->get_next(get(), out.get()));
        return out;
    }

private:
    void answer(int failed)
    {
        if (failed == 0)
            return;
        const char *why = get()->get_last_error(get());
        throw ledger_error(KAM_SOURCE_FAILED, why != nullptr ? why : "the stream failed");
    }
};

namespace detail {

template <class Call>
stream table(const Call &call)
{
    ArrowArrayStream out = output<ArrowArrayStream>(call);
    return stream(out);
}

} // namespace detail

/* -- Which library this is, and what it can do ----------------------------------------------------------------------------------------- */

/** The version of the library that is loaded. */
inline std::string_view version() noexcept
{
    return kam_version();
}

/** The calling interface of the library that is loaded: it fits if it is KAM_ABI_VERSION. */
inline std::uint32_t abi_version() noexcept
{
    return kam_abi_version();
}

/** Every method as JSON, with its options. The text lives as long as the library. */
inline std::string_view methods()
{
    return detail::output<const char *>(kam_methods);
}

/** Every calculation as JSON. The text lives as long as the library. */
inline std::string_view calculations()
{
    return detail::output<const char *>(kam_calculations);
}

/* -- Ledgers --------------------------------------------------------------------------------------------------------------------------- */

/** A sales ledger: where its rows are, and what its columns mean. */
class ledger : public handle<kam_ledger, kam_ledger_free> {
public:
    using handle::handle;

    /** A ledger in a Parquet, CSV or Arrow IPC file, or a glob of such: kam_ledger_open. */
    ledger(std::string_view path, std::string_view columns)
        : handle(made([&, file = detail::c_string(path, "path"), json = detail::c_string(columns, "columns")](auto out, auto failure) {
              return kam_ledger_open(file.get(), json.get(), out, failure);
          }))
    {
    }

    /** A ledger in several files or globs, any list of texts: kam_ledger_open_files. */
    template <class List>
    static ledger of_files(const List &paths, std::string_view columns)
    {
        const detail::c_strings files(paths, "paths");
        const detail::c_string json(columns, "columns");
        return ledger(made([&](auto out, auto failure) { return kam_ledger_open_files(files.data(), files.size(), json.get(), out, failure); }));
    }

    /** A ledger from an Arrow stream, which is moved and whose batches are kept: kam_ledger_from_stream. */
    static ledger of_stream(ArrowArrayStream &from, std::string_view columns)
    {
        stream taken(from);
        const detail::c_string json(columns, "columns");
        return ledger(made([&](auto out, auto failure) { return kam_ledger_from_stream(taken.get(), json.get(), out, failure); }));
    }
    static ledger of_stream(stream &&from, std::string_view columns) { return of_stream(*from.get(), columns); }

    /** A ledger from an Arrow stream that is larger than memory, read once: kam_ledger_from_stream_once. */
    static ledger of_stream_once(ArrowArrayStream &from, std::string_view columns)
    {
        stream taken(from);
        const detail::c_string json(columns, "columns");
        return ledger(made([&](auto out, auto failure) { return kam_ledger_from_stream_once(taken.get(), json.get(), out, failure); }));
    }
    static ledger of_stream_once(stream &&from, std::string_view columns) { return of_stream_once(*from.get(), columns); }

    /** Sets the rates that turn all money into one currency: kam_ledger_set_rates. */
    void set_rates(std::string_view base, std::string_view rates)
    {
        const detail::c_string currency(base, "base"), json(rates, "rates");
        detail::check([&](auto failure) { return kam_ledger_set_rates(get(), currency.get(), json.get(), failure); });
    }
};

/** A ledger in the making, of plain values. Texts may be const char *, std::string, std::string_view, or a std::optional of them. */
class ledger_builder : public handle<kam_ledger_builder, kam_ledger_builder_free> {
public:
    using handle::handle;

    /** Settings are the columns of a ledger without the names: {"scale": 2, "base_currency": "EUR"}. kam_ledger_builder_new. */
    explicit ledger_builder(optional_text settings = std::nullopt)
        : handle(made([&, json = detail::c_string(settings, "settings")](auto out, auto failure) {
              return kam_ledger_builder_new(json.get(), out, failure);
          }))
    {
    }

    /** Adds rows: accounts, days since 1970-01-01, amounts and perhaps costs in minor units, as many of each. kam_ledger_builder_push. */
    template <class Texts>
    void push(const Texts &accounts, values<std::int32_t> days, values<std::int64_t> amounts, std::optional<values<std::int64_t>> cost = {})
    {
        const detail::c_strings names(accounts, "accounts");
        alike(names.size(), days, amounts, cost);
        detail::check([&](auto failure) {
            return kam_ledger_builder_push(get(), names.size(), some(names), some(days), some(amounts), cost ? some(*cost) : nullptr, failure);
        });
    }

    /** Adds rows whose accounts are whole numbers: kam_ledger_builder_push_numbered. */
    void push_numbered(values<std::int64_t> accounts, values<std::int32_t> days, values<std::int64_t> amounts,
                       std::optional<values<std::int64_t>> cost = {})
    {
        alike(accounts.size(), days, amounts, cost);
        detail::check([&](auto failure) {
            return kam_ledger_builder_push_numbered(get(), accounts.size(), some(accounts), some(days), some(amounts),
                                                    cost ? some(*cost) : nullptr, failure);
        });
    }

    /** Adds a money column to the rows of the last push: kam_ledger_builder_add_money. */
    void add_money(std::string_view column, values<std::int64_t> minor)
    {
        const detail::c_string name(column, "column");
        detail::check([&](auto failure) { return kam_ledger_builder_add_money(get(), name.get(), minor.size(), some(minor), failure); });
    }

    /** Adds a text column to the rows of the last push: kam_ledger_builder_add_text. */
    template <class Texts>
    void add_text(std::string_view column, const Texts &texts)
    {
        const detail::c_string name(column, "column");
        const detail::c_strings list(texts, "texts");
        detail::check([&](auto failure) { return kam_ledger_builder_add_text(get(), name.get(), list.size(), some(list), failure); });
    }

    /** Makes a ledger of the rows pushed so far; more may follow. kam_ledger_builder_finish. */
    ledger finish() const
    {
        return ledger(detail::output<kam_ledger *>([&](auto out, auto failure) { return kam_ledger_builder_finish(get(), out, failure); }));
    }

private:
    static void alike(std::size_t rows, values<std::int32_t> days, values<std::int64_t> amounts, std::optional<values<std::int64_t>> cost)
    {
        const auto length = [rows](const char *name, std::size_t count) {
            if (count != rows)
                throw call_error(KAM_INVALID_ARGUMENT, "argument `" + std::string(name) + "` has " + std::to_string(count) + " values for " +
                                                           std::to_string(rows) + " accounts");
        };
        length("days", days.size());
        length("amounts", amounts.size());
        if (cost)
            length("cost", cost->size());
    }

    /** Where a list begins; that of an empty one may be NULL, which C would take for a list that is missing. */
    template <class List>
    static auto some(const List &list) -> decltype(list.data())
    {
        static constexpr std::remove_const_t<std::remove_pointer_t<decltype(list.data())>> none{};
        return list.data() != nullptr ? list.data() : &none;
    }
};

/* -- The tables of a CRM --------------------------------------------------------------------------------------------------------------- */

/** What a CRM knows beside the ledger. */
class crm : public handle<kam_crm, kam_crm_free> {
public:
    using handle::handle;

    /** An empty crm: kam_crm_new. */
    explicit crm(optional_text options = std::nullopt)
        : handle(made([&, json = detail::c_string(options, "options")](auto out, auto failure) { return kam_crm_new(json.get(), out, failure); }))
    {
    }

    /** Adds a table from an Arrow stream, which is moved: kam_crm_add_stream. */
    void add_stream(std::string_view table, ArrowArrayStream &from, optional_text columns = std::nullopt)
    {
        stream taken(from);
        const detail::c_string name(table, "table"), json(columns, "columns");
        detail::check([&](auto failure) { return kam_crm_add_stream(get(), name.get(), taken.get(), json.get(), failure); });
    }
    void add_stream(std::string_view table, stream &&from, optional_text columns = std::nullopt) { add_stream(table, *from.get(), columns); }

    /** Adds a table from a file: kam_crm_add_file. */
    void add_file(std::string_view table, std::string_view path, optional_text columns = std::nullopt)
    {
        const detail::c_string name(table, "table"), file(path, "path"), json(columns, "columns");
        detail::check([&](auto failure) { return kam_crm_add_file(get(), name.get(), file.get(), json.get(), failure); });
    }
};

/* -- The book -------------------------------------------------------------------------------------------------------------------------- */

/** What became of a batch: kam_appended. */
struct appended {
    bool repeated;
    std::uint64_t rows;
    std::uint64_t used;
    std::uint64_t unassigned;
    std::uint64_t quarantined;
    std::uint64_t merged_runs;
    /** Why runs that were due could not be merged; the batch is in the book all the same. */
    std::optional<error> merge_failure;
};

/** A persistent ledger of facts in one file. Its calls change the file, not the handle, and may be made by many threads at once. */
class book : public handle<kam_book, kam_book_free> {
public:
    using handle::handle;

    /** Opens the book in a file, or makes a new one; without columns it must be there. kam_book_open. */
    explicit book(std::string_view path, optional_text columns = std::nullopt)
        : handle(made([&, file = detail::c_string(path, "path"), json = detail::c_string(columns, "columns")](auto out, auto failure) {
              return kam_book_open(file.get(), json.get(), out, failure);
          }))
    {
    }

    /** Adds the rows of a ledger as a batch, all or none: kam_book_append. */
    appended append(const ledger &from, std::string_view batch_id) const
    {
        const detail::c_string id(batch_id, "batch_id");
        return heard(detail::output<kam_appended>([&](auto out, auto failure) { return kam_book_append(get(), from.get(), id.get(), out, failure); }));
    }
    appended append(const ledger &from, std::string_view batch_id, const progress &hear) const
    {
        const detail::c_string id(batch_id, "batch_id");
        kam_appended out{};
        const auto call = [&](auto function, auto user, auto failure) {
            return kam_book_append_with_progress(get(), from.get(), id.get(), function, user, &out, failure);
        };
        try {
            detail::check_with(hear, call);
        } catch (...) {
            kam_error_free(out.merge_failure);
            throw;
        }
        return heard(out);
    }

    /** The list of batches: kam_book_batches. */
    stream batches() const
    {
        return detail::table([&](auto out, auto failure) { return kam_book_batches(get(), out, failure); });
    }

    /** Merges what was appended, and gives room back: kam_book_compact. */
    void compact() const
    {
        detail::check([&](auto failure) { return kam_book_compact(get(), failure); });
    }
    void compact(const progress &hear) const
    {
        detail::check_with(hear, [&](auto function, auto user, auto failure) { return kam_book_compact_with_progress(get(), function, user, failure); });
    }

    /** Copies the book as it is now, while it is in use: kam_book_backup. */
    void backup(std::string_view path) const
    {
        const detail::c_string file(path, "path");
        detail::check([&](auto failure) { return kam_book_backup(get(), file.get(), failure); });
    }

    /** Reads the whole file and looks at every checksum: kam_book_verify. */
    void verify() const
    {
        detail::check([&](auto failure) { return kam_book_verify(get(), failure); });
    }

private:
    static appended heard(const kam_appended &from)
    {
        const detail::error_handle failure(from.merge_failure);
        appended out{from.repeated != 0, from.rows, from.used, from.unassigned, from.quarantined, from.merged_runs, std::nullopt};
        if (failure != nullptr)
            detail::as_error(kam_error_code(failure.get()), failure.get(), [&](const error &why) { out.merge_failure = why; });
        return out;
    }
};

/* -- Facts ----------------------------------------------------------------------------------------------------------------------------- */

/** The exact sums of a ledger per account and period: what every method reads. */
class facts : public handle<kam_facts, kam_facts_free> {
public:
    using handle::handle;

    /** Reads a ledger and sums it up: kam_facts_new. */
    facts(const ledger &from, std::string_view options)
        : handle(made([&, json = detail::c_string(options, "options")](auto out, auto failure) {
              return kam_facts_new(from.get(), json.get(), out, failure);
          }))
    {
    }
    facts(const ledger &from, std::string_view options, const progress &hear)
        : handle(made_with(hear, [&, json = detail::c_string(options, "options")](auto function, auto user, auto out, auto failure) {
              return kam_facts_new_with_progress(from.get(), json.get(), function, user, out, failure);
          }))
    {
    }

    /** The facts of all batches that are in a book: kam_book_facts. */
    facts(const book &from, std::string_view options)
        : handle(made([&, json = detail::c_string(options, "options")](auto out, auto failure) {
              return kam_book_facts(from.get(), json.get(), out, failure);
          }))
    {
    }
    facts(const book &from, std::string_view options, const progress &hear)
        : handle(made_with(hear, [&, json = detail::c_string(options, "options")](auto function, auto user, auto out, auto failure) {
              return kam_book_facts_with_progress(from.get(), json.get(), function, user, out, failure);
          }))
    {
    }

    /** The facts of head offices: kam_facts_roll_up. */
    facts roll_up(const crm &tables) const
    {
        return facts(made([&](auto out, auto failure) { return kam_facts_roll_up(get(), tables.get(), out, failure); }));
    }

    /** Facts whose cost to serve holds the cost of the crm's activities: kam_facts_with_cost_to_serve. */
    facts with_cost_to_serve(const crm &tables, optional_text options = std::nullopt) const
    {
        const detail::c_string json(options, "options");
        return facts(made([&](auto out, auto failure) { return kam_facts_with_cost_to_serve(get(), tables.get(), json.get(), out, failure); }));
    }

    /** "accounts", "periods", "directions", "quarantine" or "reconciliation": kam_facts_table. */
    stream table(std::string_view name) const
    {
        const detail::c_string text(name, "name");
        return detail::table([&](auto out, auto failure) { return kam_facts_table(get(), text.get(), out, failure); });
    }

    /** The facts in short as JSON: kam_facts_summary. */
    std::string_view summary() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_facts_summary(get(), out, failure); });
    }
    std::string summary() && { return std::string(std::as_const(*this).summary()); }
};

/* -- Results --------------------------------------------------------------------------------------------------------------------------- */

/** What a method gave: tables, the first of which is the main one, and a summary. */
class result : public handle<kam_result, kam_result_free> {
public:
    using handle::handle;

    /** The number of tables: kam_result_table_count. */
    std::size_t table_count() const
    {
        return detail::output<std::size_t>([&](auto out, auto failure) { return kam_result_table_count(get(), out, failure); });
    }

    /** The name of a table, counted from 0: kam_result_table_name. */
    std::string_view table_name(std::size_t index) const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_result_table_name(get(), index, out, failure); });
    }
    std::string table_name(std::size_t index) && { return std::string(std::as_const(*this).table_name(index)); }

    /** A table, the main one without a name: kam_result_table. */
    stream table(optional_text name = std::nullopt) const
    {
        const detail::c_string text(name, "name");
        return detail::table([&](auto out, auto failure) { return kam_result_table(get(), text.get(), out, failure); });
    }

    /** The few figures that sum it up, as JSON: kam_result_summary. */
    std::string_view summary() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_result_summary(get(), out, failure); });
    }
    std::string summary() && { return std::string(std::as_const(*this).summary()); }

    /** The units of the summary's figures, as JSON: kam_result_units. */
    std::string_view units() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_result_units(get(), out, failure); });
    }
    std::string units() && { return std::string(std::as_const(*this).units()); }

    /** The whole result as JSON: kam_result_json. */
    std::string_view json() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_result_json(get(), out, failure); });
    }
    std::string json() && { return std::string(std::as_const(*this).json()); }

    /** A chart as a Vega-Lite specification, the main one without a name: kam_result_chart. */
    std::string_view chart(optional_text name = std::nullopt) const &
    {
        const detail::c_string text(name, "name");
        return detail::output<const char *>([&](auto out, auto failure) { return kam_result_chart(get(), text.get(), out, failure); });
    }
    std::string chart(optional_text name = std::nullopt) && { return std::string(std::as_const(*this).chart(name)); }

    /** The same in a theme, "light", "dark" or "page": kam_result_chart_in. */
    std::string_view chart(optional_text name, std::string_view theme) const &
    {
        const detail::c_string text(name, "name"), colours(theme, "theme");
        return detail::output<const char *>([&](auto out, auto failure) { return kam_result_chart_in(get(), text.get(), colours.get(), out, failure); });
    }
    std::string chart(optional_text name, std::string_view theme) && { return std::string(std::as_const(*this).chart(name, theme)); }
};

namespace detail {

inline result run(const kam_facts *from, const kam_crm *tables, std::string_view method, optional_text options)
{
    const c_string name(method, "method"), json(options, "options");
    return result(output<kam_result *>([&](auto out, auto failure) { return kam_run(from, tables, name.get(), json.get(), out, failure); }));
}

/** What may be NULL in C, from a reference that must not be empty: a crm that was moved from is a mistake, and not "no crm". */
inline const kam_crm *given(const crm &tables)
{
    if (tables.get() == nullptr)
        throw call_error(KAM_NULL_ARGUMENT, "argument `crm` was moved from");
    return tables.get();
}

} // namespace detail

/** Runs a method by its name: kam_run. */
inline result run(const facts &from, std::string_view method, optional_text options = std::nullopt)
{
    return detail::run(from.get(), nullptr, method, options);
}
inline result run(const facts &from, const crm &tables, std::string_view method, optional_text options = std::nullopt)
{
    return detail::run(from.get(), detail::given(tables), method, options);
}

/** Calculates by name, without facts: kam_calculate. */
inline result calculate(std::string_view name, std::string_view input)
{
    const detail::c_string text(name, "name"), json(input, "input");
    return result(detail::output<kam_result *>([&](auto out, auto failure) { return kam_calculate(text.get(), json.get(), out, failure); }));
}

/* -- The review ------------------------------------------------------------------------------------------------------------------------ */

/** What every method that the data allow says, in one. */
class review : public handle<kam_review, kam_review_free> {
public:
    using handle::handle;

    /** Runs every method that the data allow: kam_review_new. */
    explicit review(const facts &from, optional_text options = std::nullopt) : handle(made_of(from, nullptr, options)) {}
    review(const facts &from, const crm &tables, optional_text options = std::nullopt) : handle(made_of(from, detail::given(tables), options)) {}
    review(const facts &from, optional_text options, const progress &hear) : handle(made_of(from, nullptr, options, hear)) {}
    review(const facts &from, const crm &tables, optional_text options, const progress &hear)
        : handle(made_of(from, detail::given(tables), options, hear))
    {
    }

    /** "accounts", "skipped", "reconciliation", "quarantine", a method's name or "method.table": kam_review_table. */
    stream table(std::string_view name) const
    {
        const detail::c_string text(name, "name");
        return detail::table([&](auto out, auto failure) { return kam_review_table(get(), text.get(), out, failure); });
    }

    /** The whole review as JSON: kam_review_json. */
    std::string_view json() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_review_json(get(), out, failure); });
    }
    std::string json() && { return std::string(std::as_const(*this).json()); }

    /** The review as one page of HTML: kam_review_html. */
    std::string_view html() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_review_html(get(), out, failure); });
    }
    std::string html() && { return std::string(std::as_const(*this).html()); }

    /** The same with options, among them the script that draws its charts: kam_review_html_with. */
    std::string_view html(std::string_view options) const &
    {
        const detail::c_string json(options, "options");
        return detail::output<const char *>([&](auto out, auto failure) { return kam_review_html_with(get(), json.get(), out, failure); });
    }
    std::string html(std::string_view options) && { return std::string(std::as_const(*this).html(options)); }

    /** Who moved between classes since an older review, and why: kam_review_compare. */
    result compare(const review &older, optional_text options = std::nullopt) const
    {
        const detail::c_string json(options, "options");
        return result(detail::output<kam_result *>([&](auto out, auto failure) { return kam_review_compare(get(), older.get(), json.get(), out, failure); }));
    }

private:
    static kam_review *made_of(const facts &from, const kam_crm *tables, optional_text options)
    {
        const detail::c_string json(options, "options");
        return made([&](auto out, auto failure) { return kam_review_new(from.get(), tables, json.get(), out, failure); });
    }
    static kam_review *made_of(const facts &from, const kam_crm *tables, optional_text options, const progress &hear)
    {
        const detail::c_string json(options, "options");
        return made_with(hear, [&](auto function, auto user, auto out, auto failure) {
            return kam_review_new_with_progress(from.get(), tables, json.get(), function, user, out, failure);
        });
    }
};

/** Everything that a review knows of one account. It lives on when the review is gone. */
class dossier : public handle<kam_dossier, kam_dossier_free> {
public:
    using handle::handle;

    /** The dossier of an account by its key, in microseconds: kam_review_dossier. */
    dossier(const review &from, std::string_view account, optional_text options = std::nullopt)
        : handle(made([&, key = detail::c_string(account, "account"), json = detail::c_string(options, "options")](auto out, auto failure) {
              return kam_review_dossier(from.get(), key.get(), json.get(), out, failure);
          }))
    {
    }

    /** As JSON: kam_dossier_json. */
    std::string_view json() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_dossier_json(get(), out, failure); });
    }
    std::string json() && { return std::string(std::as_const(*this).json()); }

    /** As Markdown: kam_dossier_markdown. */
    std::string_view markdown() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_dossier_markdown(get(), out, failure); });
    }
    std::string markdown() && { return std::string(std::as_const(*this).markdown()); }

    /** As a fragment of HTML: kam_dossier_html. */
    std::string_view html() const &
    {
        return detail::output<const char *>([&](auto out, auto failure) { return kam_dossier_html(get(), out, failure); });
    }
    std::string html() && { return std::string(std::as_const(*this).html()); }
};

} // namespace kam

#endif /* KAM_HPP */
