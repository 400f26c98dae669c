#pragma once

#include <optional>

#include "thaw/train/feature_ladder.h"
#include "thaw/train/micro_batches.h"

namespace thaw {

/// The frozen layers of one fit: the ladder of their cuts, and the part of it that ran last, ready
/// to run again. The datasets of a fit share it, so each part is compiled once.
class FrozenLayers {
 public:
  /// `network` must outlive this object; `target` and `expected` as in Ladder.
  FrozenLayers(const ops::Graph& network, const std::vector<ops::Value>& target,
               std::span<const std::vector<ops::Value>> expected, Device& device)
      : network_(network), device_(device), ladder_(network, target, expected) {}

  const ops::Graph& network() const { return network_; }
  const Ladder& ladder() const { return ladder_; }
  /// What computes `to` from `from`, or from the sample if that is nullptr, as Ladder::segment()
  /// has it. Valid until another part is asked for; results are valid until anybody runs it again.
  MicroBatches& part(const Rung* from, std::span<const Rung* const> to);

 private:
  struct Part {
    std::vector<std::vector<ops::Value>> ends;
    MicroBatches run;
  };

  const ops::Graph& network_;
  Device& device_;
  Ladder ladder_;
  std::optional<Part> last_;
};

}  // namespace thaw
