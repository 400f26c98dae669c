#include "thaw/formats/model_file.h"

#include <array>
#include <cstring>
#include <fstream>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/formats/keras/hdf5/writer.h"
#include "thaw/formats/keras/json.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/formats/keras/weights.h"
#include "thaw/formats/keras/write_config.h"
#include "thaw/formats/keras/zip_file.h"

namespace thaw {
namespace {

constexpr uint64_t largest_config = uint64_t{64} << 20;
constexpr uint64_t largest_weights = uint64_t{8} << 30;

enum class Form { hdf5, zip };

Form form_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw Error("expected a file, and there is none");
  std::ifstream stream(path, std::ios::binary);
  std::array<char, 8> start{};
  stream.read(start.data(), start.size());
  if (!stream.good() && stream.gcount() == 0) throw Error("cannot be read, or is empty");
  if (std::memcmp(start.data(), "\x89HDF\r\n\x1a\n", 8) == 0) return Form::hdf5;
  if (std::memcmp(start.data(), "PK", 2) == 0) return Form::zip;
  throw Error("expected a Keras model (.h5 or .keras), received a file of another kind");
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

Functional load_keras(const std::filesystem::path& path, const LoadOptions& options) {
  const keras::ZipReader zip(path);
  const Config config = keras::parse_json(member(zip, "config.json", largest_config));
  Functional model = keras::read_config(config, options.input_shape);
  const auto weights =
      keras::Hdf5File::open_bytes(member(zip, "model.weights.h5", largest_weights));
  keras::read_weights(model, weights, {});
  keep_metadata(model, zip.member("thaw.json", largest_config));
  return model;
}

Functional load_h5(const std::filesystem::path& path, const LoadOptions& options) {
  const auto file = keras::Hdf5File::open(path);
  const auto text = file.text_attribute("", "model_config");
  if (!text) {
    throw Error(
        "expected a whole model, received weights alone: name the network that they belong to too "
        "(--base NAME --weights FILE)");
  }
  if (text->size() > largest_config) throw Error("expected a model_config of at most 64 MB");
  Functional model = keras::read_config(keras::parse_json(*text), options.input_shape);
  keras::read_weights(model, file, {});
  keep_metadata(model, file.text_attribute("", "thaw"));
  return model;
}

bool ends_with(const std::filesystem::path& path, std::string_view ending) {
  return path.filename().string().ends_with(ending);
}

Functional load_any(const std::filesystem::path& path, const LoadOptions& options) {
  return form_of(path) == Form::zip ? load_keras(path, options) : load_h5(path, options);
}

}  // namespace

Functional load_model(const std::filesystem::path& path, const LoadOptions& options) {
  return with_context(path.string(), [&] { return load_any(path, options); });
}

void save_model(const Functional& model, const std::filesystem::path& path) {
  const std::string metadata = keras::write_json(model.metadata());
  if (ends_with(path, ".keras")) {
    keras::Hdf5Writer weights;
    keras::write_weights(model, weights);
    AtomicFile file(path);
    // A fixed date: the same model gives the same file.
    keras::write_zip(
        file.temporary_path(),
        {{"metadata.json", R"({"keras_version": "3.0.0", "date_saved": "1980-01-01@00:00:00"})"},
         {"config.json", keras::write_json(keras::write_config(model, keras::Dialect::keras_3))},
         {"model.weights.h5", weights.bytes()},
         {"thaw.json", metadata}});
    file.commit();
  } else if (ends_with(path, ".h5") && !ends_with(path, ".weights.h5")) {
    keras::Hdf5Writer file;
    file.write_text_attribute("", "backend", "tensorflow");
    file.write_text_attribute("", "keras_version", "3.0.0");
    file.write_text_attribute(
        "", "model_config",
        keras::write_json(keras::write_config(model, keras::Dialect::legacy_h5)));
    file.write_text_attribute("", "thaw", metadata);
    keras::write_legacy_weights(model, file, "model_weights");
    write_file(path, file.bytes());
  } else {
    throw UsageError(path.string() + ": expected a file name that ends in .keras or .h5");
  }
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
  keras::Hdf5Writer file;
  if (ends_with(path, ".weights.h5")) {
    keras::write_weights(model, file);
  } else if (ends_with(path, ".h5")) {
    keras::write_legacy_weights(model, file, "");
  } else {
    throw UsageError(path.string() + ": expected a file name that ends in .weights.h5 or .h5");
  }
  write_file(path, file.bytes());
}

}  // namespace thaw
