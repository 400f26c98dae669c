#include "thaw/heads/algebra/weighting.h"

#include <cmath>

#include "thaw/heads/algebra/standard.h"

namespace thaw::algebra {
namespace {

/// weight² of the last layer beside 1 for all others together. Found on features of MobileNetV2 and
/// EfficientNet-Lite0, where little changes between 0.1 and 1.
constexpr double last_share = 0.3;

/// Others by their share of columns to the power of `exponent`.
std::vector<FeatureGroup> weigh(const HeadData& data, double exponent) {
  std::vector<FeatureGroup> groups = groups_of(data);
  if (groups.size() == 1) return groups;
  const auto size_of = [exponent](const FeatureGroup& group) {
    return std::pow(static_cast<double>(group.columns), exponent);
  };
  double all = 0;
  for (size_t i = 0; i + 1 < groups.size(); ++i) all += size_of(groups[i]);
  for (size_t i = 0; i + 1 < groups.size(); ++i)
    groups[i].weight *= std::sqrt(size_of(groups[i]) / all);
  groups.back().weight *= std::sqrt(last_share);
  return groups;
}

}  // namespace

Weighting all_groups(const HeadData& data) { return {"all groups", true, weigh(data, 1)}; }

Weighting all_groups_evenly(const HeadData& data) {
  return {"all groups, evenly", true, weigh(data, 0.5)};
}

Weighting last_group_alone(const HeadData& data) {
  std::vector<FeatureGroup> groups = groups_of(data);
  for (size_t i = 0; i + 1 < groups.size(); ++i) groups[i].weight = 0;
  return {"the last group", false, std::move(groups)};
}

}  // namespace thaw::algebra
