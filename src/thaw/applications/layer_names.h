#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::applications {

/// A layer's name as this generation of Keras has it: those of tf.keras 2 and of the first
/// ResNet50 are told in its words.
///
///     "expanded_conv_1/expand/BatchNorm" -> "expanded_conv_1_expand_bn"  (MobileNetV3)
///     "conv1/conv"                       -> "conv1_conv"                 (DenseNet)
///     "bn2a_branch2b"                    -> "conv2_block1_2_bn"          (ResNet50, before 2019)
std::string modern_name(std::string_view name);

/// N of Keras's automatic name "conv2d_N" for a layer of that class (0: "conv2d"), in the words of
/// any generation: Keras 1 has "convolution2d_N". Nothing for another name.
std::optional<int> automatic_number(std::string_view name, std::string_view class_name);

}  // namespace thaw::applications
