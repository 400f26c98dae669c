#include "thaw/formats/tensorflow_js/teachable_machine.h"

#include <fmt/format.h>

#include <set>

#include "thaw/core/error.h"
#include "thaw/formats/json.h"

namespace thaw::tensorflow_js {
namespace {

constexpr uint64_t largest_metadata = uint64_t{1} << 20;
constexpr int64_t longest_side = 16384;

Config metadata_of(const ModelFolder& folder) {
  try {
    const auto text = folder.read("metadata.json", largest_metadata);
    return text ? parse_json(*text) : Config();
  } catch (const Error&) {
    return {};  // another program's
  }
}

/// The labels as names, each its own; throws Error where they are none.
Config names_of(const Config& labels) {
  std::set<std::string> seen;
  for (const Config& label : labels.as_list()) {
    const std::string& name = label.as_string();
    if (name.empty() || !seen.insert(name).second)
      throw Error(fmt::format("expected names, each once, received \"{}\"", name));
    for (const char c : name)
      if (static_cast<unsigned char>(c) < 0x20) throw Error("expected names that can be printed");
  }
  return labels;
}

}  // namespace

TeachableMachine::TeachableMachine(const ModelFolder& folder) : metadata_(metadata_of(folder)) {}

std::optional<Shape> TeachableMachine::image_shape() const {
  const Config* size = metadata_.find("imageSize");
  if (size == nullptr || !size->is_integer()) return std::nullopt;
  const int64_t side = size->as_integer();
  if (side < 1 || side > longest_side) return std::nullopt;
  const Config* grey = metadata_.find("grayscale");
  const bool is_grey = grey != nullptr && *grey == Config(true);
  return Shape{side, side, is_grey ? int64_t{1} : int64_t{3}};
}

void TeachableMachine::note_in(ModelFile& content) const {
  Config& notes = content.model.metadata();
  if (const Config* labels = metadata_.find("labels"); labels != nullptr && labels->is_list()) {
    try {
      const int64_t outputs = content.model.outputs()[0].shape().elements();
      // One output tells two classes apart.
      const size_t classes = static_cast<size_t>(outputs == 1 ? 2 : outputs);
      if (labels->as_list().size() == classes) notes.set("classes", names_of(*labels));
    } catch (const Error& error) {
      content.dropped.push_back(fmt::format("metadata.json: labels: {}", error.what()));
    }
  }
  if (const Config* package = metadata_.find("packageName");
      package != nullptr && *package == Config("@teachablemachine/image")) {
    notes.set("pictures",
              Config(Config::Map{}).set("preprocessing", "tf").set("aspect_ratio", "crop"));
  }
}

}  // namespace thaw::tensorflow_js
