#include "thaw/task/class_weight.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"

namespace thaw {
namespace {

constexpr size_t most_bytes = size_t{1} << 20;

std::map<int64_t, double> balanced(const ImageFolder& images) {
  std::vector<int64_t> counts(images.class_names.size(), 0);
  for (const int64_t label : images.labels) ++counts[static_cast<size_t>(label)];
  std::map<int64_t, double> result;
  const auto all = static_cast<double>(images.labels.size());
  for (size_t label = 0; label < counts.size(); ++label) {
    if (counts[label] == 0) continue;  // training says so of a class without images
    result[static_cast<int64_t>(label)] =
        all / (static_cast<double>(counts.size()) * static_cast<double>(counts[label]));
  }
  return result;
}

std::map<int64_t, double> from_file(const std::string& path, const ImageFolder& images) {
  const Config numbers = parse_json(read_file(path, most_bytes));
  std::map<int64_t, double> result;
  for (const auto& [name, number] : numbers.as_map()) {
    const auto found = std::ranges::find(images.class_names, name);
    if (found == images.class_names.end()) {
      throw UsageError(fmt::format("expected one of the classes ({}), received \"{}\"",
                                   fmt::join(images.class_names, ", "), name));
    }
    const double weight = number.as_number();
    if (!(weight > 0) || !std::isfinite(weight))
      throw UsageError(fmt::format("\"{}\": expected a number above 0, received {}", name, weight));
    result[found - images.class_names.begin()] = weight;
  }
  return result;
}

}  // namespace

std::map<int64_t, double> class_weight_of(const std::string& text, const ImageFolder& images) {
  if (text.empty() || text == "none") return {};
  return with_context("--class-weight", [&] {
    return text == "balanced" ? balanced(images)
                              : with_context(text, [&] { return from_file(text, images); });
  });
}

}  // namespace thaw
