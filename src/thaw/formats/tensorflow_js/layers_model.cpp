#include "thaw/formats/tensorflow_js/layers_model.h"

#include "thaw/core/error.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/model_parts.h"
#include "thaw/formats/keras/training_config.h"
#include "thaw/formats/tensorflow_js/named_weights.h"
#include "thaw/formats/tensorflow_js/teachable_machine.h"

namespace thaw::tensorflow_js {
namespace {

/// A member that is an object, or JSON of one as a text; null where there is none.
Config object_of(const Config& value, const char* key) {
  const Config* member = value.find(key);
  if (member == nullptr) return {};
  return member->is_string() ? parse_json(member->as_string()) : *member;
}

/// The model's class and config, which stand in model_config or by themselves.
Config model_config_of(const Config& topology) {
  Config config = object_of(topology, "model_config");
  if (config.is_null()) config = topology;
  if (config.find("class_name") == nullptr || config.find("config") == nullptr) {
    throw Error(
        "modelTopology: expected a model of layers (class_name and config) or a graph (node), "
        "received another kind");
  }
  return config;
}

/// Which Keras's words they are: TensorFlow.js speaks those of Keras 2 ("tfjs-layers 4.22.0").
Config keras_version(const Config& topology) {
  const Config* version = topology.find("keras_version");
  if (version == nullptr || !version->is_string()) return {};
  return version->as_string().starts_with("tfjs") ? Config("2.0.0") : *version;
}

/// What compile() was told stands in the topology, or, by JavaScript, beside it.
void read_training(const Config& topology, const Config& model, ModelFile& content) {
  try {
    Config training = object_of(topology, "training_config");
    if (training.is_null()) training = object_of(model, "trainingConfig");
    if (training.is_null()) return;
    content.training = TrainingRecord{keras::modern_compile_config(training)};
    content.dropped.emplace_back("its optimizer's state, if it had one");
  } catch (const Error& error) {
    content.dropped.push_back(std::string("what it was compiled with: ") + error.what());
  }
}

}  // namespace

bool is_layers_model(const ModelFolder& folder) {
  const Config* topology = folder.model().find("modelTopology");
  return topology != nullptr && topology->find("node") == nullptr;
}

ModelFile read_layers_model(const ModelFolder& folder, const LoadOptions& options) {
  const Config topology = object_of(folder.model(), "modelTopology");
  const Config config = model_config_of(topology);
  const TeachableMachine metadata(folder);
  LoadOptions given = options;
  if (!given.input_shape) given.input_shape = metadata.image_shape();
  const Config version = keras_version(topology);
  std::vector<std::string> dropped;
  ModelFile content{
      keras::read_config(config, keras::read_options(given, &version, config), dropped)};
  content.dropped = std::move(dropped);
  assign_weights(content.model, read_weights(folder), content.dropped);
  read_training(topology, folder.model(), content);
  metadata.note_in(content);
  return content;
}

}  // namespace thaw::tensorflow_js
