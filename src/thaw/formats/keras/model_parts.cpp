#include "thaw/formats/keras/model_parts.h"

#include "thaw/core/error.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/optimizer_state.h"
#include "thaw/formats/keras/training_config.h"

namespace thaw::keras {

bool is_hdf5(const ModelInput& input) { return input.start().starts_with("\x89HDF\r\n\x1a\n"); }

Hdf5File open_hdf5(const ModelInput& input) {
  return input.path() != nullptr ? Hdf5File::open(*input.path())
                                 : Hdf5File::open_bytes(input.bytes());
}

std::unique_ptr<ZipReader> open_zip(const ModelInput& input) {
  return input.path() != nullptr ? std::make_unique<ZipReader>(*input.path())
                                 : std::make_unique<ZipReader>(input.bytes());
}

ReadOptions read_options(const LoadOptions& given, const Config* version, const Config& config) {
  ReadOptions options{.input_shape = given.input_shape, .lambdas = given.lambdas};
  if (version == nullptr) version = config.find("keras_version");
  if (version != nullptr && version->is_string()) {
    const std::string& text = version->as_string();
    options.generation = text.starts_with("1.") ? 1 : text.starts_with("2.") ? 2 : 3;
  } else if (config.to_string().find("\"batch_input_shape\"") != std::string::npos) {
    options.generation = 2;  // Keras 3's word is "batch_shape"
  }
  return options;
}

void read_training(const Config* config, const Hdf5File& weights, const LoadOptions& options,
                   ModelFile& content) {
  if (config == nullptr || !config->is_map() || config->as_map().empty()) return;
  try {
    TrainingRecord record{modern_compile_config(*config)};
    const Config& optimizer = record.compile.at("optimizer");
    if (optimizer.is_map()) {
      record.optimizer = read_optimizer_state(weights, optimizer, options.optimizer_slots,
                                              content.model, content.dropped);
    }
    content.training = std::move(record);
  } catch (const Error& error) {
    content.dropped.push_back(std::string("what it was compiled with: ") + error.what());
  }
}

void read_metadata(const Functional& model, const std::optional<std::string>& text) {
  if (!text) return;
  const Config metadata = parse_json(*text);
  for (const auto& [key, value] : metadata.as_map()) model.metadata().set(key, value);
}

size_t likely_bytes(const Functional& model) {
  return static_cast<size_t>(model.count_parameters()) * sizeof(float) +
         (model.layers().size() << 14) + (size_t{4} << 20);
}

}  // namespace thaw::keras
