#include "thaw/heads/algebra/unknown_features.h"

#include <fmt/format.h>

#include <cmath>

#include "thaw/core/error.h"

namespace thaw::algebra {

std::vector<double> unknown_features(std::span<const float> features,
                                     std::span<const FeatureGroup> groups) {
  double weights = 0;
  int64_t columns = 0;
  for (const FeatureGroup& group : groups) {
    weights += group.weight * group.weight;
    columns += group.columns;
  }
  if (columns != std::ssize(features))
    throw Error(
        fmt::format("features: expected {}, as many as the detector was fitted to, received {}",
                    columns, features.size()));
  std::vector<double> result;
  result.reserve(features.size());
  for (const FeatureGroup& group : groups) {
    const auto own = features.subspan(result.size(), static_cast<size_t>(group.columns));
    // Of √|x| the square is |x|.
    double length = 0;
    for (const float x : own) length += std::abs(double{x});
    const double scale = length > 0 && weights > 0 ? group.weight / std::sqrt(weights * length) : 0;
    for (const float x : own)
      result.push_back(std::copysign(std::sqrt(std::abs(double{x})), double{x}) * scale);
  }
  return result;
}

}  // namespace thaw::algebra
