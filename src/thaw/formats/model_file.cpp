#include "thaw/formats/model_file.h"

#include "thaw/core/error.h"
#include "thaw/formats/format.h"
#include "thaw/formats/notes_beside.h"

namespace thaw {
namespace {

ModelFile read(const ModelInput& input, const LoadOptions& options) {
  const ModelFormat& format = model_formats::recognize(input);
  if (format.read != nullptr) return format.read(input, options);
  throw Error(
      "expected a whole model, received weights alone: name the network that they belong to too "
      "(--base NAME --weights FILE)");
}

bool holds_a_graph(const ModelFormat& format) { return format.write != nullptr; }
bool takes_weights(const ModelFormat& format) { return format.write_weights != nullptr; }

}  // namespace

ModelFile read_model_file(const std::filesystem::path& path, const LoadOptions& options) {
  ModelFile content = with_context(path.string(), [&] { return read(ModelInput(path), options); });
  if (const Config notes = read_beside(path); !notes.as_map().empty()) {
    Config& metadata = content.model.metadata();
    metadata = with_notes(metadata.is_null() ? Config(Config::Map{}) : metadata, notes);
  }
  return content;
}

ModelFile read_model_bytes(std::string bytes, const LoadOptions& options) {
  return read(ModelInput(std::move(bytes)), options);
}

void write_model_file(const ModelFile& content, const std::filesystem::path& path) {
  const ModelFormat* format = model_formats::by_ending(path);
  if (format == nullptr || format->write == nullptr) {
    throw UsageError(path.string() + ": expected a file name that ends in " +
                     model_formats::endings(&holds_a_graph));
  }
  format->write(content, path);
}

Functional load_model(const std::filesystem::path& path, const LoadOptions& options) {
  return read_model_file(path, options).model;
}

void save_model(const Functional& model, const std::filesystem::path& path) {
  write_model_file({.model = model}, path);
}

bool is_whole_model(const std::filesystem::path& path) {
  return with_context(path.string(),
                      [&] { return model_formats::recognize(ModelInput(path)).read != nullptr; });
}

bool needs_weights(const std::filesystem::path& path) {
  return with_context(path.string(),
                      [&] { return model_formats::recognize(ModelInput(path)).is_graph_alone; });
}

WeightsReport load_weights(const Functional& model, const std::filesystem::path& path,
                           const WeightsOptions& options) {
  return with_context(path.string(), [&] {
    const ModelInput input(path);
    const ModelFormat& format = model_formats::recognize(input);
    if (format.is_graph_alone)
      throw Error("expected weights, received a graph alone (" + std::string(format.what) + ")");
    if (format.read_weights == nullptr) {
      throw Error("expected weights that have their layers' names, received a whole model (" +
                  std::string(format.what) + "): read it as one (--base FILE, without --weights)");
    }
    return format.read_weights(input, model, options);
  });
}

void save_weights(const Functional& model, const std::filesystem::path& path,
                  WeightsPrecision precision) {
  const ModelFormat* format = model_formats::by_ending(path);
  if (format == nullptr || format->write_weights == nullptr) {
    throw UsageError(path.string() + ": expected a file name that ends in " +
                     model_formats::endings(&takes_weights));
  }
  if (precision == WeightsPrecision::full) return format->write_weights(model, path);
  if (format->write_half_weights == nullptr) {
    throw UsageError(path.string() + ": expected full precision, as " + std::string(format->what) +
                     " has it, received half");
  }
  format->write_half_weights(model, path);
}

}  // namespace thaw
