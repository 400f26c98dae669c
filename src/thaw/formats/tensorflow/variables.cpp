#include "thaw/formats/tensorflow/variables.h"

#include <fmt/format.h>

#include <set>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/node_name.h"
#include "thaw/formats/tensorflow/restored.h"
#include "thaw/formats/tensorflow/tensor_bundle.pb.h"

namespace thaw::tensorflow {
namespace {

constexpr const char* prefix = "variables/variables";
constexpr const char* objects_key = "_CHECKPOINTABLE_OBJECT_GRAPH";
constexpr std::string_view key_ending = "/.ATTRIBUTES/VARIABLE_VALUE";

bool is_variable(const std::string& op) {
  return op == "VarHandleOp" || op == "VariableV2" || op == "Variable";
}

}  // namespace

Variables::Variables(const FileSet& files, const proto::MetaGraphDef& graph) {
  if (!files.has(std::string(prefix) + ".index")) return;
  bundle_ = TensorBundle(files, prefix);
  add_objects(graph.object_graph_def());
  tell_apart(graph.object_graph_def());
  add_captured(graph);
  add_restored(graph);
  add_named(graph);
  add_collections(graph);
}

/// Both graphs of objects have the same edges: the SavedModel's says what an object is, the
/// checkpoint's under which key its value is kept.
void Variables::add_objects(const proto::SavedObjectGraph& objects) {
  if (objects.nodes_size() == 0 || !bundle_.has(objects_key)) return;
  proto::TrackableObjectGraph kept;
  const std::string bytes = bundle_.read_text(objects_key);
  if (!kept.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw Error("expected a graph of objects in the checkpoint, received one that is damaged");
  if (kept.nodes_size() == 0) return;
  std::vector<std::pair<int32_t, int32_t>> open = {{0, 0}};
  std::set<int32_t> seen = {0};
  while (!open.empty()) {
    const auto [object, in_checkpoint] = open.back();
    open.pop_back();
    const proto::SavedObject& node = objects.nodes(object);
    const auto& other = kept.nodes(in_checkpoint);
    if (node.has_variable())
      for (const auto& attribute : other.attributes())
        if (attribute.name() == "VARIABLE_VALUE")
          objects_[object] = {.key = attribute.checkpoint_key(),
                              .name = node.variable().name().empty() ? attribute.full_name()
                                                                     : node.variable().name(),
                              .can_train = node.variable().trainable()};
    std::map<std::string_view, int32_t> children;
    for (const auto& child : other.children()) children[child.local_name()] = child.node_id();
    for (const auto& child : node.children()) {
      const auto found = children.find(child.local_name());
      if (found == children.end() || child.node_id() < 0 ||
          child.node_id() >= objects.nodes_size() || found->second < 0 ||
          found->second >= kept.nodes_size())
        continue;
      if (seen.insert(child.node_id()).second) open.emplace_back(child.node_id(), found->second);
    }
  }
}

/// Variables of modules by hand are often all called "kernel": then their place among the objects
/// is their name. Copies that no function reads, as Keras keeps them, do not count.
void Variables::tell_apart(const proto::SavedObjectGraph& objects) {
  std::set<int32_t> read;
  for (const auto& [name, function] : objects.concrete_functions())
    read.insert(function.bound_inputs().begin(), function.bound_inputs().end());
  std::map<std::string, int> counts;
  for (const auto& [object, kept] : objects_) counts[kept.name] += read.contains(object) ? 1 : 0;
  for (auto& [object, kept] : objects_) {
    if (counts[kept.name] <= 1 || !kept.key.ends_with(key_ending)) continue;
    kept.name = kept.key.substr(0, kept.key.size() - key_ending.size());
  }
}

/// The outer graph hands variables to functions whose captured objects are known.
void Variables::add_captured(const proto::MetaGraphDef& graph) {
  const auto& functions = graph.object_graph_def().concrete_functions();
  for (const auto& node : graph.graph_def().node()) {
    const auto attribute = node.attr().find("f");
    if (attribute == node.attr().end()) continue;
    const auto found = functions.find(attribute->second.func().name());
    if (found == functions.end()) continue;
    const auto& bound = found->second.bound_inputs();
    const int inputs = data_inputs(node);
    for (int i = 0; i < bound.size() && bound.size() <= inputs; ++i) {
      const auto object = objects_.find(bound.Get(i));
      if (object == objects_.end()) continue;
      nodes_.try_emplace(node_of(node.input(inputs - bound.size() + i)), object->second);
    }
  }
}

void Variables::add_restored(const proto::MetaGraphDef& graph) {
  for (const auto& [node, key] : restored_variables(graph.graph_def(), graph.saver_def()))
    if (bundle_.has(key)) nodes_.try_emplace(node, Kept{.key = key, .name = node});
}

/// What is left: TensorFlow 1 keeps a variable under its name.
void Variables::add_named(const proto::MetaGraphDef& graph) {
  for (const auto& node : graph.graph_def().node()) {
    if (!is_variable(node.op())) continue;
    const auto shared = node.attr().find("shared_name");
    if (shared != node.attr().end() && bundle_.has(shared->second.s())) {
      nodes_.try_emplace(node.name(), Kept{.key = shared->second.s(), .name = node.name()});
    } else if (bundle_.has(node.name())) {
      nodes_.try_emplace(node.name(), Kept{.key = node.name(), .name = node.name()});
    }
  }
}

void Variables::add_collections(const proto::MetaGraphDef& graph) {
  const auto found = graph.collection_def().find("trainable_variables");
  if (found == graph.collection_def().end()) return;
  std::set<std::string> trainable;
  for (const auto& bytes : found->second.bytes_list().value()) {
    proto::VariableDef variable;
    if (variable.ParseFromString(bytes)) trainable.insert(node_of(variable.variable_name()));
  }
  for (auto& [node, kept] : nodes_)
    if (!kept.can_train) kept.can_train = trainable.contains(node);
}

foreign::Constant Variables::read(const std::string& handle) const {
  const Kept* kept = nullptr;
  if (handle.starts_with('#')) {
    const auto found = objects_.find(std::atoi(handle.c_str() + 1));
    if (found != objects_.end()) kept = &found->second;
  } else if (const auto found = nodes_.find(handle); found != nodes_.end()) {
    kept = &found->second;
  }
  if (kept == nullptr) {
    throw Error(fmt::format(
        "variable \"{}\": expected its value in {}.index, received {}: the folder \"variables\" "
        "belongs to saved_model.pb",
        handle, prefix, empty() ? "no such file" : "a file without it"));
  }
  return {.array = bundle_.read(kept->key), .name = kept->name, .can_train = kept->can_train};
}

}  // namespace thaw::tensorflow
