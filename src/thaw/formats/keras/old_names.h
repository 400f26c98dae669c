#pragma once

#include <string>

#include "thaw/core/config.h"

namespace thaw::keras {

struct ClassAndConfig {
  std::string class_name;
  Config config;
};

/// A layer of Keras 1 in Keras 2's words: Convolution2D with nb_filter, nb_row, border_mode becomes
/// Conv2D with filters, kernel_size, padding. Newer layers pass through as they are.
ClassAndConfig modernize(std::string class_name, Config config);

}  // namespace thaw::keras
