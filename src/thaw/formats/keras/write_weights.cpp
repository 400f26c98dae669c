#include <fmt/format.h>

#include <map>

#include "thaw/core/variable.h"
#include "thaw/formats/keras/layer_slots.h"
#include "thaw/formats/keras/weights.h"
#include "thaw/formats/keras/write_config.h"

namespace thaw::keras {
namespace {

void write_layers(const Functional& model, Hdf5Writer& file, const std::string& group) {
  std::map<std::string, int> counts;
  for (const Layer& layer : model.layers()) {
    const std::string stem = group_name_of(layer);
    const int n = counts[stem]++;
    const std::string path =
        fmt::format("{}/{}", group, n == 0 ? stem : fmt::format("{}_{}", stem, n));
    file.create_group(path + "/vars");
    file.write_text_attribute(path + "/vars", "name", layer.name());
    if (layer.nested() != nullptr) {
      write_layers(*layer.nested(), file, path + "/layers");
      continue;
    }
    for (const Place& place : places_of(layer))
      file.write_dataset(path + "/" + place.path, place.variable->value());
  }
}

}  // namespace

void write_weights(const Functional& model, Hdf5Writer& file) {
  file.create_group("vars");
  file.write_text_attribute("vars", "name", name_in_file(model));
  write_layers(model, file, "layers");
}

void write_legacy_weights(const Functional& model, Hdf5Writer& file, const std::string& group) {
  if (!group.empty()) file.create_group(group);
  std::vector<std::string> names;
  for (const Layer& layer : model.layers()) {
    names.push_back(layer.name());
    const std::string path = group.empty() ? layer.name() : group + "/" + layer.name();
    file.create_group(path);
    std::vector<std::string> weights;
    for (const Slot& slot : in_keras_order(slots_of(layer))) {
      weights.push_back(fmt::format("{}/{}:0", slot.path, slot.variable->name()));
      file.write_dataset(path + "/" + weights.back(), slot.variable->value());
    }
    file.write_list_attribute(path, "weight_names", weights);
  }
  file.write_list_attribute(group, "layer_names", names);
  file.write_text_attribute(group, "backend", "tensorflow");
  file.write_text_attribute(group, "keras_version", "3.0.0");
}

}  // namespace thaw::keras
