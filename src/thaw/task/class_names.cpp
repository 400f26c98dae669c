#include "thaw/task/class_names.h"

#include <fmt/format.h>

#include "thaw/applications/imagenet_labels.h"
#include "thaw/core/error.h"

namespace thaw {

std::vector<std::string> class_names(const Functional& model) {
  const Shape& shape = model.outputs()[0].shape();
  const int64_t columns = shape.elements();
  const int64_t count = columns == 1 ? 2 : columns;
  std::vector<std::string> names;
  if (const Config* noted_names = model.metadata().find("classes")) {
    for (const Config& name : noted_names->as_list()) names.push_back(name.as_string());
    if (static_cast<int64_t>(names.size()) != count) {
      throw Error(fmt::format("model \"{}\": expected {} class names, one an output, received {}",
                              model.name(), count, names.size()));
    }
    return names;
  }
  const auto labels = applications::imagenet_labels();
  if (columns == static_cast<int64_t>(labels.size())) return {labels.begin(), labels.end()};
  for (int64_t i = 0; i < count; ++i) names.push_back(fmt::format("class {}", i));
  return names;
}

}  // namespace thaw
