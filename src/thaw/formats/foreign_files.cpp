#include "thaw/formats/foreign_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace thaw::foreign_files {
namespace {

namespace fs = std::filesystem;

struct Kind {
  std::string_view start;
  std::string_view words;
};

constexpr auto kinds = std::to_array<Kind>({
    {"version https://git-lfs",
     "a Git LFS pointer, which only says where the model is: get the model itself with \"git lfs "
     "pull\", or download the file from the repository's page"},
    {"<!DOCTYPE", "a web page: download the file itself, not the page that shows it"},
    {"<!doctype", "a web page: download the file itself, not the page that shows it"},
    {"<html", "a web page: download the file itself, not the page that shows it"},
    {"\x80\x02", "a Python pickle, which holds code and is never run"},
    {"\x80\x03", "a Python pickle, which holds code and is never run"},
    {"\x80\x04", "a Python pickle, which holds code and is never run"},
    {"\x80\x05", "a Python pickle, which holds code and is never run"},
    {"\x1f\x8b", "a gzip file: unpack it first"},
    {"node {", "a TensorFlow graph written as text: write it in binary form (as_text=False)"},
    {"saved_model_schema_version",
     "a TensorFlow SavedModel written as text: save it again as saved_model.pb"},
    {"Rar!", "a RAR archive: unpack it first"},
    {"7z\xbc\xaf", "a 7z archive: unpack it first"},
    {"\xff\xd8\xff", "a JPEG image"},
    {"\x89PNG", "a PNG image"},
});

bool is_model_file(const fs::path& path) {
  constexpr auto endings =
      std::to_array<std::string_view>({".keras", ".h5", ".hdf5", ".onnx", ".tflite", ".pb"});
  return std::ranges::find(endings, path.extension().string()) != endings.end();
}

/// The names of what lies in the folder, sorted, a few of them.
std::vector<std::string> some_of(const fs::path& folder, bool models_only) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!models_only || is_model_file(entry->path()))
      names.push_back(entry->path().filename().string());
    if (names.size() == 1000) break;
  }
  std::ranges::sort(names);
  if (names.size() > 5) {
    names.resize(5);
    names.emplace_back("…");
  }
  return names;
}

bool has(const fs::path& folder, const char* name) {
  std::error_code error;
  return fs::exists(folder / name, error);
}

}  // namespace

std::string describe_folder(const fs::path& path) {
  if (has(path, "saved_model.pbtxt")) {
    return "received a folder: a TensorFlow SavedModel written as text (saved_model.pbtxt): save "
           "it again as saved_model.pb, tf.saved_model.save's own form";
  }
  if (has(path, "tensorflowjs_model.pb")) {
    return "received a folder of a TensorFlow.js model in the form before 1.0 "
           "(tensorflowjs_model.pb): write it again as model.json, from the model that it was made "
           "of (tensorflowjs_converter)";
  }
  if (has(path, "variables.index") || has(path, "checkpoint")) {
    return "received a folder of a TensorFlow checkpoint, which holds variables without a graph: "
           "name the SavedModel's folder, in which saved_model.pb lies";
  }
  if (has(path, "config.json") && has(path, "model.weights.h5")) {
    return "received a folder: an unpacked .keras file: pack its files again (zip model.keras "
           "config.json metadata.json model.weights.h5)";
  }
  if (has(path, "model.json"))
    return "received a folder with a model.json: name the file itself, and its weights with "
           "--weights";
  if (const auto models = some_of(path, true); !models.empty())
    return fmt::format("received a folder: name a file in it ({})", fmt::join(models, ", "));
  const auto names = some_of(path, false);
  return names.empty()
             ? "received an empty folder"
             : fmt::format("received a folder, which holds no model ({})", fmt::join(names, ", "));
}

std::string describe_start(std::string_view start) {
  for (const Kind& kind : kinds)
    if (start.starts_with(kind.start)) return fmt::format("received {}", kind.words);
  return "received a file of another kind";
}

std::string describe_zip(const std::vector<std::string>& members) {
  for (const std::string& name : members) {
    if (is_model_file(name))
      return fmt::format("received a zip file with {} in it: unpack it first, and name that file",
                         name);
  }
  return "received a zip file of another kind";
}

}  // namespace thaw::foreign_files
