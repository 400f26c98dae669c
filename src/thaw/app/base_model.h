#pragma once

#include <functional>
#include <optional>
#include <string>

#include "thaw/graph/functional.h"

namespace thaw::app {

struct BaseFlags {
  std::string base = "mobilenet_v2";  ///< a network's name, or a file
  std::string weights = "imagenet";   ///< "imagenet", "none", or a file
  std::optional<int> image_size = {};
  uint64_t seed = 1;  ///< of weights that are not loaded
  std::function<bool(int64_t received, int64_t total)> on_download = {};
};

/// Whether `text` names a file rather than a network.
bool names_a_file(const std::string& text);

/// The base that `thaw fit` puts a head on, without a top. A network's input is 224×224 (or its own
/// default) unless `image_size` is given; a file's is its own.
Functional base_model(const BaseFlags& flags);

}  // namespace thaw::app
