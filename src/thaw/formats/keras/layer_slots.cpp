#include "thaw/formats/keras/layer_slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/formats/keras/old_names.h"
#include "thaw/graph/naming.h"

namespace thaw::keras {
namespace {

std::string bare(std::string name) {
  if (const size_t colon = name.rfind(':'); colon != std::string::npos) name.resize(colon);
  const auto replace_end = [&](std::string_view before, std::string_view after) {
    if (name.ends_with(before)) name.replace(name.size() - before.size(), before.size(), after);
  };
  replace_end("running_mean", "moving_mean");  // Keras 1
  replace_end("running_std", "moving_variance");
  return name;
}

std::optional<std::vector<Slot>> by_names(const FileLayer& from, const std::vector<Slot>& slots) {
  std::multimap<std::string, size_t> indices;
  for (size_t i = 0; i < slots.size(); ++i) {
    indices.emplace(slots[i].layer + "/" + slots[i].variable->name(), i);
    // Its name in Keras 3 is kernel, as in every other layer.
    if (slots[i].variable->name() == "depthwise_kernel")
      indices.emplace(slots[i].layer + "/kernel", i);
  }
  std::vector<Slot> result;
  std::set<size_t> taken;
  for (const FileTensor& tensor : from.tensors) {
    const std::string name = bare(tensor.name);
    std::optional<size_t> found;
    // Layer names may hold slashes, so every ending is tried, the longest first.
    for (size_t start = 0; !found; ++start) {
      const auto [first, last] = indices.equal_range(name.substr(start));
      if (first != last) {
        if (std::next(first) != last) return std::nullopt;
        found = first->second;
      }
      start = name.find('/', start);
      if (start == std::string::npos) break;
    }
    if (!found || !taken.insert(*found).second) return std::nullopt;
    result.push_back(slots[*found]);
  }
  return result;
}

bool fits(const FileLayer& from, const std::vector<Slot>& slots) {
  for (size_t i = 0; i < slots.size(); ++i) {
    if (from.tensors[i].shape != slots[i].variable->shape()) return false;
  }
  return true;
}

void collect(const Layer& layer, const std::string& outside, std::set<const Variable*>& seen,
             std::vector<Slot>& found) {
  const std::string path = outside + layer.name();
  if (const Functional* nested = layer.nested()) {
    for (const Layer& inner : nested->layers()) collect(inner, path + "/", seen, found);
    return;
  }
  for (const VariablePtr& variable : layer.variables()) {
    if (seen.insert(variable.get()).second)
      found.push_back({layer.name(), path, variable, layer.trainable() && variable->can_train()});
  }
}

}  // namespace

std::vector<Slot> slots_of(const Layer& layer) {
  std::vector<Slot> result;
  std::set<const Variable*> seen;
  collect(layer, "", seen, result);
  return result;
}

std::vector<FileTensor> numbered(const Hdf5File& file, const std::string& group) {
  std::vector<FileTensor> tensors;
  for (size_t i = 0;; ++i) {
    const std::string path = fmt::format("{}/vars/{}", group, i);
    if (!file.is_dataset(path)) return tensors;
    tensors.push_back({fmt::format("{}", i), path, file.dataset_shape(path)});
  }
}

std::string group_name_of(const Layer& layer) {
  return to_snake_case(own_class_name(layer.class_name()));
}

std::vector<Place> places_of(const Layer& layer) {
  std::vector<Place> places;
  const auto variables = layer.variables();
  const bool wraps =
      layer.class_name() == "TimeDistributed" || layer.class_name() == "SpectralNormalization";
  std::map<std::string, int> counts;
  for (const VariablePtr& variable : variables) {
    const std::string& name = variable->name();
    const size_t slash = name.find('/');
    std::string group;
    if (slash != std::string::npos) {
      const std::string part = name.substr(0, slash);
      const bool is_grouped = layer.class_name() == "GroupQueryAttention";
      group = (is_grouped ? "_" : "") + (part == "attention_output" ? "output" : part) + "_dense/";
    } else if (wraps && name != "vector_u") {
      group = "layer/";
    } else if (wraps) {
      // Keras holds the kernel here once more.
      places.push_back({"vars/0", variables[0]});
      counts[group] = 1;
    }
    places.push_back({fmt::format("{}vars/{}", group, counts[group]++), variable});
  }
  return places;
}

std::vector<FileTensor> tensors_of(const Hdf5File& file, const std::string& group,
                                   const Layer& layer) {
  const std::vector<Place> places = places_of(layer);
  const bool is_plain = std::ranges::all_of(
      places, [](const Place& place) { return place.path.starts_with("vars/"); });
  if (is_plain) return numbered(file, group);
  std::vector<FileTensor> tensors;
  std::set<const Variable*> seen;
  for (const Place& place : places) {
    // Before Keras 3 these groups' names began with an underscore.
    for (const char* start : {"/", "/_"}) {
      const std::string path = group + start + place.path;
      if (!file.is_dataset(path) || !seen.insert(place.variable.get()).second) continue;
      tensors.push_back(
          {layer.name() + "/" + place.variable->name(), path, file.dataset_shape(path)});
    }
  }
  return tensors;
}

std::vector<Slot> in_keras_order(std::vector<Slot> slots) {
  std::stable_partition(slots.begin(), slots.end(), [](const Slot& slot) { return slot.trains; });
  return slots;
}

std::vector<Slot> arrange(const FileLayer& from, const std::vector<Slot>& slots) {
  if (from.tensors.size() != slots.size()) {
    throw Error(fmt::format("expected {} weights, received {}: the file is of another network",
                            slots.size(), from.tensors.size()));
  }
  if (auto named = by_names(from, slots)) return *named;
  std::vector<Slot> by_flags = in_keras_order(slots);
  std::vector<Slot> all_trained = slots;
  std::stable_partition(all_trained.begin(), all_trained.end(),
                        [](const Slot& slot) { return slot.variable->can_train(); });
  for (const std::vector<Slot>* order :
       {&std::as_const(by_flags), &std::as_const(all_trained), &slots}) {
    if (fits(from, *order)) return *order;
  }
  return by_flags;
}

}  // namespace thaw::keras
