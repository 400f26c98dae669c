// Keras 2.12 and later, ".keras": a zip of config.json, model.weights.h5 and metadata.json, and of
// ours thaw.json with metadata(). Source: keras/src/saving/saving_lib.py.
#include <algorithm>
#include <array>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/foreign_files.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/model_parts.h"
#include "thaw/formats/keras/optimizer_state.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/formats/keras/weights.h"
#include "thaw/formats/keras/write_config.h"
#include "thaw/formats/keras/zip_file.h"
#include "thaw/formats/tensorflow/file_set.h"
#include "thaw/formats/tensorflow_js/model_folder.h"
#include "thaw/formats/torch/torch_file.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view keras_endings[] = {".keras"};
constexpr uint64_t largest_weights = uint64_t{8} << 30;

bool is_keras(const ModelInput& input) {
  return input.start().starts_with("PK") && !thaw::torch::TorchFile::is_one(input) &&
         !thaw::tensorflow_js::ModelFolder::is_one(input) &&
         !thaw::tensorflow::FileSet::holds_saved_model(input);
}

/// Throws Error for a zip file that is no .keras file, saying what it is.
void expect_keras(const thaw::keras::ZipReader& zip) {
  const auto names = zip.names();
  if (std::ranges::find(names, "config.json") == names.end())
    throw Error("expected a .keras file with config.json, " + foreign_files::describe_zip(names));
}

/// JSON takes some twenty times its length in memory ("[],[],[]"), so that little of it is
/// harmless.
std::optional<std::string> json_member(const thaw::keras::ZipReader& zip, const char* name) {
  constexpr uint64_t harmless_bytes = uint64_t{1} << 20;
  return zip.member(name, thaw::keras::largest_config, harmless_bytes);
}

std::string required(std::optional<std::string> content, const char* name) {
  if (!content) throw Error(std::string("expected a .keras file with ") + name);
  return std::move(*content);
}

thaw::keras::Hdf5File weights_of(const thaw::keras::ZipReader& zip) {
  return thaw::keras::Hdf5File::open_bytes(
      required(zip.member("model.weights.h5", largest_weights), "model.weights.h5"));
}

ModelFile read_keras(const ModelInput& input, const LoadOptions& options) {
  const auto opened = thaw::keras::open_zip(input);
  const thaw::keras::ZipReader& zip = *opened;
  expect_keras(zip);
  const Config config = parse_json(required(json_member(zip, "config.json"), "config.json"));
  std::vector<std::string> dropped;
  // Files of thaw and of Keras 3 say so too, and Keras 2's began with 2.12.
  const auto about = json_member(zip, "metadata.json");
  const Config metadata = about ? parse_json(*about) : Config();
  ModelFile content{thaw::keras::read_config(
      config, thaw::keras::read_options(options, metadata.find("keras_version"), config), dropped)};
  content.dropped = std::move(dropped);
  const thaw::keras::Hdf5File weights = weights_of(zip);
  thaw::keras::read_weights(content.model, weights, {});
  thaw::keras::read_training(config.find("compile_config"), weights, options, content);
  thaw::keras::read_metadata(content.model, json_member(zip, "thaw.json"));
  return content;
}

WeightsReport read_keras_weights(const ModelInput& input, const Functional& model,
                                 const WeightsOptions& options) {
  const auto opened = thaw::keras::open_zip(input);
  const thaw::keras::ZipReader& zip = *opened;
  expect_keras(zip);
  return thaw::keras::read_weights(model, weights_of(zip), options);
}

void write_keras(const ModelFile& content, const std::filesystem::path& path) {
  const Functional& model = content.model;
  thaw::keras::Hdf5Writer weights(thaw::keras::likely_bytes(model));
  thaw::keras::write_weights(model, weights);
  Config config = thaw::keras::write_config(model, thaw::keras::Dialect::keras_3);
  if (content.training) {
    config.set("compile_config", content.training->compile);
    thaw::keras::write_optimizer_state(*content.training, weights);
  }
  const std::string config_text = write_json(config);
  const std::string metadata = write_json(model.metadata());
  AtomicFile file(path);
  // A fixed date: the same model gives the same file.
  thaw::keras::write_zip(
      file.temporary_path(),
      {{"metadata.json", R"({"keras_version": "3.0.0", "date_saved": "1980-01-01@00:00:00"})"},
       {"config.json", config_text},
       {"model.weights.h5", weights.finish()},
       {"thaw.json", metadata}});
  file.commit();
}

}  // namespace

extern const ModelFormat keras;
const ModelFormat keras{.name = "keras",
                        .what = "Keras 3's zip of a model",
                        .endings = keras_endings,
                        .is_it = &is_keras,
                        .read = &read_keras,
                        .read_weights = &read_keras_weights,
                        .write = &write_keras,
                        .write_weights = nullptr};

}  // namespace thaw::model_formats
