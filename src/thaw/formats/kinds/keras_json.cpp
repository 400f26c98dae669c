// The architecture alone, as model.to_json() of Keras 1, 2 and 3 gives it; its weights lie in a
// file of their own. Source: keras/src/models/model.py, to_json().
#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/model_parts.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/formats/tensorflow_js/model_folder.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view json_endings[] = {".json"};

bool is_json(const ModelInput& input) {
  return begins_as_object(input.start()) && !thaw::tensorflow_js::ModelFolder::is_one(input);
}

std::string text_of(const ModelInput& input) {
  return input.path() == nullptr ? input.bytes()
                                 : read_file(*input.path(), thaw::keras::largest_config);
}

ModelFile read_json(const ModelInput& input, const LoadOptions& options) {
  const std::string text = text_of(input);
  const Config config =
      parse_json(std::string_view(text).substr(std::min(text.find('{'), text.size())));
  if (config.find("class_name") == nullptr || config.find("config") == nullptr)
    throw Error(
        "expected the architecture of a Keras model (model.to_json()), received JSON of "
        "another kind");
  if (options.weights.empty())
    throw Error("holds the architecture alone: say in which file its weights are (--weights FILE)");
  std::vector<std::string> dropped;
  ModelFile content{thaw::keras::read_config(
      config, thaw::keras::read_options(options, nullptr, config), dropped)};
  content.dropped = std::move(dropped);
  if (options.weights == "none") return content;
  const WeightsReport report = load_weights(content.model, options.weights);
  if (!report.missing.empty())
    throw Error("the weights of layer \"" + report.missing.front() + "\" are not in " +
                options.weights.string());
  return content;
}

}  // namespace

extern const ModelFormat keras_json;
const ModelFormat keras_json{.name = "keras_json",
                             .what = "Keras's JSON of an architecture alone",
                             .endings = json_endings,
                             .is_it = &is_json,
                             .read = &read_json,
                             .read_weights = nullptr,
                             .write = nullptr,
                             .write_weights = nullptr,
                             .is_graph_alone = true};

}  // namespace thaw::model_formats
