#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// Neighbouring columns of a matrix of features that come from one place, say the pooled output of
/// one block. Columns are standardized (weighted mean 0, variance 1; constant ones become 0) and
/// multiplied by weight / √columns, so that groups of equal weight have the same say, however wide.
struct FeatureGroup {
  int64_t columns = 0;
  double weight = 1;
};

/// What a head is fitted to: one row of features an image.
struct HeadData {
  Tensor features;                   ///< [images, columns], finite
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

  int64_t images() const { return static_cast<int64_t>(labels.size()); }
  int64_t columns() const { return features.shape().rank() == 2 ? features.shape()[1] : 0; }
};

/// Throws Error that says where, what was expected and what was received: shapes that do not fit,
/// labels outside, values or weights that are not finite, all weights 0, groups that do not add up.
void check_head_data(const HeadData& data);

/// The images of these numbers alone, in this order: features, labels, weights, folds.
HeadData rows_of(const HeadData& data, std::span<const int64_t> rows);

/// weights × what `balanced` makes of them: [images].
std::vector<double> image_weights(const HeadData& data);

}  // namespace thaw
