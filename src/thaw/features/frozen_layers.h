#pragma once

#include <optional>
#include <string>

#include "thaw/features/frozen_segments.h"
#include "thaw/features/micro_batches.h"

namespace thaw {

/// The frozen layers of one fit: their segments, and the one that ran last, ready to run again. The
/// datasets of a fit share it, so each segment is compiled once.
class FrozenLayers {
 public:
  /// `network` and `device` must outlive this object; `target` and `expected` as in FrozenSegments.
  FrozenLayers(const ops::Graph& network, const std::vector<ops::Value>& target,
               std::span<const std::vector<ops::Value>> expected, Device& device)
      : network_(network),
        device_(device),
        segments_(network, target, expected, device.traits()),
        micro_batch_(micro_batch_size(network, device.traits())) {}

  const ops::Graph& network() const { return network_; }
  const FrozenSegments& segments() const { return segments_; }
  /// How many samples run through at once.
  int64_t micro_batch() const { return micro_batch_; }

  /// The name of the set in which features of this cut are kept: a hash of all that their bits
  /// depend on beside the sample. That is the cut's function, the device, the form of the
  /// micro-batches, this program's sources, and the libraries that decode images.
  std::string set_key(const FrozenCut& cut) const;

  /// What computes `to` from `from`, or from the sample where that is nullptr, as
  /// FrozenSegments::segment() has it. Valid until another segment is asked for; results are valid
  /// until anybody runs it again.
  MicroBatches& segment(const FrozenCut* from, std::span<const FrozenCut* const> to);

 private:
  struct Compiled {
    std::vector<std::vector<ops::Value>> ends;
    MicroBatches run;
  };

  const ops::Graph& network_;
  Device& device_;
  FrozenSegments segments_;
  int64_t micro_batch_;
  std::optional<Compiled> last_;
};

}  // namespace thaw
