#pragma once

#include <string_view>

#include "thaw/formats/import/rule.h"

/// What TensorFlow's operations have in common.
namespace thaw::foreign::tensorflow_words {

/// The axis of the channels of an operation over images: 3, or 1 where data_format is "NCHW".
int channel_axis(const RuleCall& call);

/// The numbers of a list along (height, width), of four in the order of data_format.
Size2 over_image(const RuleCall& call, std::string_view attribute, int channel_axis);

/// Strides, dilations and padding: "SAME", "VALID", or "EXPLICIT" with explicit_paddings.
Window window_of(const RuleCall& call, int channel_axis);

/// A list along one axis added to a value: [C] where the channels are at `axis`.
Value add_along(const RuleCall& call, const Value& x, const Value& list, int axis);

/// "Relu", "Relu6", "Elu", "LeakyRelu", … of a value, as operations that are fused name them;
/// `slope` is of "LeakyRelu". Throws Error for another.
Value activated(const RuleCall& call, const Value& x, std::string_view op, double slope);

}  // namespace thaw::foreign::tensorflow_words
