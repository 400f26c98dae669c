// TensorFlow's SavedModel, in a folder or an archive of one: tf.saved_model.save(), Keras 3's
// model.export(), tf.keras' model.save("folder"), and modules of TensorFlow Hub.
#include "thaw/formats/tensorflow/saved_model.h"
#include "thaw/formats/format.h"
#include "thaw/formats/import/import_graph.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view saved_model_endings[] = {"saved_model.pb", ".tar.gz", ".tgz"};

ModelFile read(const ModelInput& input, const LoadOptions& options) {
  const auto files = tensorflow::FileSet::open(input);
  return foreign::import_graph(tensorflow::read_saved_model(*files), options);
}

}  // namespace

extern const ModelFormat saved_model;
const ModelFormat saved_model{.name = "saved_model",
                              .what = "a TensorFlow SavedModel",
                              .endings = saved_model_endings,
                              .is_it = &tensorflow::FileSet::holds_saved_model,
                              .read = &read,
                              .read_weights = nullptr,
                              .write = nullptr,
                              .write_weights = nullptr};

}  // namespace thaw::model_formats
