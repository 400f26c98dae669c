// TensorFlow Lite's models, with what their metadata says of classes and images. Source:
// tensorflow/compiler/mlir/lite/schema/schema.fbs.
#include "thaw/formats/format.h"
#include "thaw/formats/import/import_graph.h"
#include "thaw/formats/tflite/metadata.h"
#include "thaw/formats/tflite/read_tflite.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view tflite_endings[] = {".tflite", ".lite"};

bool is_tflite(const ModelInput& input) { return thaw::tflite::TfliteFile::is_one(input.start()); }

ModelFile read_model(const ModelInput& input, const LoadOptions& options) {
  const thaw::tflite::TfliteFile file(input);
  thaw::tflite::ReadGraph read = thaw::tflite::read_tflite(file);
  ModelFile content = foreign::import_graph(std::move(read.graph), options);
  content.dropped.insert(content.dropped.end(), read.notes.begin(), read.notes.end());
  thaw::tflite::note_metadata(file, content);
  return content;
}

}  // namespace

extern const ModelFormat tflite;
const ModelFormat tflite{.name = "tflite",
                         .what = "TensorFlow Lite's model",
                         .endings = tflite_endings,
                         .is_it = &is_tflite,
                         .read = &read_model,
                         .read_weights = nullptr,
                         .write = nullptr,
                         .write_weights = nullptr};

}  // namespace thaw::model_formats
