// TensorFlow.js's model.json with its weights beside it, a folder of them, or a zip file of one
// (Teachable Machine's export). Source: tfjs-core/src/io/types.ts, ModelJSON.
#include "thaw/formats/format.h"
#include "thaw/formats/tensorflow_js/graph_model.h"
#include "thaw/formats/tensorflow_js/layers_model.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view tensorflow_js_endings[] = {"model.json"};

ModelFile read_model(const ModelInput& input, const LoadOptions& options) {
  const thaw::tensorflow_js::ModelFolder folder(input);
  return thaw::tensorflow_js::is_layers_model(folder)
             ? thaw::tensorflow_js::read_layers_model(folder, options)
             : thaw::tensorflow_js::read_graph_model(folder, options);
}

}  // namespace

extern const ModelFormat tensorflow_js;
const ModelFormat tensorflow_js{.name = "tensorflow_js",
                                .what = "TensorFlow.js's model.json with its weights",
                                .endings = tensorflow_js_endings,
                                .is_it = &thaw::tensorflow_js::ModelFolder::is_one,
                                .read = &read_model,
                                .read_weights = nullptr,
                                .write = nullptr,
                                .write_weights = nullptr};

}  // namespace thaw::model_formats
