#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "thaw/ops/activation.h"

namespace thaw {

/// Activations that a device applies to a result on its way to memory. Of relu only the simple one
/// is meant (Activation::is_simple_relu).
using FusedActivations = std::vector<Activation::Kind>;
bool fuses(const FusedActivations& kinds, const Activation& activation);

/// Which 3×3 convolutions of stride 1 a device computes faster as Winograd's F(4×4, 3×3) than
/// directly. Such tiles take 36 products a pair of channels, whole or not, in place of 9 a pixel.
struct WinogradTraits {
  int64_t least_inputs = 1;   ///< channels
  int64_t least_outputs = 1;  ///< channels
  int64_t together = 1;       ///< of which both numbers of channels must be multiples
  /// The direct convolution must take more than this many times the products of the tiles.
  int64_t least_saving = 1;
  FusedActivations activations;  ///< beside none
};

/// What a device does well. It hands this to optimize() and to whom else decides for it, so that no
/// pass knows a processor. As it is made here, a device fuses and tiles nothing.
struct DeviceTraits {
  /// After a convolution, product, element-wise operation or scale.
  FusedActivations activations;
  /// Whether a convolution adds its residual itself.
  bool fuses_residuals = false;
  std::optional<WinogradTraits> winograd;
  /// Frozen layers run on so many samples at once, and on so few that the widest tensor between two
  /// of them takes no more than these bytes.
  int64_t micro_batch_samples = 1;
  int64_t micro_batch_bytes = 0;
};

}  // namespace thaw
