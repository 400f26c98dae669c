#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "thaw/core/error.h"

namespace thaw {
namespace named {

/// A table may hold rows or pointers to rows.
template <typename Entry>
const auto& row_of(const Entry& entry) {
  if constexpr (std::is_pointer_v<Entry>) {
    return *entry;
  } else {
    return entry;
  }
}

}  // namespace named

/// The names of a table's rows, as help and errors list them: "adam, adamw, sgd".
template <typename Table>
std::string names_of(const Table& table) {
  std::string names;
  for (const auto& entry : table)
    names += (names.empty() ? "" : ", ") + std::string(named::row_of(entry).name);
  return names;
}

/// The row of that `name`, or nullptr.
template <typename Table>
auto find_named_or_null(const Table& table, std::string_view name)
    -> decltype(&named::row_of(*std::begin(table))) {
  for (const auto& entry : table)
    if (named::row_of(entry).name == name) return &named::row_of(entry);
  return nullptr;
}

/// The row of that `name`. Throws UsageError "WHAT: expected one of a, b, c, received "z"".
/// Example: find_named("loss", loss_types::all(), "mean_squared_error")
template <typename Table>
const auto& find_named(std::string_view what, const Table& table, std::string_view name) {
  if (const auto* row = find_named_or_null(table, name)) return *row;
  throw UsageError(std::string(what) + ": expected one of " + names_of(table) + ", received \"" +
                   std::string(name) + "\"");
}

}  // namespace thaw
