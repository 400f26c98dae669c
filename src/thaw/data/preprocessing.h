#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "thaw/core/config.h"
#include "thaw/core/enum_name.h"

namespace thaw {

/// The order of an image's channels.
enum class ChannelOrder { rgb, bgr };
constexpr std::array channel_order_names{EnumName<ChannelOrder>{ChannelOrder::rgb, "rgb"},
                                         EnumName<ChannelOrder>{ChannelOrder::bgr, "bgr"}};
constexpr std::span<const EnumName<ChannelOrder>> enum_names(ChannelOrder) {
  return channel_order_names;
}

/// What a network wants done to RGB pixels of 0 … 255: y[c] = x[c]·scale[c] + offset[c], where x is
/// first brought into the order `channels`. As it stands: nothing. Being affine, it can be folded
/// into the first convolution.
struct Preprocessing {
  std::array<float, 3> scale{1, 1, 1};   ///< in the order `channels`
  std::array<float, 3> offset{0, 0, 0};  ///< in the order `channels`
  ChannelOrder channels = ChannelOrder::rgb;

  /// y[c] = (x[c]/255 − mean[c])/deviation[c], the usual form in papers: both for pixels of 0 … 1,
  /// in the order `channels`. Scale and offset are computed in double and rounded once. Throws
  /// UsageError unless all are finite and the deviations positive.
  static Preprocessing standardized(const std::array<double, 3>& mean,
                                    const std::array<double, 3>& deviation,
                                    ChannelOrder channels = ChannelOrder::rgb);

  /// In place, on pixels [n, 3]. Requires that their number is a multiple of 3.
  void apply(std::span<float> pixels) const;
  /// In place, on grey pixels [n], which all get the first channel's numbers.
  void apply_to_grey(std::span<float> pixels) const;
  /// Whether all channels get the same numbers, in their own order: what grey images can have.
  bool is_even() const;

  /// A name of preprocessings(), or numbers: "mean=0.5,std=0.25,scale=1/255" or, one a channel,
  /// "mean=0.485,0.456,0.406,std=0.229,0.224,0.225,scale=1/255,order=bgr" mean y = (x·scale −
  /// mean)/std, in that order of channels. What is left out is mean 0, std 1, scale 1, order rgb.
  /// Throws UsageError saying what was expected.
  static Preprocessing from_text(const std::string& text);

  /// The name under which preprocessing() finds just these numbers; empty when there is none.
  std::string_view name() const;

  /// name() where there is one, else {"scale": …, "offset": …, "channels": "rgb" or "bgr"}.
  Config to_config() const;
  /// What to_config() gives; or {"mean": …, "deviation": …, "channels": …} for standardized().
  /// "channels" may be left out: "rgb". Throws Error saying what was expected.
  static Preprocessing from_config(const Config& config);

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("scale", scale);
    visit("offset", offset);
    visit("channels", channels);
  }
  bool operator==(const Preprocessing&) const = default;
};

struct NamedPreprocessing {
  std::string_view name;
  Preprocessing numbers;
};

/// The modes of Keras's imagenet_utils.preprocess_input: "tf" (x/127.5 − 1), "caffe" (BGR minus
/// ImageNet's mean), "torch" ((x/255 − mean)/deviation of ImageNet); "none"; and "unit" (x/255).
std::span<const NamedPreprocessing> preprocessings();
/// Throws UsageError that lists the names when `name` is none of them.
const Preprocessing& preprocessing(std::string_view name);

}  // namespace thaw
