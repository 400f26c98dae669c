#pragma once

#include <string>
#include <vector>

#include "thaw/heads/head_data.h"

namespace thaw::algebra {

/// A way to weigh the groups of a HeadData.
struct Weighting {
  std::string name;  ///< "all groups"
  bool all_groups = true;
  std::vector<FeatureGroup> groups;
};

/// The last group has weight² 0.3, the others 1 together, each by its share of their columns.
Weighting all_groups(const HeadData& data);
/// Likewise, by the square root of that share.
Weighting all_groups_evenly(const HeadData& data);
/// All others have weight 0.
Weighting last_group_alone(const HeadData& data);

}  // namespace thaw::algebra
