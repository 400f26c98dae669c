// Keras 1, 2, tf.keras, and Keras 3's legacy form, ".h5": HDF5 with the graph in the attribute
// "model_config", and of ours metadata() in "thaw". Source: keras/src/legacy/saving/.
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/model_parts.h"
#include "thaw/formats/keras/optimizer_state.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/formats/keras/training_config.h"
#include "thaw/formats/keras/weights.h"
#include "thaw/formats/keras/write_config.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view h5_endings[] = {".h5"};

bool is_h5(const ModelInput& input) {
  return thaw::keras::is_hdf5(input) &&
         thaw::keras::open_hdf5(input).text_attribute("", "model_config").has_value();
}

std::optional<Config> json_attribute(const thaw::keras::Hdf5File& file, const char* name) {
  const auto text = file.text_attribute("", name);
  if (!text) return std::nullopt;
  if (text->size() > thaw::keras::largest_config)
    throw Error(std::string("expected a ") + name + " of at most 64 MB");
  return with_context(name, [&] { return parse_json(*text); });
}

ModelFile read_h5(const ModelInput& input, const LoadOptions& options) {
  const thaw::keras::Hdf5File file = thaw::keras::open_hdf5(input);
  const auto config = json_attribute(file, "model_config");
  if (!config) throw Error("expected the attribute model_config, and there is none");
  std::vector<std::string> dropped;
  const auto version = file.text_attribute("", "keras_version");
  const Config version_text = version ? Config(*version) : Config();
  ModelFile content{thaw::keras::read_config(
      *config, thaw::keras::read_options(options, &version_text, *config), dropped)};
  content.dropped = std::move(dropped);
  thaw::keras::read_weights(content.model, file, {});
  const auto training = json_attribute(file, "training_config");
  thaw::keras::read_training(training ? &*training : nullptr, file, options, content);
  thaw::keras::read_metadata(content.model, file.text_attribute("", "thaw"));
  return content;
}

WeightsReport read_h5_weights(const ModelInput& input, const Functional& model,
                              const WeightsOptions& options) {
  return thaw::keras::read_weights(model, thaw::keras::open_hdf5(input), options);
}

void write_h5(const ModelFile& content, const std::filesystem::path& path) {
  const Functional& model = content.model;
  thaw::keras::Hdf5Writer file(thaw::keras::likely_bytes(model));
  file.write_text_attribute("", "backend", "tensorflow");
  file.write_text_attribute("", "keras_version", "3.0.0");
  file.write_text_attribute(
      "", "model_config",
      write_json(thaw::keras::write_config(model, thaw::keras::Dialect::legacy_h5)));
  file.write_text_attribute("", "thaw", write_json(model.metadata()));
  thaw::keras::write_legacy_weights(model, file, "model_weights");
  if (content.training) {
    file.write_text_attribute(
        "", "training_config",
        write_json(thaw::keras::training_config_from(content.training->compile)));
    thaw::keras::write_legacy_optimizer_state(*content.training, model, file);
  }
  write_file(path, file.finish());
}

void write_h5_weights(const Functional& model, const std::filesystem::path& path) {
  thaw::keras::Hdf5Writer file(thaw::keras::likely_bytes(model));
  thaw::keras::write_legacy_weights(model, file, "");
  write_file(path, file.finish());
}

}  // namespace

extern const ModelFormat keras_h5;
const ModelFormat keras_h5{.name = "keras_h5",
                           .what = "Keras's HDF5 of a model",
                           .endings = h5_endings,
                           .is_it = &is_h5,
                           .read = &read_h5,
                           .read_weights = &read_h5_weights,
                           .write = &write_h5,
                           .write_weights = &write_h5_weights};

}  // namespace thaw::model_formats
