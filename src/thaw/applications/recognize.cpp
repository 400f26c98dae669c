#include <map>
#include <string>

#include "thaw/applications/application.h"

namespace thaw::applications {
namespace {

/// Layers with weights: name to class.
using Names = std::map<std::string, std::string_view>;

Names names_of(const Functional& model) {
  Names names;
  for (const Layer& layer : model.layers()) {
    if (layer.nested() == nullptr && !layer.variables().empty())
      names[layer.name()] = layer.class_name();
  }
  return names;
}

/// What each network's base is known by.
const std::map<const Application*, Names>& fingerprints() {
  static const auto table = [] {
    std::map<const Application*, Names> result;
    for (const Application* application : all()) {
      result[application] =
          names_of(create(*application, {.include_top = false, .weights = "none"}));
    }
    return result;
  }();
  return table;
}

bool contains(const Names& names, const Names& part) {
  for (const auto& [name, class_name] : part) {
    const auto found = names.find(name);
    if (found == names.end() || found->second != class_name) return false;
  }
  return true;
}

}  // namespace

const Application* recognize(const Functional& model) {
  const Names names = names_of(model);
  // ResNet101V2 has every layer of ResNet50V2: the one that explains most layers is meant.
  const Application* best = nullptr;
  size_t most = 0;
  if (!names.empty()) {
    for (const auto& [application, fingerprint] : fingerprints()) {
      if (fingerprint.size() > most && contains(names, fingerprint)) {
        best = application;
        most = fingerprint.size();
      }
    }
  }
  if (best != nullptr) return best;
  for (const Layer& layer : model.layers()) {
    if (layer.nested() == nullptr) continue;
    if (const Application* found = recognize(*layer.nested())) return found;
  }
  return nullptr;
}

}  // namespace thaw::applications
