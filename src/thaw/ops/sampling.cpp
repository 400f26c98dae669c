#include "thaw/ops/sampling.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string>
#include <utility>

#include "thaw/core/error.h"

namespace thaw {
namespace {

template <typename T>
T look_up(std::span<const std::pair<std::string_view, T>> names, std::string_view what,
          std::string_view name) {
  std::string known;
  for (const auto& [candidate, value] : names) {
    if (candidate == name) return value;
    known += (known.empty() ? "" : ", ") + std::string(candidate);
  }
  throw Error(fmt::format("expected {} among {}; received \"{}\"", what, known, name));
}

}  // namespace

Interpolation simple_interpolation_of(std::string_view name) {
  static constexpr auto names = std::to_array<std::pair<std::string_view, Interpolation>>(
      {{"nearest", Interpolation::nearest}, {"bilinear", Interpolation::bilinear}});
  return look_up<Interpolation>(names, "an interpolation", name);
}

Interpolation interpolation_of(std::string_view name) {
  static constexpr auto names = std::to_array<std::pair<std::string_view, Interpolation>>({
      {"nearest", Interpolation::nearest},
      {"bilinear", Interpolation::bilinear},
      {"bicubic", Interpolation::bicubic},
      {"lanczos3", Interpolation::lanczos3},
      {"lanczos5", Interpolation::lanczos5},
  });
  return look_up<Interpolation>(names, "an interpolation", name);
}

FillMode fill_mode_of(std::string_view name) {
  static constexpr auto names = std::to_array<std::pair<std::string_view, FillMode>>({
      {"constant", FillMode::constant},
      {"nearest", FillMode::nearest},
      {"reflect", FillMode::reflect},
      {"wrap", FillMode::wrap},
  });
  return look_up<FillMode>(names, "a fill_mode", name);
}

}  // namespace thaw
