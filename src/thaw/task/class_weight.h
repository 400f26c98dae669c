#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "thaw/data/image_folder.h"

namespace thaw {

/// How much each class counts in the loss, by label, as Keras's class_weight. "balanced": n/(k·nₖ)
/// of n images, k classes and nₖ images of the class, scikit-learn's rule, so that a class of few
/// images counts as much as one of many; else a JSON file {"cat": 2, "dog": 0.5} of a number a
/// class, 1 where a class is not named. "none" or no text: none. Throws UsageError for a class that
/// there is not and for a number that is not above 0, Error for a file that cannot be read.
std::map<int64_t, double> class_weight_of(const std::string& text, const ImageFolder& images);

}  // namespace thaw
