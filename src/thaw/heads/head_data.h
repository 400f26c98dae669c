#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// Neighbouring columns of a matrix of features that come from one place, say the pooled output of
/// one block. Column j is standardized to z = (x − mean)/√(variance + m/10), mean and variance
/// being weighted by image_weights() and m the median of the group's variances that are not 0: a
/// channel that is nearly dead in few images would otherwise explode in others. A constant column
/// becomes 0. Then all columns of the group are multiplied by one factor such that the mean of ‖z‖²
/// over images is weight²: groups of equal weight have the same say, however wide they are.
struct FeatureGroup {
  int64_t columns = 0;
  double weight = 1;
};

/// What a head is fitted to.
struct HeadData {
  /// [views · images, columns], finite. Row v·images + i is view v of image i: 0 the image as it
  /// is, others say its mirror image. A head is fitted to all views, each with weight/views, and
  /// judged by view 0 alone.
  Tensor features;
  std::vector<FeatureGroup> groups;  ///< their columns add up to all; empty: one group
  std::vector<int64_t> labels;       ///< [images], each in [0, classes)
  int64_t classes = 0;               ///< at least 2
  /// How much each image counts, at least 0; empty: 1 each. An image of weight 0 is not fitted to;
  /// it gets logits as one that was kept out.
  std::vector<double> weights = {};
  /// In which fold each image is kept out, from 0 on, as stratified_folds() makes them; needed
  /// where something is chosen by images kept out.
  std::vector<int> folds = {};
  /// Multiplies the weight of each image of class k by n/(m·nₖ), n being the sum of weights, nₖ
  /// that of class k and m the number of classes that have any: scikit-learn's "balanced".
  bool balanced = false;
  int64_t views = 1;

  int64_t images() const { return static_cast<int64_t>(labels.size()); }
  int64_t columns() const { return features.shape().rank() == 2 ? features.shape()[1] : 0; }
};

/// Throws Error that says where, what was expected and what was received: shapes that do not fit,
/// labels outside, values or weights that are not finite, all weights 0, groups that do not add up.
void check_head_data(const HeadData& data);

/// Throws UsageError unless each λ is finite and above 0.
void check_penalties(std::span<const double> penalties);

/// The images of these numbers alone, in this order: features, labels, weights, folds.
HeadData rows_of(const HeadData& data, std::span<const int64_t> rows);

/// weights × what `balanced` makes of them: [images].
std::vector<double> image_weights(const HeadData& data);

}  // namespace thaw
