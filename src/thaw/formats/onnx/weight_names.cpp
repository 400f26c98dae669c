#include "thaw/formats/onnx/weight_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace thaw::onnx {
namespace {

using foreign::ForeignGraph;
using foreign::Node;

/// Whether a program made the name up when it folded or numbered values.
bool says_nothing(std::string_view name) {
  constexpr std::array starts = {"onnx::", "Constant_", "const_fold", "val_", "_val_", "t_", "@"};
  constexpr std::array parts = {"const_fold_opt", "_output_0", "/Constant"};
  const auto is_digit = [](char c) { return '0' <= c && c <= '9'; };
  return std::ranges::all_of(name, is_digit) ||
         std::ranges::any_of(starts, [&](const char* s) { return name.starts_with(s); }) ||
         std::ranges::any_of(
             parts, [&](const char* part) { return name.find(part) != std::string_view::npos; });
}

/// "/layer1/layer1.0/conv1/Conv" → "layer1.0.conv1": PyTorch repeats a numbered module's parent.
/// "StatefulPartitionedCall/net/conv1/Conv2D" → "net/conv1". Empty where the name has no path.
std::string module_of(std::string_view node) {
  const size_t end = node.rfind('/');
  if (end == std::string_view::npos) return {};
  const bool is_torch = node.starts_with('/');
  node = node.substr(0, end);
  std::string path;
  std::string last;
  while (!node.empty()) {
    const size_t slash = std::min(node.find('/'), node.size());
    const std::string part(node.substr(0, slash));
    node.remove_prefix(std::min(slash + 1, node.size()));
    if (part.empty() || part == "StatefulPartitionedCall" || part == "PartitionedCall") continue;
    if (is_torch && part.starts_with(last + ".") && path.ends_with(last)) {
      path += part.substr(last.size());
    } else {
      path += (path.empty() ? "" : is_torch ? "." : "/") + part;
    }
    last = part;
  }
  return path;
}

std::string_view role(const Node& node, size_t place) {
  if (node.op == "BatchNormalization") {
    constexpr std::array<std::string_view, 5> roles = {"x", "weight", "bias", "running_mean",
                                                       "running_var"};
    return roles[std::min(place, roles.size() - 1)];
  }
  return place == 2 ? "bias" : "weight";
}

}  // namespace

void name_weights(ForeignGraph& graph) {
  for (const Node& node : graph.nodes) {
    const std::string module = module_of(node.name);
    for (size_t place = 0; place < node.inputs.size(); ++place) {
      const auto constant = graph.constants.find(node.inputs[place]);
      if (constant == graph.constants.end()) continue;
      std::string& name = constant->second.name;
      if (name.empty() || !says_nothing(name)) continue;
      if (!module.empty()) name = module + "." + std::string(role(node, place));
    }
  }
}

}  // namespace thaw::onnx
