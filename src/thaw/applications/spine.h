#pragma once

#include <memory>
#include <vector>

#include "thaw/graph/functional.h"

namespace thaw::applications {

/// A value that all of a model's first output depends on.
struct Place {
  Symbol value;
  Functional model;  ///< that it is a value of: the model itself, or one nested in it
  /// The calls of nested models that lead to it, the outermost first, each with the model that
  /// makes it.
  std::vector<std::pair<Functional, std::shared_ptr<const Call>>> inside;
};

/// Every such value, from the output to the input, without inputs; in place of a nested model's
/// value those inside it. What only a part of the output depends on, such as a residual branch or
/// one of two networks side by side, is left out.
std::vector<Place> spine_of(const Functional& model);

}  // namespace thaw::applications
