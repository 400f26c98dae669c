#include "thaw/formats/model_file.h"

#include <array>
#include <fstream>
#include <string_view>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/formats/keras/hdf5/writer.h"
#include "thaw/formats/keras/json.h"
#include "thaw/formats/keras/optimizer_state.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/formats/keras/training_config.h"
#include "thaw/formats/keras/weights.h"
#include "thaw/formats/keras/write_config.h"
#include "thaw/formats/keras/zip_file.h"

namespace thaw {
namespace {

constexpr uint64_t largest_config = uint64_t{64} << 20;
constexpr uint64_t largest_weights = uint64_t{8} << 30;

enum class Form { hdf5, zip };

Form form_of(std::string_view start) {
  if (start.starts_with("\x89HDF\r\n\x1a\n")) return Form::hdf5;
  if (start.starts_with("PK")) return Form::zip;
  throw Error("expected a Keras model (.h5 or .keras), received a file of another kind");
}

Form form_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw Error("expected a file, and there is none");
  std::ifstream stream(path, std::ios::binary);
  std::array<char, 8> start{};
  stream.read(start.data(), start.size());
  if (!stream.good() && stream.gcount() == 0) throw Error("cannot be read, or is empty");
  return form_of(std::string_view(start.data(), start.size()));
}

void keep_metadata(const Functional& model, const std::optional<std::string>& text) {
  if (!text) return;
  const Config metadata = keras::parse_json(*text);
  for (const auto& [key, value] : metadata.as_map()) model.metadata().set(key, value);
}

std::string member(const keras::ZipReader& zip, const char* name, uint64_t limit) {
  auto content = zip.member(name, limit);
  if (!content) throw Error(std::string("expected a .keras file with ") + name);
  return std::move(*content);
}

/// What compile() was told, and how far the optimizer has come. Nothing of it can make a file
/// unreadable.
void read_training(const Config* config, const keras::Hdf5File& weights, ModelFile& content) {
  if (config == nullptr || !config->is_map() || config->as_map().empty()) return;
  try {
    TrainingRecord record{keras::modern_compile_config(*config)};
    const Config& optimizer = record.compile.at("optimizer");
    if (optimizer.is_map()) {
      record.optimizer =
          keras::read_optimizer_state(weights, optimizer, content.model, content.dropped);
    }
    content.training = std::move(record);
  } catch (const Error& error) {
    content.dropped.push_back(std::string("what it was compiled with: ") + error.what());
  }
}

ModelFile read_keras(const keras::ZipReader& zip, const LoadOptions& options) {
  const Config config = keras::parse_json(member(zip, "config.json", largest_config));
  std::vector<std::string> dropped;
  ModelFile content{keras::read_config(config, options.input_shape, dropped)};
  content.dropped = std::move(dropped);
  const auto weights =
      keras::Hdf5File::open_bytes(member(zip, "model.weights.h5", largest_weights));
  keras::read_weights(content.model, weights, {});
  read_training(config.find("compile_config"), weights, content);
  keep_metadata(content.model, zip.member("thaw.json", largest_config));
  return content;
}

std::optional<Config> json_attribute(const keras::Hdf5File& file, const char* name) {
  const auto text = file.text_attribute("", name);
  if (!text) return std::nullopt;
  if (text->size() > largest_config)
    throw Error(std::string("expected a ") + name + " of at most 64 MB");
  return with_context(name, [&] { return keras::parse_json(*text); });
}

ModelFile read_h5(const keras::Hdf5File& file, const LoadOptions& options) {
  const auto config = json_attribute(file, "model_config");
  if (!config) {
    throw Error(
        "expected a whole model, received weights alone: name the network that they belong to too "
        "(--base NAME --weights FILE)");
  }
  std::vector<std::string> dropped;
  ModelFile content{keras::read_config(*config, options.input_shape, dropped)};
  content.dropped = std::move(dropped);
  keras::read_weights(content.model, file, {});
  const auto training = json_attribute(file, "training_config");
  read_training(training ? &*training : nullptr, file, content);
  keep_metadata(content.model, file.text_attribute("", "thaw"));
  return content;
}

bool ends_with(const std::filesystem::path& path, std::string_view ending) {
  return path.filename().string().ends_with(ending);
}

/// Of a file of the model's weights: these, and some KB a layer.
size_t likely_bytes(const Functional& model) {
  return static_cast<size_t>(model.count_parameters()) * sizeof(float) +
         (model.layers().size() << 14) + (size_t{4} << 20);
}

void write_keras(const ModelFile& content, const std::filesystem::path& path) {
  const Functional& model = content.model;
  keras::Hdf5Writer weights(likely_bytes(model));
  keras::write_weights(model, weights);
  Config config = keras::write_config(model, keras::Dialect::keras_3);
  if (content.training) {
    config.set("compile_config", content.training->compile);
    keras::write_optimizer_state(*content.training, weights);
  }
  const std::string config_text = keras::write_json(config);
  const std::string metadata = keras::write_json(model.metadata());
  AtomicFile file(path);
  // A fixed date: the same model gives the same file.
  keras::write_zip(
      file.temporary_path(),
      {{"metadata.json", R"({"keras_version": "3.0.0", "date_saved": "1980-01-01@00:00:00"})"},
       {"config.json", config_text},
       {"model.weights.h5", weights.finish()},
       {"thaw.json", metadata}});
  file.commit();
}

void write_h5(const ModelFile& content, const std::filesystem::path& path) {
  const Functional& model = content.model;
  keras::Hdf5Writer file(likely_bytes(model));
  file.write_text_attribute("", "backend", "tensorflow");
  file.write_text_attribute("", "keras_version", "3.0.0");
  file.write_text_attribute(
      "", "model_config", keras::write_json(keras::write_config(model, keras::Dialect::legacy_h5)));
  file.write_text_attribute("", "thaw", keras::write_json(model.metadata()));
  keras::write_legacy_weights(model, file, "model_weights");
  if (content.training) {
    file.write_text_attribute(
        "", "training_config",
        keras::write_json(keras::training_config_from(content.training->compile)));
    keras::write_legacy_optimizer_state(*content.training, model, file);
  }
  write_file(path, file.finish());
}

}  // namespace

ModelFile read_model_file(const std::filesystem::path& path, const LoadOptions& options) {
  return with_context(path.string(), [&] {
    return form_of(path) == Form::zip ? read_keras(keras::ZipReader(path), options)
                                      : read_h5(keras::Hdf5File::open(path), options);
  });
}

ModelFile read_model_bytes(std::string bytes, const LoadOptions& options) {
  return form_of(std::string_view(bytes)) == Form::zip
             ? read_keras(keras::ZipReader(std::move(bytes)), options)
             : read_h5(keras::Hdf5File::open_bytes(std::move(bytes)), options);
}

void write_model_file(const ModelFile& content, const std::filesystem::path& path) {
  if (ends_with(path, ".keras")) {
    write_keras(content, path);
  } else if (ends_with(path, ".h5") && !ends_with(path, ".weights.h5")) {
    write_h5(content, path);
  } else {
    throw UsageError(path.string() + ": expected a file name that ends in .keras or .h5");
  }
}

Functional load_model(const std::filesystem::path& path, const LoadOptions& options) {
  return read_model_file(path, options).model;
}

void save_model(const Functional& model, const std::filesystem::path& path) {
  write_model_file({.model = model}, path);
}

bool is_whole_model(const std::filesystem::path& path) {
  return with_context(path.string(), [&] {
    if (form_of(path) == Form::zip) return true;
    return keras::Hdf5File::open(path).text_attribute("", "model_config").has_value();
  });
}

WeightsReport load_weights(const Functional& model, const std::filesystem::path& path,
                           const WeightsOptions& options) {
  return with_context(path.string(), [&] {
    if (form_of(path) == Form::hdf5)
      return keras::read_weights(model, keras::Hdf5File::open(path), options);
    const keras::ZipReader zip(path);
    return keras::read_weights(
        model, keras::Hdf5File::open_bytes(member(zip, "model.weights.h5", largest_weights)),
        options);
  });
}

void save_weights(const Functional& model, const std::filesystem::path& path) {
  keras::Hdf5Writer file(likely_bytes(model));
  if (ends_with(path, ".weights.h5")) {
    keras::write_weights(model, file);
  } else if (ends_with(path, ".h5")) {
    keras::write_legacy_weights(model, file, "");
  } else {
    throw UsageError(path.string() + ": expected a file name that ends in .weights.h5 or .h5");
  }
  write_file(path, file.finish());
}

}  // namespace thaw
