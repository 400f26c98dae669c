#pragma once

#include <string>
#include <string_view>

namespace thaw {

/// Keras's automatic names: "GlobalAveragePooling2D" -> "global_average_pooling2d", "ReLU" ->
/// "re_lu".
std::string to_snake_case(std::string_view class_name);

}  // namespace thaw
