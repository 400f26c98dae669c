#include "thaw/formats/tensorflow/restored.h"

#include <optional>
#include <unordered_map>

#include "thaw/formats/tensorflow/node_name.h"

namespace thaw::tensorflow {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<proto::NodeDef>;
using Index = std::unordered_map<std::string, const proto::NodeDef*>;

/// "RestoreV2:tensors:3" and "save/RestoreV2:3" → 3.
int output_of(const std::string& reference) {
  const size_t colon = reference.rfind(':');
  if (colon == std::string::npos) return 0;
  const int place = std::atoi(reference.c_str() + colon + 1);
  return place < 0 ? 0 : place;
}

const proto::NodeDef* find(const Index& nodes, const std::string& reference) {
  const auto found = nodes.find(node_of(reference));
  return found == nodes.end() ? nullptr : found->second;
}

/// The key that a value is restored from, seen through what only passes it on.
std::optional<std::string> key_of(const Index& nodes, std::string reference) {
  constexpr int most_steps = 8;
  for (int step = 0; step < most_steps; ++step) {
    const proto::NodeDef* node = find(nodes, reference);
    if (node == nullptr || node->input_size() == 0) return std::nullopt;
    if (node->op() == "Identity" || node->op() == "Cast") {
      reference = node->input(0);
      continue;
    }
    if (node->op() != "RestoreV2" || node->input_size() < 2) return std::nullopt;
    const proto::NodeDef* names = find(nodes, node->input(1));
    if (names == nullptr) return std::nullopt;
    const auto value = names->attr().find("value");
    const int place = output_of(reference);
    if (value == names->attr().end() || place >= value->second.tensor().string_val_size())
      return std::nullopt;
    return value->second.tensor().string_val(place);
  }
  return std::nullopt;
}

/// Key by the assigned variable's reference.
std::map<std::string, std::string> assigned(const Nodes& nodes) {
  Index index;
  for (const auto& node : nodes) index.emplace(node.name(), &node);
  std::map<std::string, std::string> keys;
  for (const auto& node : nodes) {
    if ((node.op() != "Assign" && node.op() != "AssignVariableOp") || node.input_size() < 2)
      continue;
    if (auto key = key_of(index, node.input(1))) keys[node_of(node.input(0))] = std::move(*key);
  }
  return keys;
}

}  // namespace

std::map<std::string, std::string> restored_variables(const proto::GraphDef& graph,
                                                      const proto::SaverDef& saver) {
  std::map<std::string, std::string> keys = assigned(graph.node());
  const std::string restores = node_of(saver.restore_op_name());
  for (const auto& node : graph.node()) {
    if (node.name() != restores || !node.attr().contains("f")) continue;
    for (const auto& function : graph.library().function()) {
      if (function.signature().name() != node.attr().at("f").func().name()) continue;
      const auto inner = assigned(function.node_def());
      for (int i = 0; i < function.signature().input_arg_size() && i < node.input_size(); ++i) {
        const auto found = inner.find(function.signature().input_arg(i).name());
        if (found != inner.end()) keys.try_emplace(node_of(node.input(i)), found->second);
      }
    }
  }
  return keys;
}

}  // namespace thaw::tensorflow
