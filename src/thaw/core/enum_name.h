#pragma once

namespace thaw {

/// One word for one enumerator. An enum says its words in a table beside it:
///
///     enum class Fill { constant, nearest };
///     constexpr EnumName<Fill> fill_names[] = {{Fill::constant, "constant"}, …};
///     constexpr std::span<const EnumName<Fill>> enum_names(Fill) { return fill_names; }
///
/// and core/fields.h then reads, writes and lists them.
template <typename Enum>
struct EnumName {
  Enum value;
  const char* name;
};

}  // namespace thaw
