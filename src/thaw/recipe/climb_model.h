#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "thaw/graph/functional.h"
#include "thaw/graph/taps.h"
#include "thaw/heads/head_data.h"
#include "thaw/heads/linear_head.h"
#include "thaw/train/model.h"

namespace thaw {

/// The columns of pooled features, each brought to x·scale + offset.
struct ColumnScaling {
  std::vector<float> scale;
  std::vector<float> offset;
};

/// A base whose taps, beside its own output, lead to one Dense layer: the means over the image of
/// each tap, then of the base's output, side by side; softmax(kernelᵀx + bias). An ordinary Keras
/// graph: GlobalAveragePooling2D of each, Concatenate, Dense. Layers of the base are shared with
/// it.
struct ClimbModel {
  Model model;
  /// Of the columns, in their order: one a tap, the lowest first, then the base's output.
  std::vector<FeatureGroup> groups;
  Layer head;  ///< the Dense
};

/// `scaling`, where given, is applied to the columns before the Dense layer: so they train at one
/// pace. Throws UsageError unless the base has one input and one output, and classes ≥ 2.
ClimbModel climb_model(const Functional& base, const std::vector<Tap>& taps, int64_t classes,
                       const std::optional<ColumnScaling>& scaling = {});

/// Freezes all of it but the head and the last blocks (blocks_of()) of `network`, the base's.
void train_last_blocks(const ClimbModel& model, const Functional& network, int64_t blocks);

/// Standardizes the columns of `features` [images, columns] and divides those of each group by the
/// root of their number, as FeatureGroup says; constant ones become 0.
ColumnScaling column_scaling(const Tensor& features, const std::vector<FeatureGroup>& groups);

/// The same function of columns that are scaled, and back. What a head makes of a column that
/// scaling leaves nothing of is lost.
LinearHead scaled(const LinearHead& head, const ColumnScaling& scaling);
LinearHead unscaled(const LinearHead& head, const ColumnScaling& scaling);

/// The weights of the Dense layer.
void set_head(const Layer& dense, const LinearHead& head);
LinearHead head_of(const Layer& dense);

/// Which groups of columns `head` makes something of: not those whose rows are zeros, but the last,
/// the base's output, in any case.
std::vector<bool> used_by(const LinearHead& head, const std::vector<FeatureGroup>& groups);
/// Those that are used.
std::vector<FeatureGroup> used_groups(const std::vector<FeatureGroup>& groups,
                                      const std::vector<bool>& used);
/// The columns of those groups.
Tensor columns_of(const Tensor& features, const std::vector<FeatureGroup>& groups,
                  const std::vector<bool>& used);
/// The base under this head, with the taps that are used; the head alone trains.
Model model_of(const Functional& base, const std::vector<Tap>& taps, const LinearHead& head,
               const std::vector<FeatureGroup>& groups, const std::vector<bool>& used);

/// The rows of `tensor` [rows, …] of these numbers.
Tensor rows_at(const Tensor& tensor, const std::vector<int64_t>& rows);

}  // namespace thaw
