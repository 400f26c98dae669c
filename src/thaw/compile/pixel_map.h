#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// y[k] = Σ_c factors[k][c]·x[c] + offsets[k] for every pixel x of an image: what Rescaling,
/// Normalization, arithmetic with numbers, and picking, swapping or joining channels come to.
struct PixelMap {
  std::vector<std::vector<double>> factors;  ///< [channels out][channels in]
  std::vector<double> offsets;               ///< [channels out]

  /// y = x.
  static PixelMap identity(int64_t channels);
  bool is_identity() const;
  /// The largest magnitude among the factors.
  double largest_factor() const;
  /// This after `first`: x -> this(first(x)).
  PixelMap after(const PixelMap& first) const;
  /// The least and the greatest value that any channel can have for pixels of low … high.
  struct Range {
    double low = 0;
    double high = 0;
  };
  Range range(double low, double high) const;
  bool operator==(const PixelMap&) const = default;
};

/// What a network does to its image before it looks at it.
struct PixelUse {
  /// From the image that is fed to what the first real layer reads. Not counted, because they
  /// change no value's meaning: resizing, cropping, padding, random views, clipping.
  PixelMap map;
  /// Whether each image is divided by its own deviation, or by another measure of its own: then any
  /// scale does.
  bool standardizes = false;
  /// Whether its own mean is taken away, or anything else of its own: `map` leaves that out.
  bool centres = false;
  /// The paths of the layers that make `map` (and standardize), in order: "model/rescaling".
  std::vector<std::string> layers;
  /// The path of the first layer that is no such map: "mobilenetv2_0.35_224/Conv1".
  std::string first_layer;
  ops::Value first;  ///< that layer's first operation
};

/// Follows the graph's only input to the first operation that mixes pixels or bends values: one
/// answer for each way in which branches read it. Empty where there are several inputs, or one that
/// is no image (height, width, channels) or (height, width).
std::vector<PixelUse> pixel_uses(const ops::Graph& graph);

/// The only one; nullopt where there is none, or branches read the image differently.
std::optional<PixelUse> pixel_use(const ops::Graph& graph);

}  // namespace thaw
