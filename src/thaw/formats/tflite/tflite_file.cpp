#include "thaw/formats/tflite/tflite_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw::tflite {
namespace {

constexpr size_t largest_file = size_t{4} << 30;
constexpr flatbuffers::uoffset_t deepest = 64;
constexpr flatbuffers::uoffset_t most_tables = 4'000'000;
constexpr std::string_view identifier = "TFL3";

}  // namespace

std::string text_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

schema::BuiltinOperator builtin_code(const schema::OperatorCode& code) {
  return static_cast<schema::BuiltinOperator>(
      std::max<int>(code.builtin_code(), code.deprecated_builtin_code()));
}

bool TfliteFile::is_one(std::string_view start) {
  return start.size() >= 8 && start.substr(4, 4) == identifier;
}

TfliteFile::TfliteFile(const ModelInput& input)
    : bytes_(input.path() == nullptr ? input.bytes() : read_file(*input.path(), largest_file)) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes_.data());
  flatbuffers::Verifier verifier(data, bytes_.size(), deepest, most_tables);
  if (bytes_.size() >= FLATBUFFERS_MAX_BUFFER_SIZE || !schema::VerifyModelBuffer(verifier)) {
    throw Error(
        "expected a TensorFlow Lite model, received one that is cut off or damaged: its offsets "
        "lead out of the file");
  }
  model_ = schema::GetModel(data);
}

const schema::SubGraph& TfliteFile::graph() const {
  const auto* graphs = model_->subgraphs();
  if (graphs == nullptr || graphs->size() == 0)
    throw Error("expected a model with a graph, received one without");
  return *graphs->Get(0);
}

const schema::OperatorCode& TfliteFile::code_of(const schema::Operator& one) const {
  const auto* codes = model_->operator_codes();
  if (codes == nullptr || one.opcode_index() >= codes->size())
    throw Error(
        fmt::format("expected an operation's code, received number {}", one.opcode_index()));
  return *codes->Get(one.opcode_index());
}

std::string_view TfliteFile::buffer(uint32_t number) const {
  const auto* buffers = model_->buffers();
  if (buffers == nullptr || number >= buffers->size()) return {};
  const schema::Buffer& buffer = *buffers->Get(number);
  if (const auto* data = buffer.data(); data != nullptr && data->size() > 0)
    return {reinterpret_cast<const char*>(data->data()), data->size()};
  // Those of large models lie behind the tables; 0 and 1 say that there is none.
  if (buffer.offset() <= 1 || buffer.offset() > bytes_.size()) return {};
  return std::string_view(bytes_).substr(buffer.offset(), buffer.size());
}

}  // namespace thaw::tflite
