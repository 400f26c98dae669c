#include "thaw/formats/format.h"

#include <array>
#include <fstream>

#include "thaw/core/error.h"
#include "thaw/formats/foreign_files.h"

namespace thaw {
namespace {

constexpr size_t signature_bytes = 64;

}  // namespace

ModelInput::ModelInput(const std::filesystem::path& path) : place_(path) {
  std::error_code error;
  is_folder_ = std::filesystem::is_directory(path, error);
  if (is_folder_) return;
  if (!std::filesystem::exists(path, error)) throw Error("expected a file, and there is none");
  if (!std::filesystem::is_regular_file(path, error))
    throw Error("expected a file, received a device or pipe: copy it to a file first");
  std::ifstream stream(path, std::ios::binary);
  std::array<char, signature_bytes> start{};
  stream.read(start.data(), start.size());
  if (!stream.good() && stream.gcount() == 0) throw Error("cannot be read, or is empty");
  start_.assign(start.data(), static_cast<size_t>(stream.gcount()));
}

ModelInput::ModelInput(std::string bytes)
    : place_(std::move(bytes)), start_(this->bytes().substr(0, signature_bytes)) {}

namespace model_formats {

const ModelFormat& recognize(const ModelInput& input) {
  for (const ModelFormat* format : all())
    if (format->is_it(input)) return *format;
  if (input.is_folder())
    throw Error("expected a file, " + foreign_files::describe_folder(*input.path()));
  throw Error(
      "expected a model (Keras's .keras or .h5, a SavedModel, .onnx, .tflite, TensorFlow.js's "
      "model.json), " +
      foreign_files::describe_start(input.start()));
}

const ModelFormat* by_ending(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const ModelFormat* found = nullptr;
  size_t longest = 0;
  for (const ModelFormat* format : all()) {
    for (const std::string_view ending : format->endings) {
      if (ending.size() <= longest || !name.ends_with(ending)) continue;
      found = format;
      longest = ending.size();
    }
  }
  return found;
}

std::string endings(bool (*of_those)(const ModelFormat& format)) {
  std::vector<std::string_view> found;
  for (const ModelFormat* format : all())
    if (of_those(*format)) found.push_back(format->endings.front());
  std::string text;
  for (size_t i = 0; i < found.size(); ++i)
    text += (i == 0 ? "" : i + 1 < found.size() ? ", " : " or ") + std::string(found[i]);
  return text;
}

}  // namespace model_formats
}  // namespace thaw
