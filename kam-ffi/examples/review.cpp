// Reads a ledger, runs every method that it allows, and prints the first rows of the master table and the dossier of the first account.
//
//   review sales.csv '{"account":"customer","date":"day","amount":"net"}' '{"as_of":"2011-12-09"}'
#include <algorithm>
#include <iomanip>
#include <iostream>

#include "kam.hpp"

namespace {

// One value of a column: text, whole number, number, yes or no, day. Whatever else there may be is shown as "...".
std::string value(std::string_view format, const ArrowArray &column, std::int64_t row)
{
    const auto at = row + column.offset;
    const auto bit = [at](const void *bits) { return static_cast<const std::uint8_t *>(bits)[at / 8] >> (at % 8) & 1; };
    if (column.null_count != 0 && column.buffers[0] != nullptr && !bit(column.buffers[0]))
        return "-";
    if (format == "u") {
        const auto *offsets = static_cast<const std::int32_t *>(column.buffers[1]);
        return {static_cast<const char *>(column.buffers[2]) + offsets[at], static_cast<const char *>(column.buffers[2]) + offsets[at + 1]};
    }
    if (format == "l")
        return std::to_string(static_cast<const std::int64_t *>(column.buffers[1])[at]);
    if (format == "g")
        return std::to_string(static_cast<const double *>(column.buffers[1])[at]);
    if (format == "b")
        return bit(column.buffers[1]) ? "yes" : "no";
    if (format == "tdD")
        return "day " + std::to_string(static_cast<const std::int32_t *>(column.buffers[1])[at]);
    return "...";
}

// Prints the first columns of a table, and gives the first value of the first column.
std::string print(kam::stream table, std::int64_t columns)
{
    std::string first;
    const kam::schema schema = table.columns();
    for (std::int64_t at = 0; at < std::min(columns, schema->n_children); at++)
        std::cout << std::left << std::setw(20) << schema->children[at]->name;
    std::cout << '\n';
    while (const kam::array batch = table.next()) {
        for (std::int64_t row = 0; row < std::min<std::int64_t>(batch->length, 10); row++) {
            for (std::int64_t at = 0; at < std::min(columns, schema->n_children); at++) {
                const std::string text = value(schema->children[at]->format, *batch->children[at], row + batch->offset);
                if (first.empty())
                    first = text;
                std::cout << std::left << std::setw(20) << text;
            }
            std::cout << '\n';
        }
    }
    return first;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4) {
        std::cerr << "usage: " << argv[0] << " LEDGER COLUMNS_JSON FACTS_JSON\n";
        return 2;
    }
    try {
        const kam::ledger ledger(argv[1], argv[2]);
        const kam::facts facts(ledger, argv[3]);
        const kam::review review(facts, std::nullopt, [](std::string_view method, std::uint64_t done, std::uint64_t total) {
            std::cerr << done << " of " << total << ": " << method << '\n';
            return true;
        });
        std::cout << "abc " << kam::run(facts, "abc", R"({"a": 0.75})").summary() << '\n';
        const std::string account = print(review.table("accounts"), 6);
        if (!account.empty())
            std::cout << kam::dossier(review, account, R"({"rows": 5})").markdown();
    } catch (const kam::error &failure) {
        std::cerr << "error " << failure.code() << ": " << failure.what() << '\n';
        if (failure.hint())
            std::cerr << *failure.hint() << '\n';
        return 1;
    }
    return 0;
}
