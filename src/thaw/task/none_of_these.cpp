#include "thaw/task/none_of_these.h"

#include <fmt/format.h>

#include "thaw/compile/last_dense.h"
#include "thaw/compile/lower.h"
#include "thaw/core/error.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

constexpr const char* noted_as = "none_of_these";

int64_t columns_before_last_dense(const Functional& model) {
  const ops::Graph graph = lower(model);
  const auto features = last_dense_input(graph);
  return features ? graph[*features].shape.elements() : 0;
}

}  // namespace

void keep_unknown_detector(const Functional& model, const UnknownDetector& detector) {
  model.metadata().set(noted_as, detector.to_config());
}

std::optional<UnknownDetector> kept_unknown_detector(const Functional& model) {
  const Config* noted = model.metadata().find(noted_as);
  if (noted == nullptr) return std::nullopt;
  return with_context(fmt::format("model \"{}\": {}", model.name(), noted_as),
                      [&] { return std::optional(UnknownDetector::from_config(*noted)); });
}

bool drop_unknown_detector(const Functional& model) {
  if (model.metadata().find(noted_as) == nullptr) return false;
  Config others{Config::Map{}};
  for (const auto& [key, value] : model.metadata().as_map())
    if (key != noted_as) others.set(key, value);
  model.metadata() = std::move(others);
  return true;
}

void UnknownChoice::describe(OptionList& options) {
  options.add("unknown", unknown,
              {.help = "of a model that knows images of none of its classes: show those as \"none "
                       "of these\", or ignore that it does",
               .choices = {"show", "ignore"}});
}

std::optional<UnknownDetector> UnknownChoice::detector_of(const Functional& model) const {
  if (unknown == "ignore") return std::nullopt;
  constexpr const char* way_out = "--unknown ignore goes on without it";
  std::optional<UnknownDetector> detector;
  try {
    detector = kept_unknown_detector(model);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", error.what(), way_out));
  }
  if (!detector) return detector;
  const int64_t columns = columns_before_last_dense(model);
  if (columns != detector->columns()) {
    throw Error(fmt::format(
        "model \"{}\": {}: expected a last Dense of {} columns, received {}: {}", model.name(),
        noted_as, detector->columns(), columns == 0 ? "none" : std::to_string(columns), way_out));
  }
  return detector;
}

ops::Graph with_last_dense_input(ops::Graph graph) {
  const auto features = last_dense_input(graph);
  if (!features) throw Error("expected a model that ends in a Dense layer");
  graph.outputs.push_back(*features);
  return graph;
}

std::string doubt_about_unknown(const Functional& model, const ImageOptions& form) {
  const Config* noted = model.metadata().find("pictures");
  const Config* height = noted == nullptr ? nullptr : noted->find("height");
  const Config* width = noted == nullptr ? nullptr : noted->find("width");
  if (height == nullptr || width == nullptr) return "";
  if (height->as_integer() == form.size.height && width->as_integer() == form.size.width) return "";
  return fmt::format(
      "what is none of the classes was learned of images of {}x{}, and these are taken as {}x{}: "
      "how many are refused is not known (--unknown ignore refuses none)",
      height->as_integer(), width->as_integer(), form.size.height, form.size.width);
}

}  // namespace thaw
