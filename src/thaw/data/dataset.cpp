#include "thaw/data/dataset.h"

#include <fmt/format.h>

namespace thaw {

std::vector<int64_t> class_counts(const Dataset& dataset) {
  std::vector<int64_t> counts(dataset.class_names().size());
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const int64_t label = dataset.label(i);
    if (label < 0 || label >= std::ssize(counts)) {
      throw Error(fmt::format("sample {}: expected a class below {}, received {}", i, counts.size(),
                              label));
    }
    ++counts[static_cast<size_t>(label)];
  }
  return counts;
}

}  // namespace thaw
