#include "thaw/formats/tensorflow/saved_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/flatten.h"
#include "thaw/formats/tensorflow/numbers.h"
#include "thaw/formats/tensorflow/signature.h"
#include "thaw/formats/tensorflow/variables.h"

namespace thaw::tensorflow {
namespace {

using foreign::ForeignGraph;

constexpr const char* graph_file = "saved_model.pb";

proto::SavedModel parsed(const FileSet& files) {
  const std::string bytes = files.read(graph_file);
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    throw Error(fmt::format("{}: expected a file below 2 GiB", graph_file));
  proto::SavedModel model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      model.meta_graphs_size() == 0) {
    throw Error(
        fmt::format("{}: expected a SavedModel's graph, received a file that is none, or is "
                    "damaged",
                    graph_file));
  }
  return model;
}

/// That which serves; TensorFlow 1's modules have one without tags beside one to train.
const proto::MetaGraphDef& graph_to_take(const proto::SavedModel& model) {
  const auto distance = [](const proto::MetaGraphDef& graph) {
    const auto& tags = graph.meta_info_def().tags();
    const auto has = [&](const char* tag) { return std::ranges::find(tags, tag) != tags.end(); };
    return (has("train") ? 100 : 0) + (has("tpu") ? 10 : 0) + (has("serve") ? 0 : 1) +
           (tags.size() > 1 ? 1 : 0);
  };
  return *std::ranges::min_element(model.meta_graphs(), {}, distance);
}

Slot fed(const Port& port, Flattener& flattener) {
  if (port.type == proto::DT_BOOL) return flattener.flag(false);  // no one trains
  if (port.sizes.empty()) {
    throw Error(fmt::format(
        "input {}: expected a shape, received one of unknown rank: save the model with the size "
        "of its images in its signature",
        port.name));
  }
  return flattener.input(port.name, port.sizes);
}

ForeignGraph of_signature(const Signature& signature, Flattener& flattener) {
  for (const Port& port : signature.inputs) flattener.feed(port.reference, fed(port, flattener));
  std::vector<std::string> wanted;
  for (const Port& port : signature.outputs) wanted.push_back(port.reference);
  return flattener.finish(flattener.outer(wanted));
}

/// What a function has captured: a variable, or a constant of the outer graph.
Slot captured_slot(const proto::MetaGraphDef& graph, const Variables& variables, int32_t object,
                   Flattener& flattener) {
  if (variables.has_object(object))
    return {.kind = Slot::Kind::variable, .name = Variables::handle_of(object)};
  const auto& objects = graph.object_graph_def().nodes();
  if (object < 0 || object >= objects.size()) throw Error("expected an object, received none");
  if (!objects.Get(object).has_constant()) return {};
  return flattener.outer({objects.Get(object).constant().operation()}).front();
}

ForeignGraph of_function(const proto::MetaGraphDef& graph, const Variables& variables,
                         Flattener& flattener) {
  const CallForm form = find_call_form(graph);
  std::vector<Slot> arguments;
  for (const auto& argument : form.arguments) arguments.push_back(fed(argument, flattener));
  for (const int32_t object : form.captured)
    arguments.push_back(captured_slot(graph, variables, object, flattener));
  return flattener.finish(flattener.function(form.function, std::move(arguments)));
}

}  // namespace

ForeignGraph read_saved_model(const FileSet& files) {
  const proto::SavedModel model = parsed(files);
  const proto::MetaGraphDef& graph = graph_to_take(model);
  const Variables variables(files, graph);
  Flattener flattener(
      graph.graph_def(),
      {.read_variable = [&](const std::string& handle) { return variables.read(handle); },
       .names_constants = variables.empty()});
  std::string refused;
  const Signature signature = find_signature(graph, refused);
  if (!signature.name.empty()) {
    return with_context("signature " + signature.name,
                        [&] { return of_signature(signature, flattener); });
  }
  if (!refused.empty() && graph.object_graph_def().nodes_size() == 0) {
    throw Error(fmt::format(
        "expected a signature that takes an image as numbers, received others ({}): save the model "
        "again without what decodes images",
        refused));
  }
  return of_function(graph, variables, flattener);
}

}  // namespace thaw::tensorflow
