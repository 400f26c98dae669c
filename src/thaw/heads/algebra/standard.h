#pragma once

#include <vector>

#include "thaw/heads/algebra/matrix.h"
#include "thaw/heads/head_data.h"

namespace thaw::algebra {

/// How columns are standardized and weighted (FeatureGroup): z = (x − mean)·factor.
struct Standard {
  Vector mean;
  Vector factor;  ///< 0 for constant columns, and for those of groups of weight 0
};

/// Of data that check_head_data() found in order; `weights` [views · images] of its rows.
Standard standard_of(const HeadData& data, const Vector& weights);

/// The groups of `data`, one of all columns where it names none.
std::vector<FeatureGroup> groups_of(const HeadData& data);

/// image_weights() of every row: each divided by the number of views.
Vector row_weights(const HeadData& data);

}  // namespace thaw::algebra
