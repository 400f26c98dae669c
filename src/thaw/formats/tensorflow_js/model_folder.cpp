#include "thaw/formats/tensorflow_js/model_folder.h"

#include <algorithm>
#include <fstream>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/model_parts.h"

namespace thaw::tensorflow_js {
namespace {

namespace fs = std::filesystem;

constexpr const char* json_name = "model.json";

bool is_topology(std::string_view text) {
  return text.find("\"modelTopology\"") != std::string_view::npos ||
         text.find("\"weightsManifest\"") != std::string_view::npos;
}

/// Whether the file is a model.json of TensorFlow.js. The keys may stand behind long ones.
bool is_topology_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > keras::largest_config)
    return false;
  const std::string text = read_file(path, keras::largest_config);
  return begins_as_object(text) && is_topology(text);
}

/// Where the archive has its model.json, the outermost one; empty where it has none, or a
/// SavedModel.
std::string member_of(const keras::ZipReader& zip) {
  std::string found;
  for (const std::string& name : zip.names()) {
    if (name.ends_with("saved_model.pb")) return {};
    const bool is_it = name == json_name || name.ends_with(std::string("/") + json_name);
    if (is_it && (found.empty() || name.size() < found.size())) found = name;
  }
  return found;
}

std::string json_in(const keras::ZipReader& zip, const std::string& member) {
  constexpr uint64_t harmless_bytes = uint64_t{1} << 20;
  return zip.member(member, keras::largest_config, harmless_bytes).value_or("");
}

bool is_zip_of_one(const ModelInput& input) {
  try {
    const auto zip = keras::open_zip(input);
    const std::string member = member_of(*zip);
    return !member.empty() && is_topology(json_in(*zip, member));
  } catch (const Error&) {
    return false;  // the formats of zip files say what is wrong with it
  }
}

}  // namespace

std::string name_within(const std::string& name) {
  const fs::path path = fs::path(name).lexically_normal();
  const bool leads_out =
      path.is_absolute() || std::ranges::find(path, fs::path("..")) != path.end();
  if (name.empty() || leads_out || path.filename().empty() || path == "." ||
      name.find_first_of(std::string("\\\0", 2)) != std::string::npos) {
    throw Error("expected the name of a file in the model's folder, received \"" + name + "\"");
  }
  return path.generic_string();
}

bool ModelFolder::is_one(const ModelInput& input) {
  if (input.is_folder()) {
    std::error_code ignored;
    return !fs::exists(*input.path() / "saved_model.pb", ignored) &&
           is_topology_file(*input.path() / json_name);
  }
  if (input.start().starts_with("PK")) return is_zip_of_one(input);
  if (!begins_as_object(input.start())) return false;
  return input.path() != nullptr ? is_topology_file(*input.path()) : is_topology(input.bytes());
}

ModelFolder::ModelFolder(const ModelInput& input) {
  std::string text;
  if (input.start().starts_with("PK")) {
    zip_ = keras::open_zip(input);
    const std::string member = member_of(*zip_);
    prefix_ =
        member.substr(0, member.size() - std::min(member.size(), std::string(json_name).size()));
    text = json_in(*zip_, member);
  } else if (input.path() != nullptr) {
    const fs::path file = input.is_folder() ? *input.path() / json_name : *input.path();
    folder_ = file.parent_path();
    text = read_file(file, keras::largest_config);
  } else {
    text = input.bytes();
  }
  model_ = parse_json(std::string_view(text).substr(std::min(text.find('{'), text.size())));
  if (!model_.is_map()) throw Error("expected a model.json of TensorFlow.js");
}

std::optional<std::string> ModelFolder::read(const std::string& name, uint64_t limit_bytes) const {
  const std::string within = name_within(name);
  if (zip_) return zip_->member(prefix_ + within, limit_bytes);
  if (!folder_) return std::nullopt;
  const fs::path file = *folder_ / within;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return std::nullopt;
  return read_file(file, limit_bytes);
}

}  // namespace thaw::tensorflow_js
