#pragma once

#include <optional>
#include <vector>

#include "thaw/formats/import/rule.h"
#include "thaw/ops/geometry.h"

/// Words that many of ONNX's operators share.
namespace thaw::foreign::onnx_lists {

/// A list of whole numbers that older versions of an operator have as an attribute and newer ones
/// as an input: the attribute's, else those of the input at `place`; nothing where neither is.
std::optional<std::vector<int64_t>> list_of(const RuleCall& call, const char* attribute,
                                            size_t place);

/// The window of a convolution or pooling over the one or two axes after x's first two: strides,
/// dilations, pads or auto_pad. `kernel`: its sizes along these axes. One axis is the width, and
/// the height is 1. Throws Error for three axes or more, and for negative padding.
Window window_of(const RuleCall& call, const std::vector<int64_t>& kernel);
/// Those sizes as height and width.
Size2 size_of(const std::vector<int64_t>& kernel);

}  // namespace thaw::foreign::onnx_lists
