#pragma once

#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// y = x·scale + offset, one number a channel. In double, so that what is folded is rounded once,
/// not at every step.
struct ChannelAffine {
  std::vector<double> scale;
  std::vector<double> offset;

  /// x ↦ this(first(x)).
  ChannelAffine after(const ChannelAffine& first) const;
  /// Whether it gives anything but 0 for 0.
  bool moves_zero() const;
  /// As an operation, its numbers rounded to float.
  ops::ScaleShift rounded(const Activation& activation = {}) const;
};

/// The map's numbers, for each of the channels where it has one for all. Its activation is left
/// out.
ChannelAffine channel_affine(const ops::ScaleShift& map, int64_t channels);

/// The bias of a convolution or product; empty where it has none.
std::vector<double> bias_values(const ops::Graph& graph, const ops::Node& linear);

}  // namespace thaw
