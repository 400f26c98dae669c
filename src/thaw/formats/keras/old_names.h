#pragma once

#include <string>
#include <string_view>

#include "thaw/core/config.h"

namespace thaw::keras {

/// A layer as a config describes it: "Dense" and {"units": 10, …}.
struct ClassAndConfig {
  std::string class_name;
  Config config;
};

/// Translates a layer of Keras 1 to the names of Keras 2: Convolution2D with nb_filter, nb_row and
/// border_mode becomes Conv2D with filters, kernel_size and padding. Newer layers are returned
/// unchanged.
ClassAndConfig modernize(std::string class_name, Config config);

/// The class's own name, which .h5 files and groups of weights have, where Keras hands it out under
/// another, as .keras files call it.
std::string_view own_class_name(std::string_view exported);

}  // namespace thaw::keras
