#include "thaw/ops/sampling.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "thaw/core/enum_name.h"
#include "thaw/core/error.h"
#include "thaw/core/named.h"

namespace thaw {
namespace {

template <typename Table>
auto look_up(const Table& names, std::string_view what, std::string_view name) {
  if (const auto* entry = find_named_or_null(names, name)) return entry->value;
  throw Error(fmt::format("expected {} among {}; received \"{}\"", what, names_of(names), name));
}

}  // namespace

Interpolation simple_interpolation_of(std::string_view name) {
  static constexpr auto names = std::to_array<EnumName<Interpolation>>(
      {{Interpolation::nearest, "nearest"}, {Interpolation::bilinear, "bilinear"}});
  return look_up(names, "an interpolation", name);
}

Interpolation interpolation_of(std::string_view name) {
  static constexpr auto names = std::to_array<EnumName<Interpolation>>({
      {Interpolation::nearest, "nearest"},
      {Interpolation::bilinear, "bilinear"},
      {Interpolation::bicubic, "bicubic"},
      {Interpolation::lanczos3, "lanczos3"},
      {Interpolation::lanczos5, "lanczos5"},
  });
  return look_up(names, "an interpolation", name);
}

FillMode fill_mode_of(std::string_view name) {
  static constexpr auto names = std::to_array<EnumName<FillMode>>({
      {FillMode::constant, "constant"},
      {FillMode::nearest, "nearest"},
      {FillMode::reflect, "reflect"},
      {FillMode::wrap, "wrap"},
  });
  return look_up(names, "a fill_mode", name);
}

}  // namespace thaw
