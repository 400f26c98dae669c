#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "thaw/heads/head_data.h"

namespace thaw::algebra {

/// sgn(x)·√|x| of one row of features, each group scaled to the length weight / √Σ weight², so
/// that it tells of proportions alone, and no column of large numbers outweighs the others. A group
/// of zeros stays so. Throws Error unless the groups' columns add up to all.
std::vector<double> unknown_features(std::span<const float> features,
                                     std::span<const FeatureGroup> groups);

/// The largest of two or more values, less the second largest.
template <typename T>
double margin_of(std::span<const T> values) {
  T first = values[0];
  T second = -std::numeric_limits<T>::infinity();
  for (const T value : values.subspan(1)) {
    second = std::max(second, std::min(first, value));
    first = std::max(first, value);
  }
  return double{first} - double{second};
}

}  // namespace thaw::algebra
