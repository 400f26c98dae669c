#include "thaw/compile/operations.h"

#include <algorithm>
#include <map>
#include <utility>

namespace thaw {
namespace {

/// What is in `all` more often than in `others`.
std::vector<LayerOperation> missing_from(const std::vector<LayerOperation>& others,
                                         const std::vector<LayerOperation>& all) {
  std::map<std::pair<std::string_view, std::string_view>, int> counts;
  for (const auto& [layer, what] : others) ++counts[{layer, what}];
  std::vector<LayerOperation> result;
  for (const LayerOperation& operation : all)
    if (--counts[{operation.layer, operation.what}] < 0) result.push_back(operation);
  return result;
}

}  // namespace

std::vector<LayerOperation> operations(const ops::Graph& graph) {
  std::vector<LayerOperation> result;
  for (const ops::Node& node : graph.nodes) {
    if (node.is_parameter() || std::holds_alternative<ops::Input>(node.op)) continue;
    result.push_back({node.name, std::string(ops::words(node.op, node.shape))});
  }
  return result;
}

OperationChanges changes(const ops::Graph& before, const ops::Graph& after) {
  const auto old_operations = operations(before);
  const auto new_operations = operations(after);
  auto added = missing_from(old_operations, new_operations);
  OperationChanges result;
  for (const LayerOperation& gone : missing_from(new_operations, old_operations)) {
    const auto instead = std::ranges::find(added, gone.layer, &LayerOperation::layer);
    if (instead == added.end()) {
      result.merged.push_back(gone);
      continue;
    }
    result.replaced.push_back(gone);
    result.by.push_back(*instead);
    added.erase(instead);
  }
  return result;
}

}  // namespace thaw
