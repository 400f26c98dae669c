// TensorFlow's frozen graphs: a GraphDef whose variables have become constants.
#include "thaw/core/files.h"
#include "thaw/formats/format.h"
#include "thaw/formats/import/import_graph.h"
#include "thaw/formats/tensorflow/file_set.h"
#include "thaw/formats/tensorflow/saved_model.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view graph_def_endings[] = {".pb"};

bool is_it(const ModelInput& input) {
  return !input.is_folder() && tensorflow::starts_graph_def(input.start());
}

ModelFile read(const ModelInput& input, const LoadOptions& options) {
  if (input.path() == nullptr)
    return foreign::import_graph(tensorflow::read_graph_def(input.bytes()), options);
  return foreign::import_graph(tensorflow::read_graph_def(read_file(*input.path())), options);
}

}  // namespace

extern const ModelFormat graph_def;
const ModelFormat graph_def{.name = "graph_def",
                            .what = "a frozen TensorFlow graph",
                            .endings = graph_def_endings,
                            .is_it = &is_it,
                            .read = &read,
                            .read_weights = nullptr,
                            .write = nullptr,
                            .write_weights = nullptr};

}  // namespace thaw::model_formats
